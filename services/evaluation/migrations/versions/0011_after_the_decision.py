"""Results of the centre, publication, objections, revocations, corrections, renewal and grace."""

from alembic import context, op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

DOCUMENTS = """
CREATE TABLE decision_documents (
    id          uuid CONSTRAINT decision_documents_pkey PRIMARY KEY,
    kind        text NOT NULL,
    level       text NOT NULL,
    unit_code   text NOT NULL,
    body        text NOT NULL,
    number      text NOT NULL,
    signed_on   date NOT NULL,
    signed_year integer NOT NULL GENERATED ALWAYS AS (EXTRACT(year FROM signed_on)::integer) STORED,
    decided_by  text NOT NULL,
    file_sha256 text,
    person_id   uuid NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT decision_documents_kind_check CHECK
        (kind IN ('recognition', 'approval', 'upper_result', 'correction', 'revocation')),
    CONSTRAINT decision_documents_number_key UNIQUE (level, unit_code, number, signed_year)
);
INSERT INTO decision_documents (id, kind, level, unit_code, body, number, signed_on, decided_by, person_id, created_at)
    SELECT id, 'recognition', level, unit_code, body, number, signed_on, decided_by, person_id, created_at
    FROM decisions;
CREATE TABLE recorded_results (
    id               uuid CONSTRAINT recorded_results_pkey PRIMARY KEY,
    dossier_id       uuid NOT NULL CONSTRAINT recorded_results_dossier_id_fkey REFERENCES dossiers (id),
    level            text NOT NULL,
    mean_numerator   integer NOT NULL,
    mean_denominator integer NOT NULL,
    mean_decimal     text NOT NULL,
    star             integer NOT NULL,
    recognised       boolean NOT NULL,
    document_id      uuid NOT NULL CONSTRAINT recorded_results_document_id_fkey REFERENCES decision_documents (id),
    ruleset_id       text NOT NULL,
    reasons          text,
    person_id        uuid NOT NULL,
    on_day           date NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT recorded_results_mean_check CHECK (mean_denominator > 0 AND mean_numerator >= 0)
);
CREATE INDEX recorded_results_dossier ON recorded_results (dossier_id, id);
ALTER TABLE decisions DROP CONSTRAINT decisions_number_key;
ALTER TABLE decisions DROP CONSTRAINT decisions_result_id_key;
ALTER TABLE decisions ALTER COLUMN result_id DROP NOT NULL;
ALTER TABLE decisions ADD COLUMN document_id uuid
    CONSTRAINT decisions_document_id_fkey REFERENCES decision_documents (id);
ALTER TABLE decisions ADD COLUMN recorded_result_id uuid
    CONSTRAINT decisions_recorded_result_id_fkey REFERENCES recorded_results (id);
ALTER TABLE decisions ADD COLUMN supersedes uuid
    CONSTRAINT decisions_supersedes_fkey REFERENCES decisions (id)
    CONSTRAINT decisions_supersedes_key UNIQUE;
UPDATE decisions SET document_id = id;
ALTER TABLE decisions ADD CONSTRAINT decisions_one_result_check
    CHECK ((result_id IS NULL) <> (recorded_result_id IS NULL));
CREATE UNIQUE INDEX decisions_result_once ON decisions (result_id) WHERE supersedes IS NULL;
CREATE UNIQUE INDEX decisions_recorded_once ON decisions (recorded_result_id) WHERE supersedes IS NULL;
CREATE INDEX decisions_document ON decisions (document_id);
CREATE TABLE result_approvals (
    id          uuid CONSTRAINT result_approvals_pkey PRIMARY KEY,
    result_id   uuid NOT NULL CONSTRAINT result_approvals_result_id_fkey REFERENCES results (id)
                CONSTRAINT result_approvals_result_id_key UNIQUE,
    dossier_id  uuid NOT NULL CONSTRAINT result_approvals_dossier_id_fkey REFERENCES dossiers (id),
    document_id uuid NOT NULL CONSTRAINT result_approvals_document_id_fkey REFERENCES decision_documents (id),
    person_id   uuid NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE publications (
    id           uuid CONSTRAINT publications_pkey PRIMARY KEY,
    round_id     uuid NOT NULL CONSTRAINT publications_round_id_fkey REFERENCES rounds (id)
                 CONSTRAINT publications_round_id_key UNIQUE,
    level        text NOT NULL,
    unit_code    text NOT NULL,
    unit_name    text NOT NULL,
    year         integer NOT NULL,
    published_on date NOT NULL,
    person_id    uuid NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX publications_year ON publications (year, id);
CREATE TABLE corrections (
    id              uuid CONSTRAINT corrections_pkey PRIMARY KEY,
    decision_id     uuid NOT NULL CONSTRAINT corrections_decision_id_fkey REFERENCES decisions (id)
                    CONSTRAINT corrections_decision_id_key UNIQUE,
    new_decision_id uuid CONSTRAINT corrections_new_decision_id_fkey REFERENCES decisions (id),
    dossier_id      uuid NOT NULL CONSTRAINT corrections_dossier_id_fkey REFERENCES dossiers (id),
    document_id     uuid NOT NULL CONSTRAINT corrections_document_id_fkey REFERENCES decision_documents (id),
    basis           text NOT NULL,
    reasons         text NOT NULL,
    star            integer,
    mean_decimal    text,
    person_id       uuid NOT NULL,
    on_day          date NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT corrections_basis_check CHECK (basis IN ('transcription', 'inspection', 'objection')),
    CONSTRAINT corrections_version_check CHECK ((star IS NULL) = (new_decision_id IS NULL))
);
CREATE INDEX corrections_dossier_id ON corrections (dossier_id);
ALTER TABLE outcomes DROP CONSTRAINT outcomes_outcome_check;
ALTER TABLE outcomes ADD CONSTRAINT outcomes_outcome_check
    CHECK (outcome IN ('recognised', 'forwarded', 'not_recognised', 'evaluated_again'))
"""

