"""The days of an imported year are kept once: `works_on` reads its calendar, `office_days` only what ships."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# A day listed as off and as worked cannot be imported. `DateStyle` is the caller's, so the day is written out.
WORKS_ON = """
    CREATE OR REPLACE FUNCTION works_on(day date) RETURNS boolean
        LANGUAGE sql STABLE
        RETURN coalesce(
            (SELECT CASE WHEN c.working_rest_days @> listed.day THEN true
                         WHEN c.days_off @> listed.day THEN false
                         ELSE extract(isodow FROM works_on.day) < 6 END
             FROM working_calendars c,
                  jsonb_build_array(jsonb_build_object('date', to_char(works_on.day, 'YYYY-MM-DD'))) AS listed (day)
             WHERE c.year = extract(year FROM works_on.day)),
            (SELECT d.works FROM office_days d WHERE d.day = works_on.day),
            extract(isodow FROM works_on.day) < 6)
"""
WORKED_ON = """
    CREATE OR REPLACE FUNCTION works_on(day date) RETURNS boolean
        LANGUAGE sql STABLE
        RETURN coalesce((SELECT d.works FROM office_days d WHERE d.day = works_on.day),
                        extract(isodow FROM works_on.day) < 6)
"""
CLEAR = "DELETE FROM office_days d USING working_calendars c WHERE c.year = extract(year FROM d.day)"
COPY = """
    INSERT INTO office_days (day, works, note)
    SELECT (n->>'date')::date, works, n->>'note'
    FROM working_calendars c
    CROSS JOIN LATERAL (SELECT n, false AS works FROM jsonb_array_elements(c.days_off) AS n
                        UNION ALL SELECT n, true FROM jsonb_array_elements(c.working_rest_days) AS n) AS listed
"""


def upgrade() -> None:
    """What an import copied goes; the next load puts what ships in its place."""
    op.execute(CLEAR)
    op.execute(WORKS_ON)


def downgrade() -> None:
    """Imported days are copied again."""
    op.execute(WORKED_ON)
    op.execute(CLEAR)
    op.execute(COPY)
