"""Forms 01 and 02 as structured data, drafts by several people, papers carried over."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

STATES_BEFORE = (
    "'draft', 'filed', 'returned', 'reported', 'in_round', 'scored', 'forwarded', 'recognised', 'not_recognised'"
)
STATES = f"{STATES_BEFORE}, 'withdrawn'"
HASHES = "(filed_on IS NULL) = (ruleset_hash IS NULL) AND (filed_on IS NULL) = (sheet_hash IS NULL)"
FROZEN_BEFORE = f"{HASHES} AND (filed_on IS NULL) = (state = 'draft')"
FROZEN = (
    f"{HASHES} AND (filed_on IS NULL OR state <> 'draft') AND (filed_on IS NOT NULL OR state IN ('draft', 'withdrawn'))"
)


def upgrade() -> None:
    """Add the sections of Form 02, the dossier that was carried over, the end by withdrawal, a paper's version."""
    op.execute("ALTER TABLE dossiers ADD COLUMN self_assessment jsonb NOT NULL DEFAULT '{}'")
    op.execute(
        "ALTER TABLE dossiers ADD COLUMN carried_from uuid"
        " CONSTRAINT dossiers_carried_from_fkey REFERENCES dossiers (id)"
    )
    op.execute("ALTER TABLE dossiers ADD COLUMN withdrawn_on date")
    op.execute("ALTER TABLE dossiers ADD COLUMN withdrawal_reason text")
    op.execute("CREATE INDEX dossiers_product ON dossiers (product_id, created_at)")
    op.execute("ALTER TABLE evidence ADD COLUMN version integer NOT NULL DEFAULT 1")
    _check_states(STATES, FROZEN)
    op.execute(
        "ALTER TABLE dossiers ADD CONSTRAINT dossiers_withdrawn_check"
        " CHECK ((state = 'withdrawn') = (withdrawn_on IS NOT NULL))"
    )


def downgrade() -> None:
    """Take them away. A withdrawn dossier becomes one that was not recognised, or, never filed, is deleted."""
    op.execute("ALTER TABLE dossiers DROP CONSTRAINT dossiers_withdrawn_check")
    op.execute("ALTER TABLE dossiers DROP COLUMN carried_from")
    op.execute(
        "DELETE FROM evidence WHERE dossier_id IN"
        " (SELECT id FROM dossiers WHERE state = 'withdrawn' AND filed_on IS NULL)"
    )
    op.execute("DELETE FROM dossiers WHERE state = 'withdrawn' AND filed_on IS NULL")
    op.execute("UPDATE dossiers SET state = 'not_recognised' WHERE state = 'withdrawn'")
    _check_states(STATES_BEFORE, FROZEN_BEFORE)
    op.execute("ALTER TABLE evidence DROP COLUMN version")
    op.execute("DROP INDEX dossiers_product")
    op.execute("ALTER TABLE dossiers DROP COLUMN withdrawal_reason")
    op.execute("ALTER TABLE dossiers DROP COLUMN withdrawn_on")
    op.execute("ALTER TABLE dossiers DROP COLUMN self_assessment")


def _check_states(states: str, frozen: str) -> None:
    op.execute("ALTER TABLE dossiers DROP CONSTRAINT dossiers_state_check")
    op.execute("ALTER TABLE dossiers DROP CONSTRAINT dossiers_frozen_check")
    op.execute(f"ALTER TABLE dossiers ADD CONSTRAINT dossiers_state_check CHECK (state IN ({states}))")
    op.execute(f"ALTER TABLE dossiers ADD CONSTRAINT dossiers_frozen_check CHECK ({frozen})")
