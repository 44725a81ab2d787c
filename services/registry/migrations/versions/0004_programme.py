"""Development's keys and sign-in codes; the yearly programme; projections of other services' events."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEYS = """
CREATE TABLE signing_keys (
    purpose     text CONSTRAINT signing_keys_pkey PRIMARY KEY,
    private_key text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
)
"""

CODES = """
CREATE TABLE sign_in_codes (
    code_hash      text CONSTRAINT sign_in_codes_pkey PRIMARY KEY,
    person_id      uuid NOT NULL CONSTRAINT sign_in_codes_person_id_fkey REFERENCES people (id),
    client_id      text NOT NULL,
    redirect_uri   text NOT NULL,
    code_challenge text NOT NULL,
    nonce          text,
    expires_at     timestamptz NOT NULL
)
"""
PLANS = """
CREATE TABLE plans (
    id            uuid CONSTRAINT plans_pkey PRIMARY KEY,
    year          integer NOT NULL,
    province_code text NOT NULL,
    title         text NOT NULL,
    ruleset       text NOT NULL,
    source        text,
    legal_basis   jsonb NOT NULL,
    state         text NOT NULL,
    published_on  date,
    drafted_by    uuid NOT NULL,
    published_by  uuid,
    version       integer NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT plans_state_check CHECK (state IN ('draft', 'published')),
    CONSTRAINT plans_publication_check CHECK ((state = 'published') = (published_on IS NOT NULL))
)
"""

TARGETS = """
CREATE TABLE plan_targets (
    id                uuid CONSTRAINT plan_targets_pkey PRIMARY KEY,
    plan_id           uuid NOT NULL CONSTRAINT plan_targets_plan_id_fkey REFERENCES plans (id),
    position          integer NOT NULL,
    code              text NOT NULL,
    section           text,
    vi                text NOT NULL,
    en                text,
    indicator         text NOT NULL,
    measure           text NOT NULL,
    "of"              text,
    at_least          numeric NOT NULL,
    expected_up_to    numeric,
    unit_level        text,
    per_unit_at_least integer,
    after_months      integer,
    "by"              date,
    note              text,
    parameters        jsonb NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT plan_targets_plan_id_code_key UNIQUE (plan_id, code)
)
"""

DEADLINES = """
CREATE TABLE plan_deadlines (
    id           uuid CONSTRAINT plan_deadlines_pkey PRIMARY KEY,
    plan_id      uuid NOT NULL CONSTRAINT plan_deadlines_plan_id_fkey REFERENCES plans (id),
    position     integer NOT NULL,
    code         text NOT NULL,
    section      text,
    vi           text NOT NULL,
    en           text,
    who          text,
    due_on       date,
    reading      text,
    recurs       text,
    recurs_rule  text,
    due_on_rule  text,
    audience     jsonb NOT NULL,
    fulfilled_by text NOT NULL,
    version      integer NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT plan_deadlines_plan_id_code_key UNIQUE (plan_id, code),
    CONSTRAINT plan_deadlines_when_check CHECK ((due_on IS NULL) <> (recurs IS NULL))
)
"""

DUTIES = """
CREATE TABLE plan_duties (
    id                 uuid CONSTRAINT plan_duties_pkey PRIMARY KEY,
    deadline_id        uuid NOT NULL CONSTRAINT plan_duties_deadline_id_fkey REFERENCES plan_deadlines (id),
    period             text NOT NULL,
    unit_code          text NOT NULL,
    unit_name          text NOT NULL,
    level              text NOT NULL,
    responsible        text NOT NULL,
    superior           text NOT NULL,
    superior_unit_code text NOT NULL,
    due_on             date NOT NULL,
    revision           integer NOT NULL,
    created_at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT plan_duties_deadline_id_unit_code_period_key UNIQUE (deadline_id, unit_code, period),
    CONSTRAINT plan_duties_revision_check CHECK (revision > 0)
)
"""

TRAININGS = """
CREATE TABLE trainings (
    id           uuid CONSTRAINT trainings_pkey PRIMARY KEY,
    title        text NOT NULL,
    held_on      date NOT NULL,
    kind         text NOT NULL,
    unit_codes   text[] NOT NULL,
    recorded_by  uuid NOT NULL,
    recorded_for text NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT trainings_kind_check CHECK (kind IN ('officers', 'producers'))
)
"""

TRAINED_PEOPLE = """
CREATE TABLE trained_people (
    training_id uuid NOT NULL CONSTRAINT trained_people_training_id_fkey REFERENCES trainings (id),
    person_id   uuid NOT NULL CONSTRAINT trained_people_person_id_fkey REFERENCES people (id),
    CONSTRAINT trained_people_pkey PRIMARY KEY (training_id, person_id)
)
"""

TRAINED_PRODUCERS = """
CREATE TABLE trained_producers (
    training_id uuid NOT NULL CONSTRAINT trained_producers_training_id_fkey REFERENCES trainings (id),
    producer_id uuid NOT NULL CONSTRAINT trained_producers_producer_id_fkey REFERENCES producers (id),
    CONSTRAINT trained_producers_pkey PRIMARY KEY (training_id, producer_id)
)
"""

REPORTS = """
CREATE TABLE unit_reports (
    id            uuid CONSTRAINT unit_reports_pkey PRIMARY KEY,
    unit_code     text NOT NULL,
    province_code text NOT NULL,
    year          integer NOT NULL,
    code          text NOT NULL,
    period        text NOT NULL,
    summary       text NOT NULL,
    submitted_on  date NOT NULL,
    submitted_by  uuid NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT unit_reports_unit_code_code_period_key UNIQUE (unit_code, code, period)
)
"""

OUTLETS = """
CREATE TABLE outlet_projection (
    outlet_id       uuid CONSTRAINT outlet_projection_pkey PRIMARY KEY,
    name            text,
    commune_code    text,
    unit_code       text NOT NULL,
    province_code   text,
    opened_on       date,
    opened_revision integer NOT NULL,
    closed_on       date,
    closed_revision integer NOT NULL
)
"""

TRADE_EVENTS = """
CREATE TABLE trade_event_projection (
    trade_event_id uuid CONSTRAINT trade_event_projection_pkey PRIMARY KEY,
    kind           text NOT NULL,
    name           text NOT NULL,
    province_code  text NOT NULL,
    held_on        date NOT NULL,
    exhibitors     integer NOT NULL,
    sales          bigint NOT NULL,
    year           integer NOT NULL,
    revision       integer NOT NULL
)
"""

GROWTH = """
CREATE TABLE growth_projection (
    figures_id    uuid CONSTRAINT growth_projection_pkey PRIMARY KEY,
    product_id    uuid NOT NULL,
    period_from   date NOT NULL,
    period_to     date NOT NULL,
    revenue       bigint NOT NULL,
    profit        bigint NOT NULL,
    revenue_ratio text,
    profit_ratio  text,
    district_code text,
    province_code text NOT NULL,
    year          integer NOT NULL,
    revision      integer NOT NULL
)
"""

OBLIGATIONS = """
CREATE TABLE obligation_projection (
    obligation_id uuid CONSTRAINT obligation_projection_pkey PRIMARY KEY,
    code          text NOT NULL,
    period        text NOT NULL,
    unit_code     text NOT NULL,
    year          integer NOT NULL,
    due_on        date NOT NULL,
    state         text NOT NULL,
    met_on        date,
    late          boolean NOT NULL,
    CONSTRAINT obligation_projection_state_check CHECK (state IN ('missed', 'met'))
)
"""

DOSSIERS = """
CREATE TABLE dossier_projection (
    dossier_id    uuid CONSTRAINT dossier_projection_pkey PRIMARY KEY,
    product_id    uuid NOT NULL,
    year          integer NOT NULL,
    commune_code  text,
    district_code text,
    province_code text NOT NULL,
    kind          text,
    ruleset       text,
    filed_on      date,
    forwarded     jsonb NOT NULL DEFAULT '{}',
    results       jsonb NOT NULL DEFAULT '{}'
)
"""

INDEXES = (
    "CREATE UNIQUE INDEX plans_one_published ON plans (year, province_code) WHERE state = 'published'",
    "CREATE INDEX unit_reports_year ON unit_reports (year, unit_code)",
    "CREATE INDEX outlet_projection_province ON outlet_projection (province_code, unit_code)",
    "CREATE INDEX trade_event_projection_year ON trade_event_projection (year, province_code)",
    "CREATE INDEX growth_projection_product ON growth_projection (product_id)",
    "CREATE INDEX obligation_projection_duty ON obligation_projection (year, code, period, unit_code)",
    "CREATE INDEX dossier_projection_year ON dossier_projection (year, province_code)",
)
TABLES = {
    "signing_keys": KEYS,
    "sign_in_codes": CODES,
    "plans": PLANS,
    "plan_targets": TARGETS,
    "plan_deadlines": DEADLINES,
    "plan_duties": DUTIES,
    "trainings": TRAININGS,
    "trained_people": TRAINED_PEOPLE,
    "trained_producers": TRAINED_PRODUCERS,
    "unit_reports": REPORTS,
    "outlet_projection": OUTLETS,
    "trade_event_projection": TRADE_EVENTS,
    "growth_projection": GROWTH,
    "obligation_projection": OBLIGATIONS,
    "dossier_projection": DOSSIERS,
}


def upgrade() -> None:
    """Create them."""
    for statement in (*TABLES.values(), *INDEXES):
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE {table}")
