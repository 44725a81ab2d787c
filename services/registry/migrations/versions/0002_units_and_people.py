"""Units, bodies and their succession; people and their appointments."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UNITS = """
CREATE TABLE units (
    id            uuid CONSTRAINT units_pkey PRIMARY KEY,
    code          text NOT NULL,
    level         text NOT NULL,
    name          text NOT NULL,
    full_name     text NOT NULL,
    kind          text NOT NULL,
    parent_code   text,
    province_code text,
    district_code text,
    folded        text NOT NULL GENERATED ALWAYS AS (translate(vi_fold(full_name), '''', '')) STORED,
    sort_key      text NOT NULL,
    valid_from    date NOT NULL,
    valid_to      date,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT units_code_valid_from_key UNIQUE (code, valid_from),
    CONSTRAINT units_level_check CHECK (level IN ('commune', 'district', 'province', 'central')),
    CONSTRAINT units_validity_check CHECK (valid_to >= valid_from),
    CONSTRAINT units_no_overlap EXCLUDE USING gist
        (code WITH =, level WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
)
"""

BODIES = """
CREATE TABLE bodies (
    id         uuid CONSTRAINT bodies_pkey PRIMARY KEY,
    code       text NOT NULL,
    name       text NOT NULL,
    unit_code  text NOT NULL,
    valid_from date NOT NULL,
    valid_to   date,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT bodies_code_valid_from_key UNIQUE (code, valid_from),
    CONSTRAINT bodies_validity_check CHECK (valid_to >= valid_from),
    CONSTRAINT bodies_no_overlap EXCLUDE USING gist (code WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
)
"""

SUCCESSIONS = """
CREATE TABLE {table} (
    from_code       text NOT NULL,
    from_valid_from date NOT NULL,
    to_code         text NOT NULL,
    to_valid_from   date NOT NULL,
    on_date         date NOT NULL,
    instrument      text NOT NULL,
    CONSTRAINT {table}_pkey PRIMARY KEY (from_code, from_valid_from, to_code, to_valid_from)
)
"""

PEOPLE = """
CREATE TABLE people (
    id         uuid CONSTRAINT people_pkey PRIMARY KEY,
    code       text CONSTRAINT people_code_key UNIQUE,
    name       text NOT NULL,
    email      text,
    issuer     text,
    subject    text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT people_issuer_subject_key UNIQUE (issuer, subject),
    CONSTRAINT people_identity_check CHECK ((issuer IS NULL) = (subject IS NULL))
)
"""

APPOINTMENTS = """
CREATE TABLE appointments (
    id            uuid CONSTRAINT appointments_pkey PRIMARY KEY,
    person_id     uuid NOT NULL CONSTRAINT appointments_person_id_fkey REFERENCES people (id),
    role          text NOT NULL,
    level         text NOT NULL,
    unit_code     text NOT NULL,
    producer_id   uuid,
    body_code     text,
    group_path    text,
    evidence_kind text,
    valid_from    date NOT NULL,
    valid_to      date,
    revision      integer NOT NULL,
    version       integer NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT appointments_level_check CHECK (level IN ('commune', 'district', 'province', 'central')),
    CONSTRAINT appointments_validity_check CHECK (valid_to >= valid_from),
    CONSTRAINT appointments_producer_check CHECK ((role = 'producer') = (producer_id IS NOT NULL)),
    CONSTRAINT appointments_no_overlap EXCLUDE USING gist (
        person_id WITH =, role WITH =, unit_code WITH =,
        coalesce(producer_id, '00000000-0000-0000-0000-000000000000') WITH =,
        coalesce(body_code, '') WITH =, coalesce(group_path, '') WITH =, coalesce(evidence_kind, '') WITH =,
        daterange(valid_from, valid_to, '[]') WITH &&
    )
)
"""


def upgrade() -> None:
    """Create them."""
    op.execute(UNITS)
    op.execute("CREATE INDEX units_parent ON units (parent_code, sort_key)")
    op.execute("CREATE INDEX units_level ON units (level, sort_key, code)")
    op.execute(SUCCESSIONS.format(table="unit_successions"))
    op.execute(BODIES)
    op.execute(SUCCESSIONS.format(table="body_successions"))
    op.execute(PEOPLE)
    op.execute("CREATE UNIQUE INDEX people_email ON people (lower(email))")
    op.execute(APPOINTMENTS)
    op.execute("CREATE INDEX appointments_unit ON appointments (unit_code, role)")
    op.execute("CREATE INDEX appointments_producer ON appointments (producer_id)")


def downgrade() -> None:
    """Drop them."""
    for table in ("appointments", "people", "body_successions", "bodies", "unit_successions", "units"):
        op.execute(f"DROP TABLE {table}")
