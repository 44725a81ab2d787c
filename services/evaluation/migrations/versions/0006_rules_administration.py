"""Drafts and publications of rules, charters by body, sheets completed later; recomputations of results."""

from alembic import context, op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

COLUMNS = """
ALTER TABLE rulesets ADD COLUMN superseded_by text;
ALTER TABLE sheets ADD COLUMN superseded_by text,
    ADD COLUMN completes text CONSTRAINT sheets_completes_fkey REFERENCES sheets (id);
ALTER TABLE charters ADD COLUMN superseded_by text, ADD COLUMN level text, ADD COLUMN unit_code text,
    ADD CONSTRAINT charters_body_check CHECK ((level IS NULL) = (unit_code IS NULL));
CREATE INDEX sheets_completes ON sheets (completes);
CREATE INDEX charters_body ON charters (level, unit_code, effective_from)
"""

TABLES = """
CREATE TABLE rule_drafts (
    id             uuid CONSTRAINT rule_drafts_pkey PRIMARY KEY,
    kind           text NOT NULL,
    rule_id        text NOT NULL,
    name           text NOT NULL,
    document       jsonb NOT NULL,
    hash           text NOT NULL,
    effective_from date NOT NULL,
    level          text,
    unit_code      text,
    source         text NOT NULL,
    page_reference text,
    note           text,
    imported_by    uuid NOT NULL,
    imported_at    timestamptz NOT NULL DEFAULT programme_now(),
    created_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT rule_drafts_kind_check CHECK (kind IN ('ruleset', 'sheet', 'charter'))
);
CREATE INDEX rule_drafts_rule ON rule_drafts (kind, rule_id);
CREATE TABLE rule_publications (
    draft_id       uuid CONSTRAINT rule_publications_pkey PRIMARY KEY
                   CONSTRAINT rule_publications_draft_id_fkey REFERENCES rule_drafts (id),
    kind           text NOT NULL,
    rule_id        text NOT NULL,
    hash           text NOT NULL,
    effective_from date NOT NULL,
    supersedes     text,
    published_by   uuid NOT NULL,
    published_at   timestamptz NOT NULL DEFAULT programme_now()
);
CREATE INDEX rule_publications_rule ON rule_publications (kind, rule_id, published_at);
CREATE TABLE recomputations (
    id             uuid CONSTRAINT recomputations_pkey PRIMARY KEY,
    province_code  text NOT NULL,
    started_by     uuid NOT NULL,
    started_at     timestamptz NOT NULL DEFAULT programme_now(),
    finished_at    timestamptz,
    upto           uuid,
    cursor         uuid,
    total          integer,
    checked        integer NOT NULL DEFAULT 0,
    differing      integer NOT NULL DEFAULT 0,
    recorded_only  jsonb NOT NULL DEFAULT '{}',
    claimed_until  timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX recomputations_one_running ON recomputations (province_code) WHERE finished_at IS NULL;
CREATE TABLE recomputation_findings (
    recomputation_id uuid CONSTRAINT recomputation_findings_recomputation_id_fkey REFERENCES recomputations (id),
    result_id        uuid CONSTRAINT recomputation_findings_result_id_fkey REFERENCES results (id),
    dossier_id       uuid NOT NULL,
    kind             text NOT NULL,
    details          jsonb NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT recomputation_findings_pkey PRIMARY KEY (recomputation_id, result_id, kind),
    CONSTRAINT recomputation_findings_kind_check
        CHECK (kind IN ('differs', 'wording', 'not_computable', 'corrected'))
)
"""

ADDED_ONLY = ("rule_drafts", "rule_publications", "recomputation_findings")
"""Tables whose rows the service may write but never change: who brought which text from where, and what was found."""

PINNED = """
CREATE OR REPLACE FUNCTION refuse_change_of_used_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.first_used_at IS NOT NULL THEN
        IF TG_OP = 'UPDATE' AND NEW.superseded_by IS NOT NULL
            AND (OLD.effective_to IS NULL OR NEW.effective_to <= OLD.effective_to
                 OR OLD.superseded_by = NEW.superseded_by)
            AND to_jsonb(NEW) - 'effective_to' - 'superseded_by' = to_jsonb(OLD) - 'effective_to' - 'superseded_by'
        THEN
            RETURN NEW;
        END IF;
        RAISE EXCEPTION '% % is in use since % and cannot change', TG_TABLE_NAME, OLD.id, OLD.first_used_at
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""
"""Rules in use change in one thing only: a newer version ends them, which their document and hash do not show."""

PINNED_BEFORE = """
CREATE OR REPLACE FUNCTION refuse_change_of_used_rules() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.first_used_at IS NOT NULL THEN
        RAISE EXCEPTION '% % is in use since % and cannot change', TG_TABLE_NAME, OLD.id, OLD.first_used_at
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$
"""


def upgrade() -> None:
    """Add columns and tables; let a newer version end one that is in use."""
    for block in (COLUMNS, TABLES):
        for statement in block.split(";\n"):
            op.execute(statement)
    op.execute(PINNED)
    service = context.config.attributes["service"]
    for table in ADDED_ONLY:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {service}")


def downgrade() -> None:
    """Take them back."""
    op.execute(PINNED_BEFORE)
    for table in ("recomputation_findings", "recomputations", "rule_publications", "rule_drafts"):
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP INDEX charters_body")
    op.execute("DROP INDEX sheets_completes")
    op.execute(
        "ALTER TABLE charters DROP CONSTRAINT charters_body_check,"
        " DROP COLUMN unit_code, DROP COLUMN level, DROP COLUMN superseded_by"
    )
    op.execute("ALTER TABLE sheets DROP COLUMN completes, DROP COLUMN superseded_by")
    op.execute("ALTER TABLE rulesets DROP COLUMN superseded_by")
