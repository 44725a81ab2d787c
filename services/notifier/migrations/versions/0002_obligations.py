"""Who owes what by when: appointments, obligations, what fulfils them, and the views that join the two."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPOINTMENTS = """
    CREATE TABLE appointment_projections (
        id          uuid PRIMARY KEY,
        created_at  timestamptz NOT NULL DEFAULT now(),
        person_id   uuid NOT NULL,
        person_name text NOT NULL,
        email       text,
        role        text NOT NULL,
        level       text NOT NULL,
        unit_code   text NOT NULL,
        producer_id uuid,
        valid_from  date NOT NULL,
        valid_to    date,
        revision    bigint NOT NULL
    );
    CREATE INDEX appointment_projections_unit_code_role ON appointment_projections (unit_code, role);
    CREATE INDEX appointment_projections_person_id ON appointment_projections (person_id);
    CREATE INDEX appointment_projections_producer_id ON appointment_projections (producer_id)
"""

OBLIGATIONS = """
    CREATE TABLE obligations (
        id                 uuid PRIMARY KEY,
        created_at         timestamptz NOT NULL DEFAULT now(),
        updated_at         timestamptz NOT NULL DEFAULT now(),
        version            integer NOT NULL,
        source_kind        text NOT NULL,
        source_id          text NOT NULL,
        revision           bigint NOT NULL,
        deadline_key       text NOT NULL,
        code               text NOT NULL,
        title              text NOT NULL,
        title_en           text,
        source             text NOT NULL,
        year               integer NOT NULL,
        period             text NOT NULL,
        unit_code          text NOT NULL,
        unit_name          text,
        level              text NOT NULL,
        responsible        text NOT NULL,
        superior           text,
        superior_unit_code text,
        person_id          uuid,
        producer_id        uuid,
        opens_on           date,
        due_on             date,
        due_at             timestamptz,
        listed_on          date NOT NULL,
        about              text NOT NULL,
        fulfilled_by       text[] NOT NULL,
        counts_from        timestamptz,
        waived_by          text[] NOT NULL,
        waived_about       text,
        total              integer NOT NULL CHECK (total > 0),
        done               integer NOT NULL CHECK (done BETWEEN 0 AND total),
        state              text NOT NULL CHECK (state IN ('open', 'met', 'missed', 'waived')),
        met_at             timestamptz,
        late               boolean NOT NULL,
        missed_at          timestamptz,
        settled            boolean NOT NULL,
        next_step_at       timestamptz,
        silence_due        boolean NOT NULL,
        search             text GENERATED ALWAYS AS (
                               public.vi_fold((title || ' '::text) || COALESCE(unit_name, ''::text))) STORED,
        CONSTRAINT obligations_source_kind_source_id_key UNIQUE (source_kind, source_id),
        CONSTRAINT obligations_due_at_ends_due_on CHECK (
            (due_on IS NULL) = (due_at IS NULL)
            AND due_at = ((due_on + 1)::timestamp - interval '7 hours') AT TIME ZONE 'UTC'),
        CONSTRAINT obligations_met_has_instant CHECK ((state = 'met') = (met_at IS NOT NULL)),
        CONSTRAINT obligations_missed_has_instant CHECK (state <> 'missed' OR missed_at IS NOT NULL),
        CONSTRAINT obligations_late_was_met CHECK (NOT late OR (met_at >= due_at) IS TRUE)
    );
    CREATE INDEX obligations_about ON obligations (about);
    CREATE INDEX obligations_waived_about ON obligations (waived_about);
    CREATE INDEX obligations_listed_on_id ON obligations (listed_on, id);
    CREATE INDEX obligations_unit_code_listed_on_id ON obligations (unit_code, listed_on, id);
    CREATE INDEX obligations_superior_unit_code ON obligations (superior_unit_code, listed_on, id);
    CREATE INDEX obligations_person_id ON obligations (person_id) WHERE person_id IS NOT NULL;
    CREATE INDEX obligations_producer_id ON obligations (producer_id) WHERE producer_id IS NOT NULL;
    CREATE INDEX obligations_search ON obligations USING gin (search public.gin_trgm_ops);
    CREATE INDEX obligations_unsettled ON obligations (id) WHERE NOT settled;
    CREATE INDEX obligations_next_step_at ON obligations (next_step_at, id) WHERE next_step_at IS NOT NULL;
    CREATE INDEX obligations_open_due_at ON obligations (due_at) WHERE state = 'open';
    CREATE INDEX obligations_silence_due ON obligations (id) WHERE silence_due;
    CREATE INDEX obligations_deadline_key ON obligations (deadline_key, due_on);
    CREATE INDEX obligations_state ON obligations (state);
    CREATE TABLE deadline_revisions (
        obligation_id uuid NOT NULL REFERENCES obligations (id),
        revision      bigint NOT NULL,
        due_on        date,
        source        text NOT NULL,
        received_at   timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (obligation_id, revision)
    )