OBJECTIONS = """
CREATE TABLE objections (
    id                 uuid CONSTRAINT objections_pkey PRIMARY KEY,
    dossier_id         uuid NOT NULL CONSTRAINT objections_dossier_id_fkey REFERENCES dossiers (id),
    result_id          uuid CONSTRAINT objections_result_id_fkey REFERENCES results (id)
                       CONSTRAINT objections_result_id_key UNIQUE,
    recorded_result_id uuid CONSTRAINT objections_recorded_result_id_fkey REFERENCES recorded_results (id)
                       CONSTRAINT objections_recorded_result_id_key UNIQUE,
    producer_id        uuid NOT NULL,
    level              text NOT NULL,
    unit_code          text NOT NULL,
    grounds            text NOT NULL,
    criteria           jsonb NOT NULL,
    filed_on           date NOT NULL,
    window_until       date NOT NULL,
    source             text NOT NULL,
    person_id          uuid NOT NULL,
    created_at         timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT objections_one_result_check CHECK ((result_id IS NULL) <> (recorded_result_id IS NULL))
);
CREATE INDEX objections_dossier ON objections (dossier_id, id);
CREATE TABLE objection_steps (
    id           uuid CONSTRAINT objection_steps_pkey PRIMARY KEY,
    objection_id uuid NOT NULL CONSTRAINT objection_steps_objection_id_fkey REFERENCES objections (id),
    step         text NOT NULL,
    on_day       date NOT NULL,
    words        text,
    remedy       text,
    due_on       date,
    source       text,
    person_id    uuid NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT objection_steps_step_check CHECK
        (step IN ('received', 'examined', 'upheld', 'partly_upheld', 'refused')),
    CONSTRAINT objection_steps_remedy_check CHECK (remedy IN ('reopening', 'correction')),
    CONSTRAINT objection_steps_step_key UNIQUE (objection_id, step)
);
CREATE UNIQUE INDEX objection_steps_one_answer ON objection_steps (objection_id)
    WHERE step IN ('upheld', 'partly_upheld', 'refused');
CREATE TABLE reopenings (
    id           uuid CONSTRAINT reopenings_pkey PRIMARY KEY,
    dossier_id   uuid NOT NULL CONSTRAINT reopenings_dossier_id_fkey REFERENCES dossiers (id),
    level        text NOT NULL,
    attempt      integer NOT NULL,
    cause        text NOT NULL,
    objection_id uuid CONSTRAINT reopenings_objection_id_fkey REFERENCES objections (id),
    reasons      text NOT NULL,
    person_id    uuid NOT NULL,
    on_day       date NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reopenings_cause_check CHECK (cause IN ('objection', 'lowered_above')),
    CONSTRAINT reopenings_attempt_key UNIQUE (dossier_id, attempt),
    CONSTRAINT reopenings_attempt_check CHECK (attempt >= 2)
)
"""

