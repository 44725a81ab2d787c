"""On which day the unit of a producer's duty had its code: communes merge, and a code may name another one later."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# What stood in the event: a certificate counts from the end of its day of issue, figures have that day as revision.
KNOWN = """
    UPDATE obligations
    SET unit_on = CASE source_kind
        WHEN 'certificate' THEN public.legal_date(counts_from) - 1
        WHEN 'figures' THEN date '0001-01-01' + (-revision - 1)::integer END
    WHERE source_kind IN ('certificate', 'figures')
"""


def upgrade() -> None:
    """Duties that come of a certificate learn the day of its issue; others stay with the unit they were given."""
    op.execute("ALTER TABLE obligations ADD COLUMN unit_on date")
    op.execute(KNOWN)
    op.execute(
        "CREATE INDEX obligations_unit_on ON obligations (unit_on, unit_code)"
        " WHERE unit_on IS NOT NULL AND state IN ('open', 'missed')"
    )


def downgrade() -> None:
    """The codes stay as they are."""
    op.execute("ALTER TABLE obligations DROP COLUMN unit_on")
