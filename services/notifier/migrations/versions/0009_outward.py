"""Webhooks, push devices, formal notices, the inbox as a stream."""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing: what was meant for this number came later."""


def downgrade() -> None:
    """Nothing: what was meant for this number came later."""
