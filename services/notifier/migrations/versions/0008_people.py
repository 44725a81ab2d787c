"""Verification of contacts, preferences, absences, operation."""

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing: what was meant for this number came later."""


def downgrade() -> None:
    """Nothing: what was meant for this number came later."""
