"""Rulesets, sheets, charters; dossiers with their evidence, returns and commune reports; filing windows."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RULES = """
CREATE TABLE rulesets (
    id             text CONSTRAINT rulesets_pkey PRIMARY KEY,
    base_id        text NOT NULL,
    decision       text NOT NULL,
    document       jsonb NOT NULL,
    hash           text NOT NULL,
    effective_from date NOT NULL,
    effective_to   date,
    first_used_at  timestamptz,
    loaded_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT rulesets_validity_check CHECK (effective_to >= effective_from)
);
CREATE TABLE sheets (
    id             text CONSTRAINT sheets_pkey PRIMARY KEY,
    ruleset_id     text NOT NULL CONSTRAINT sheets_ruleset_id_fkey REFERENCES rulesets (id),
    set_no         integer NOT NULL,
    name_vi        text NOT NULL,
    document       jsonb NOT NULL,
    hash           text NOT NULL,
    recorded_only  boolean NOT NULL,
    reason         text,
    effective_from date NOT NULL,
    effective_to   date,
    first_used_at  timestamptz,
    loaded_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT sheets_ruleset_id_set_no_effective_from_key UNIQUE (ruleset_id, set_no, effective_from),
    CONSTRAINT sheets_reason_check CHECK (recorded_only = (reason IS NOT NULL))
);
CREATE INDEX sheets_ruleset ON sheets (ruleset_id, set_no);
CREATE TABLE charters (
    id             text CONSTRAINT charters_pkey PRIMARY KEY,
    name_vi        text NOT NULL,
    document       jsonb NOT NULL,
    hash           text NOT NULL,
    effective_from date NOT NULL,
    effective_to   date,
    first_used_at  timestamptz,
    loaded_at      timestamptz NOT NULL DEFAULT now()
)
"""

PINNED = """
CREATE FUNCTION refuse_change_of_used_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.first_used_at IS NOT NULL THEN
        RAISE EXCEPTION '% % is in use since % and cannot change', TG_TABLE_NAME, OLD.id, OLD.first_used_at
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""

DOSSIERS = """
CREATE TABLE dossiers (
    id                   uuid CONSTRAINT dossiers_pkey PRIMARY KEY,
    product_id           uuid NOT NULL,
    producer_id          uuid NOT NULL,
    product_name         text NOT NULL,
    producer_name        text NOT NULL,
    producer_kind        text NOT NULL,
    group_path           text NOT NULL,
    set_no               integer NOT NULL,
    kind                 text NOT NULL,
    state                text NOT NULL,
    ruleset_id           text NOT NULL CONSTRAINT dossiers_ruleset_id_fkey REFERENCES rulesets (id),
    ruleset_hash         text,
    sheet_id             text NOT NULL CONSTRAINT dossiers_sheet_id_fkey REFERENCES sheets (id),
    sheet_hash           text,
    level                text,
    reached              text[] NOT NULL DEFAULT '{}',
    commune_code         text NOT NULL,
    commune_name         text NOT NULL,
    district_code        text,
    district_name        text,
    province_code        text NOT NULL,
    province_name        text NOT NULL,
    year                 integer NOT NULL,
    filed_on             date,
    refiled_on           date,
    self_score           jsonb NOT NULL DEFAULT '{}',
    registration_form    jsonb NOT NULL DEFAULT '{}',
    certificate_valid_to date,
    certificate_id       uuid,
    product_code         text,
    created_by           uuid NOT NULL,
    search               text NOT NULL GENERATED ALWAYS AS (vi_fold(product_name || ' ' || producer_name)) STORED,
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now(),
    version              integer NOT NULL,
    CONSTRAINT dossiers_kind_check CHECK (kind IN ('first', 'upgrade', 'renewal')),
    CONSTRAINT dossiers_state_check CHECK (state IN ('draft', 'filed', 'returned', 'reported', 'in_round', 'scored',
        'forwarded', 'recognised', 'not_recognised')),
    CONSTRAINT dossiers_level_check CHECK (level IN ('commune', 'district', 'province', 'central')),
    CONSTRAINT dossiers_frozen_check CHECK ((filed_on IS NULL) = (ruleset_hash IS NULL)
        AND (filed_on IS NULL) = (sheet_hash IS NULL) AND (filed_on IS NULL) = (state = 'draft'))
);
CREATE UNIQUE INDEX dossiers_one_open ON dossiers (product_id)
    WHERE state IN ('draft', 'filed', 'returned', 'reported', 'in_round', 'scored', 'forwarded');
CREATE INDEX dossiers_commune ON dossiers (commune_code, created_at, id);
CREATE INDEX dossiers_district ON dossiers (district_code, created_at, id);
CREATE INDEX dossiers_province ON dossiers (province_code, created_at, id);
CREATE INDEX dossiers_producer ON dossiers (producer_id, created_at, id);
CREATE INDEX dossiers_search ON dossiers USING gin (search gin_trgm_ops)
"""

