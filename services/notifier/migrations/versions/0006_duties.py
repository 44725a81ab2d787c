"""Recurring calendars, waived and moved duties, holidays, and the index of what waits for whom."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

UP = """
    ALTER TABLE obligations
        ADD COLUMN asked_due_on date,
        ADD COLUMN allowed_acts text[] NOT NULL DEFAULT '{}',
        ADD COLUMN moved_at timestamptz,
        ADD COLUMN waived_at timestamptz,
        ADD COLUMN told_missed boolean NOT NULL DEFAULT false,
        ADD COLUMN owner_key text NOT NULL GENERATED ALWAYS AS (
            CASE WHEN person_id IS NOT NULL THEN 'person:' || person_id::text
                 WHEN producer_id IS NOT NULL THEN 'producer:' || producer_id::text
                 ELSE (responsible || ':') || unit_code END) STORED;
    UPDATE obligations SET asked_due_on = due_on, told_missed = missed_at IS NOT NULL,
        allowed_acts = CASE WHEN source_kind = 'deadline' THEN ARRAY['waive', 'move'] ELSE '{}' END;
    CREATE INDEX obligations_waiting ON obligations (owner_key, listed_on, id) INCLUDE (updated_at)
        WHERE state IN ('open', 'missed');
    CREATE INDEX obligations_owner_key_updated_at ON obligations (owner_key, updated_at, id);
    CREATE TABLE duty_acts (
        id            uuid PRIMARY KEY,
        created_at    timestamptz NOT NULL DEFAULT now(),
        obligation_id uuid NOT NULL REFERENCES obligations (id),
        act           text NOT NULL CHECK (act IN ('waive', 'move', 'lapse', 'revive')),
        due_before    date,
        due_after     date,
        state_before  text NOT NULL,
        reason        text NOT NULL,
        document      text,
        person_id     uuid,
        person_name   text,
        at            timestamptz NOT NULL,
        CONSTRAINT duty_acts_by_somebody CHECK (act IN ('lapse', 'revive') OR person_id IS NOT NULL)
    );
    CREATE INDEX duty_acts_obligation_id ON duty_acts (obligation_id, id);
    CREATE TABLE working_calendars (
        year              integer PRIMARY KEY,
        version           integer NOT NULL,
        days_off          jsonb NOT NULL,
        working_rest_days jsonb NOT NULL,
        source            text NOT NULL,
        person_id         uuid NOT NULL,
        person_name       text NOT NULL,
        at                timestamptz NOT NULL
    );
    CREATE TABLE duty_calendars (
        id           text PRIMARY KEY,
        created_at   timestamptz NOT NULL DEFAULT now(),
        updated_at   timestamptz NOT NULL DEFAULT now(),
        version      integer NOT NULL,
        state        text NOT NULL CHECK (state IN ('draft', 'published')),
        code         text NOT NULL,
        title        text NOT NULL,
        valid_from   date NOT NULL,
        valid_to     date,
        source       text NOT NULL,
        working_days boolean NOT NULL,
        document     jsonb NOT NULL,
        published    jsonb,
        published_at timestamptz,
        published_by text,
        CONSTRAINT duty_calendars_published CHECK ((published IS NULL) = (published_at IS NULL))
    );
    CREATE TABLE duty_plans (
        id           uuid PRIMARY KEY,
        created_at   timestamptz NOT NULL DEFAULT now(),
        calendar_id  text NOT NULL REFERENCES duty_calendars (id),
        year         integer NOT NULL,
        planned_on   date,
        next_try_at  timestamptz NOT NULL DEFAULT now(),
        duties       integer NOT NULL DEFAULT 0,
        CONSTRAINT duty_plans_calendar_id_year_key UNIQUE (calendar_id, year)
    )
"""

DOWN = """
    DROP TABLE duty_plans;
    DROP TABLE duty_calendars;
    DROP TABLE working_calendars;
    DROP TABLE duty_acts;
    DROP INDEX obligations_owner_key_updated_at;
    DROP INDEX obligations_waiting;
    ALTER TABLE obligations DROP COLUMN owner_key, DROP COLUMN told_missed, DROP COLUMN waived_at,
        DROP COLUMN moved_at, DROP COLUMN allowed_acts, DROP COLUMN asked_due_on
"""


def upgrade() -> None:
    """Create them; what is kept already may be waived and moved where the plan set it."""
    for statement in UP.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    for statement in DOWN.split(";\n"):
        op.execute(statement)