"""

FULFILMENTS = """
    CREATE TABLE fulfilments (
        id           uuid PRIMARY KEY,
        created_at   timestamptz NOT NULL DEFAULT now(),
        event_type   text NOT NULL,
        item         text NOT NULL,
        about        text NOT NULL,
        year         integer,
        period       text,
        code         text,
        person_id    uuid,
        at           timestamptz NOT NULL,
        withdrawn_at timestamptz,
        revision     bigint NOT NULL,
        applied      boolean NOT NULL,
        CONSTRAINT fulfilments_event_type_item_about_key UNIQUE (event_type, item, about)
    );
    CREATE INDEX fulfilments_about ON fulfilments (about);
    CREATE INDEX fulfilments_unapplied ON fulfilments (id) WHERE NOT applied
"""

VIEWS = """
    CREATE VIEW obligation_fulfilments AS
        SELECT o.id AS obligation_id, f.id AS fulfilment_id, f.item, f.at
        FROM obligations o JOIN fulfilments f ON f.about = o.about AND f.event_type = ANY (o.fulfilled_by)
        WHERE f.at < 'infinity'
          AND (o.person_id IS NULL OR f.person_id = o.person_id)
          AND (f.year IS NULL OR f.year = o.year)
          AND (f.period IS NULL OR f.period = o.period)
          AND (f.code IS NULL OR f.code = o.code)
          AND (o.counts_from IS NULL OR f.at >= o.counts_from)
          AND (f.withdrawn_at IS NULL OR f.withdrawn_at >= o.due_at);
    CREATE VIEW obligation_waivers AS
        SELECT o.id AS obligation_id, f.id AS fulfilment_id
        FROM obligations o JOIN fulfilments f ON f.about = o.waived_about AND f.event_type = ANY (o.waived_by)
"""

# A function of the duty, so that the planner looks each one up by index instead of joining all duties with all people.
ADDRESSEES = """
    CREATE FUNCTION addressees(duty obligations, today date)
        RETURNS TABLE (audience text, role text, person_id uuid, person_name text, email text, revision bigint)
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT 'responsible', a.role, a.person_id, a.person_name, a.email, a.revision FROM appointment_projections a
        WHERE a.person_id = duty.person_id
          AND a.valid_from <= today AND (a.valid_to IS NULL OR a.valid_to >= today)
        UNION ALL
        SELECT 'responsible', a.role, a.person_id, a.person_name, a.email, a.revision FROM appointment_projections a
        WHERE duty.person_id IS NULL AND a.producer_id = duty.producer_id AND a.role = duty.responsible
          AND a.valid_from <= today AND (a.valid_to IS NULL OR a.valid_to >= today)
        UNION ALL
        SELECT 'responsible', a.role, a.person_id, a.person_name, a.email, a.revision FROM appointment_projections a
        WHERE duty.person_id IS NULL AND duty.producer_id IS NULL
          AND a.unit_code = duty.unit_code AND a.role = duty.responsible
          AND a.valid_from <= today AND (a.valid_to IS NULL OR a.valid_to >= today)
        UNION ALL
        SELECT 'superior', a.role, a.person_id, a.person_name, a.email, a.revision FROM appointment_projections a
        WHERE a.unit_code = duty.superior_unit_code AND a.role = duty.superior
          AND a.valid_from <= today AND (a.valid_to IS NULL OR a.valid_to >= today);
    END
"""


def upgrade() -> None:
    """Create appointments, obligations, fulfilments and their views."""
    for block in (APPOINTMENTS, OBLIGATIONS, FULFILMENTS, VIEWS):
        for statement in block.split(";\n"):
            op.execute(statement)
    op.execute(ADDRESSEES)


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP FUNCTION addressees")
    for view in ("obligation_waivers", "obligation_fulfilments"):
        op.execute(f"DROP VIEW {view}")
    for table in ("fulfilments", "deadline_revisions", "obligations", "appointment_projections"):
        op.execute(f"DROP TABLE {table}")
