"""A duty on the board may be waived, or open again with a later date."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_CHECK = "obligation_projection_state_check"


def upgrade() -> None:
    """Let the projection say so, and which telling is the newer."""
    op.execute("ALTER TABLE obligation_projection ADD COLUMN revision integer NOT NULL DEFAULT 0")
    op.execute(f"ALTER TABLE obligation_projection DROP CONSTRAINT {_CHECK}")
    op.execute(
        f"ALTER TABLE obligation_projection ADD CONSTRAINT {_CHECK}"
        " CHECK (state IN ('open', 'missed', 'waived', 'met'))"
    )


def downgrade() -> None:
    """Forget what was lifted: the board then shows it as open, as it shows what nothing was told about."""
    op.execute("DELETE FROM obligation_projection WHERE state IN ('open', 'waived')")
    op.execute("ALTER TABLE obligation_projection DROP COLUMN revision")
    op.execute(f"ALTER TABLE obligation_projection DROP CONSTRAINT {_CHECK}")
    op.execute(f"ALTER TABLE obligation_projection ADD CONSTRAINT {_CHECK} CHECK (state IN ('missed', 'met'))")