REACHED = """
CREATE FUNCTION note_reached_level() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.level IS NOT NULL AND NOT NEW.level = ANY (NEW.reached) THEN
        NEW.reached := NEW.reached || NEW.level;
    END IF;
    RETURN NEW;
END $$
"""

FROZEN = """
CREATE FUNCTION refuse_change_of_frozen_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.filed_on IS NOT NULL AND (NEW.filed_on, NEW.ruleset_id, NEW.ruleset_hash, NEW.sheet_id, NEW.sheet_hash)
        IS DISTINCT FROM (OLD.filed_on, OLD.ruleset_id, OLD.ruleset_hash, OLD.sheet_id, OLD.sheet_hash) THEN
        RAISE EXCEPTION 'dossier % was filed on %: its rules are frozen', OLD.id, OLD.filed_on
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""

PAPERS = """
CREATE TABLE filing_windows (
    id         uuid CONSTRAINT filing_windows_pkey PRIMARY KEY,
    unit_code  text NOT NULL,
    year       integer NOT NULL,
    closes_on  date NOT NULL,
    source     text NOT NULL,
    set_by     uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    version    integer NOT NULL,
    CONSTRAINT filing_windows_unit_code_year_key UNIQUE (unit_code, year)
);
CREATE TABLE dossier_returns (
    id          uuid CONSTRAINT dossier_returns_pkey PRIMARY KEY,
    dossier_id  uuid NOT NULL CONSTRAINT dossier_returns_dossier_id_fkey REFERENCES dossiers (id),
    level       text NOT NULL,
    reasons     text NOT NULL,
    returned_on date NOT NULL,
    returned_by uuid NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX dossier_returns_dossier ON dossier_returns (dossier_id, id);
CREATE TABLE evidence_files (
    sha256    text CONSTRAINT evidence_files_pkey PRIMARY KEY,
    size      bigint NOT NULL,
    kind      text NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT evidence_files_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    CONSTRAINT evidence_files_size_check CHECK (size > 0)
);
CREATE TABLE evidence_uploads (
    sha256      text NOT NULL CONSTRAINT evidence_uploads_sha256_fkey REFERENCES evidence_files (sha256),
    person_id   uuid NOT NULL,
    uploaded_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT evidence_uploads_pkey PRIMARY KEY (sha256, person_id)
);
CREATE TABLE evidence (
    id          uuid CONSTRAINT evidence_pkey PRIMARY KEY,
    dossier_id  uuid NOT NULL CONSTRAINT evidence_dossier_id_fkey REFERENCES dossiers (id),
    file_sha256 text NOT NULL CONSTRAINT evidence_file_sha256_fkey REFERENCES evidence_files (sha256),
    name        text NOT NULL,
    criteria    text[] NOT NULL DEFAULT '{}',
    issuer      text,
    number      text,
    issued_on   date,
    expires_on  date,
    attached_by uuid NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT evidence_dossier_id_file_sha256_name_key UNIQUE (dossier_id, file_sha256, name),
    CONSTRAINT evidence_validity_check CHECK (expires_on >= issued_on)
);
CREATE INDEX evidence_file ON evidence (file_sha256);
CREATE TABLE commune_reports (
    id          uuid CONSTRAINT commune_reports_pkey PRIMARY KEY,
    dossier_id  uuid NOT NULL CONSTRAINT commune_reports_dossier_id_fkey REFERENCES dossiers (id),
    items       jsonb NOT NULL,
    conclusion  text NOT NULL,
    reported_on date NOT NULL,
    reported_by uuid NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT commune_reports_dossier_id_key UNIQUE (dossier_id)
)
"""

PINNED_TABLES = ("rulesets", "sheets", "charters")


def upgrade() -> None:
    """Create the tables and the triggers that keep used rules and frozen dossiers as they are."""
    for block in (RULES, DOSSIERS, PAPERS):
        for statement in block.split(";\n"):
            op.execute(statement)
    for function in (PINNED, REACHED, FROZEN):
        op.execute(function)
    for table in PINNED_TABLES:
        op.execute(
            f"CREATE TRIGGER {table}_pinned BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_used_rules()"
        )
    op.execute(
        "CREATE TRIGGER dossiers_reached BEFORE INSERT OR UPDATE ON dossiers"
        " FOR EACH ROW EXECUTE FUNCTION note_reached_level()"
    )
    op.execute(
        "CREATE TRIGGER dossiers_frozen BEFORE UPDATE ON dossiers"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change_of_frozen_rules()"
    )


def downgrade() -> None:
    """Drop them."""
    for table in (
        "commune_reports",
        "evidence",
        "evidence_uploads",
        "evidence_files",
        "dossier_returns",
        "filing_windows",
        "dossiers",
        "charters",
        "sheets",
        "rulesets",
    ):
        op.execute(f"DROP TABLE {table}")
    for function in ("refuse_change_of_used_rules", "note_reached_level", "refuse_change_of_frozen_rules"):
        op.execute(f"DROP FUNCTION {function}()")
