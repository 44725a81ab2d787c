"""A unit's decision numbers begin again each year: unique within the year of signature."""

from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the number unique by unit and year. The table is small: one row per recognised product."""
    op.execute(
        "ALTER TABLE decisions ADD COLUMN signed_year integer NOT NULL"
        " GENERATED ALWAYS AS (EXTRACT(year FROM signed_on)::integer) STORED"
    )
    op.execute("ALTER TABLE decisions DROP CONSTRAINT decisions_number_key")
    op.execute(
        "ALTER TABLE decisions ADD CONSTRAINT decisions_number_key UNIQUE (level, unit_code, number, signed_year)"
    )


def downgrade() -> None:
    """Make it unique by unit for all time again."""
    op.execute("ALTER TABLE decisions DROP CONSTRAINT decisions_number_key")
    op.execute("ALTER TABLE decisions DROP COLUMN signed_year")
    op.execute("ALTER TABLE decisions ADD CONSTRAINT decisions_number_key UNIQUE (level, unit_code, number)")
