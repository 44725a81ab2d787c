"""Producers, products, participation, certificates with their codes and stamps, supports."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PLACE = """
    commune_code  text NOT NULL,
    commune_name  text NOT NULL,
    district_code text,
    district_name text,
    province_code text NOT NULL,
    province_name text NOT NULL,
"""
VERSIONED = """
    id            uuid CONSTRAINT {table}_pkey PRIMARY KEY,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    version       integer NOT NULL,
"""

COVERED_CODES = """
CREATE FUNCTION covered_codes(codes text[]) RETURNS text[]
    LANGUAGE sql STABLE STRICT PARALLEL SAFE AS $$
    WITH RECURSIVE covered (code) AS (
        SELECT unnest(codes)
        UNION
        SELECT s.from_code FROM unit_successions s JOIN covered c ON s.to_code = c.code
        WHERE s.on_date <= public.legal_date(public.programme_now())
    )
    SELECT coalesce(array_agg(code), '{}') FROM covered
$$
"""
"""Codes of units and of those that had become part of them by today. Safe by code alone because a code that was used
again was always given to a successor of the unit that had it (a test checks this of the shipped data)."""

PRODUCERS = f"""
CREATE TABLE producers ({VERSIONED.format(table="producers")}{PLACE}
    name                text NOT NULL,
    kind                text NOT NULL,
    address             text NOT NULL,
    phone               text,
    email               text,
    representative      text NOT NULL,
    registration_number text,
    founded_on          date,
    registered_on       date NOT NULL,
    food_safety_committed_on date,
    demonstration       boolean NOT NULL,
    folded              text NOT NULL GENERATED ALWAYS AS (translate(vi_fold(name), '''', '')) STORED,
    words               tsvector NOT NULL GENERATED ALWAYS AS
        (to_tsvector('simple'::regconfig, translate(vi_fold(name), '''', ''))) STORED
)
"""

PRODUCTS = f"""
CREATE TABLE products ({VERSIONED.format(table="products")}{PLACE}
    producer_id   uuid NOT NULL CONSTRAINT products_producer_id_fkey REFERENCES producers (id),
    name          text NOT NULL,
    producer_name text NOT NULL,
    producer_kind text NOT NULL,
    taxonomy      text NOT NULL,
    group_path    text NOT NULL,
    set_no        integer NOT NULL,
    description   text,
    registered_on date NOT NULL,
    demonstration boolean NOT NULL,
    folded        text NOT NULL GENERATED ALWAYS AS
        (translate(vi_fold(name || ' ' || producer_name), '''', '')) STORED,
    words         tsvector NOT NULL GENERATED ALWAYS AS
        (to_tsvector('simple'::regconfig, translate(vi_fold(name || ' ' || producer_name), '''', ''))) STORED,
    CONSTRAINT products_set_no_check CHECK (set_no > 0)
)
"""

PARTICIPATIONS = """
CREATE TABLE participations (
    product_id       uuid NOT NULL CONSTRAINT participations_product_id_fkey REFERENCES products (id),
    year             integer NOT NULL,
    baseline_revenue bigint NOT NULL,
    baseline_profit  bigint NOT NULL,
    baseline_on      date NOT NULL,
    registered_on    date NOT NULL,
    CONSTRAINT participations_pkey PRIMARY KEY (product_id, year),
    CONSTRAINT participations_revenue_check CHECK (baseline_revenue >= 0),
    CONSTRAINT participations_baseline_before_check CHECK (baseline_on <= registered_on)
)
"""

CERTIFICATES = f"""
CREATE TABLE certificates ({VERSIONED.format(table="certificates")}{PLACE}
    product_id      uuid NOT NULL CONSTRAINT certificates_product_id_fkey REFERENCES products (id),
    producer_id     uuid NOT NULL CONSTRAINT certificates_producer_id_fkey REFERENCES producers (id),
    product_name    text NOT NULL,
    dossier_id      uuid,
    decision_id     uuid CONSTRAINT certificates_decision_id_key UNIQUE,
    star            integer NOT NULL,
    product_code    text NOT NULL CONSTRAINT certificates_product_code_key UNIQUE,
    decision_number text NOT NULL,
    decided_on      date NOT NULL,
    decided_by      text NOT NULL,
    year            integer NOT NULL,
    issued_on       date NOT NULL,
    valid_to        date NOT NULL,
    ended_on        date,
    ended_reason    text,
    traceable       boolean NOT NULL,
    CONSTRAINT certificates_star_check CHECK (star BETWEEN 1 AND 5),
    CONSTRAINT certificates_decision_check CHECK (btrim(decision_number) <> ''),
    CONSTRAINT certificates_decided_before_check CHECK (decided_on <= issued_on),
    CONSTRAINT certificates_validity_check CHECK (valid_to >= issued_on),
    CONSTRAINT certificates_ended_check CHECK ((ended_on IS NULL) = (ended_reason IS NULL)),
    CONSTRAINT certificates_ended_after_check CHECK (ended_on >= issued_on),
    CONSTRAINT certificates_ended_reason_check CHECK (ended_reason IN ('expired', 'revoked', 'replaced')),
    CONSTRAINT certificates_one_at_a_time EXCLUDE USING gist
        (product_id WITH =, daterange(issued_on, LEAST(valid_to + 1, ended_on)) WITH &&)
)
"""

CODE_SERIES = """
CREATE TABLE code_series (
    scope text CONSTRAINT code_series_pkey PRIMARY KEY,
    last  integer NOT NULL
)
"""

STAMP_RANGES = """
CREATE TABLE stamp_ranges (
    id             uuid CONSTRAINT stamp_ranges_pkey PRIMARY KEY,
    created_at     timestamptz NOT NULL DEFAULT now(),
    certificate_id uuid NOT NULL CONSTRAINT stamp_ranges_certificate_id_fkey REFERENCES certificates (id),
    from_number    bigint NOT NULL,
    to_number      bigint NOT NULL,
    printed_on     date NOT NULL,
    CONSTRAINT stamp_ranges_numbers_check CHECK (from_number >= 1 AND to_number >= from_number),
    CONSTRAINT stamp_ranges_once EXCLUDE USING gist
        (certificate_id WITH =, int8range(from_number, to_number, '[]') WITH &&)
)
"""

SUPPORTS = f"""
CREATE TABLE supports (
    id           uuid CONSTRAINT supports_pkey PRIMARY KEY,
    created_at   timestamptz NOT NULL DEFAULT now(),{PLACE}
    product_id   uuid CONSTRAINT supports_product_id_fkey REFERENCES products (id),
    producer_id  uuid NOT NULL CONSTRAINT supports_producer_id_fkey REFERENCES producers (id),
    kind         text NOT NULL,
    supported_on date NOT NULL,
    note         text,
    CONSTRAINT supports_kind_check CHECK
        (kind IN ('product_development', 'packaging_label', 'organisation_founded', 'organisation_upgraded')),
    CONSTRAINT supports_subject_check CHECK
        ((product_id IS NULL) = (kind IN ('organisation_founded', 'organisation_upgraded')))
)
"""

INDEXES = (
    "CREATE INDEX producers_commune ON producers (commune_code, id)",
    "CREATE INDEX producers_district ON producers (district_code, id)",
    "CREATE INDEX producers_folded ON producers USING gin (folded gin_trgm_ops)",
    "CREATE INDEX producers_words ON producers USING gin (words)",
    "CREATE INDEX products_producer ON products (producer_id, id)",
    "CREATE INDEX products_commune ON products (commune_code, id)",
    "CREATE INDEX products_district ON products (district_code, id)",
    "CREATE INDEX products_folded ON products USING gin (folded gin_trgm_ops)",
    "CREATE INDEX products_words ON products USING gin (words)",
    "CREATE INDEX participations_year ON participations (year, product_id)",
    "CREATE INDEX certificates_product ON certificates (product_id, issued_on)",
    "CREATE INDEX certificates_expiring ON certificates (valid_to, id)",
    "CREATE INDEX certificates_star ON certificates (star, product_id)",
    "CREATE INDEX certificates_commune ON certificates (commune_code, id)",
    "CREATE INDEX certificates_district ON certificates (district_code, id)",
    "CREATE UNIQUE INDEX supports_once ON supports (coalesce(product_id, producer_id), kind, supported_on)",
    "CREATE INDEX supports_product ON supports (product_id)",
)
TABLES = ("supports", "stamp_ranges", "code_series", "certificates", "participations", "products", "producers")


def upgrade() -> None:
    """Create them."""
    op.execute(COVERED_CODES)
    for table in (PRODUCERS, PRODUCTS, PARTICIPATIONS, CERTIFICATES, CODE_SERIES, STAMP_RANGES, SUPPORTS):
        op.execute(table)
    for index in INDEXES:
        op.execute(index)


def downgrade() -> None:
    """Drop them."""
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION covered_codes")