REVOCATIONS = """
CREATE TABLE revocations (
    id               uuid CONSTRAINT revocations_pkey PRIMARY KEY,
    certificate_id   uuid NOT NULL,
    product_id       uuid NOT NULL,
    producer_id      uuid NOT NULL,
    dossier_id       uuid,
    product_name     text NOT NULL,
    product_code     text NOT NULL,
    star             integer NOT NULL,
    certificate_decision text NOT NULL,
    certificate_decided_by text NOT NULL,
    issued_on        date NOT NULL,
    commune_code     text NOT NULL,
    province_code    text NOT NULL,
    ruleset_id       text NOT NULL CONSTRAINT revocations_ruleset_id_fkey REFERENCES rulesets (id),
    cause            text NOT NULL,
    finding          text NOT NULL,
    finding_number   text,
    finding_by       text NOT NULL,
    finding_on       date NOT NULL,
    evidence         text NOT NULL,
    file_sha256      text,
    body             text NOT NULL,
    level            text NOT NULL,
    unit_code        text NOT NULL,
    unit_name        text NOT NULL,
    due_on           date,
    source           text NOT NULL,
    proposed_on      date NOT NULL,
    person_id        uuid NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT revocations_finding_check CHECK
        (finding IN ('authority_conclusion', 'commune_confirmation', 'ministry_request'))
);
CREATE INDEX revocations_certificate ON revocations (certificate_id, id);
CREATE INDEX revocations_province ON revocations (province_code, id);
CREATE TABLE revocation_decisions (
    id            uuid CONSTRAINT revocation_decisions_pkey PRIMARY KEY,
    revocation_id uuid NOT NULL CONSTRAINT revocation_decisions_revocation_id_fkey REFERENCES revocations (id)
                  CONSTRAINT revocation_decisions_revocation_id_key UNIQUE,
    revoked       boolean NOT NULL,
    document_id   uuid CONSTRAINT revocation_decisions_document_id_fkey REFERENCES decision_documents (id),
    effective_on  date,
    public_words  text,
    reasons       text NOT NULL,
    person_id     uuid NOT NULL,
    on_day        date NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT revocation_decisions_revoked_check CHECK
        (revoked = (document_id IS NOT NULL) AND revoked = (effective_on IS NOT NULL)
         AND revoked = (public_words IS NOT NULL))
)
"""

ADDED_ONLY = (
    "decision_documents",
    "recorded_results",
    "result_approvals",
    "publications",
    "corrections",
    "objections",
    "objection_steps",
    "reopenings",
    "revocations",
    "revocation_decisions",
)
"""Tables whose rows the service may write but never change: history that cannot be rewritten."""


def upgrade() -> None:
    """Create them; a decision becomes one signed document over one or many products."""
    for block in (DOCUMENTS, OBJECTIONS, REVOCATIONS):
        for statement in block.split(";\n"):
            op.execute(statement)
    service = context.config.attributes["service"]
    for table in ADDED_ONLY:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {service}")


def downgrade() -> None:
    """Drop them. Refused by the constraints while decisions exist that the older shape cannot hold."""
    for table in ("revocation_decisions", "revocations", "reopenings", "objection_steps", "objections", "corrections"):
        op.execute(f"DROP TABLE {table}")
    op.execute("ALTER TABLE outcomes DROP CONSTRAINT outcomes_outcome_check")
    op.execute(
        "ALTER TABLE outcomes ADD CONSTRAINT outcomes_outcome_check"
        " CHECK (outcome IN ('recognised', 'forwarded', 'not_recognised'))"
    )
    for index in ("decisions_result_once", "decisions_recorded_once", "decisions_document"):
        op.execute(f"DROP INDEX {index}")
    op.execute("ALTER TABLE decisions DROP CONSTRAINT decisions_one_result_check")
    for column in ("supersedes", "recorded_result_id", "document_id"):
        op.execute(f"ALTER TABLE decisions DROP COLUMN {column}")
    op.execute("ALTER TABLE decisions ALTER COLUMN result_id SET NOT NULL")
    op.execute("ALTER TABLE decisions ADD CONSTRAINT decisions_result_id_key UNIQUE (result_id)")
    op.execute(
        "ALTER TABLE decisions ADD CONSTRAINT decisions_number_key UNIQUE (level, unit_code, number, signed_year)"
    )
    for table in ("publications", "result_approvals", "recorded_results", "decision_documents"):
        op.execute(f"DROP TABLE {table}")
