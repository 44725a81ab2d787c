"""Outbox, inbox, idempotency keys, failed tasks, audit entries."""

from shared.db.migration_env import create_infrastructure, drop_infrastructure

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables of shared infrastructure."""
    create_infrastructure()


def downgrade() -> None:
    """Drop them."""
    drop_infrastructure()
