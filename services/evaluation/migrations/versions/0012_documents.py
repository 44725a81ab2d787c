"""Documents of the process with their templates, numbers and signed files; what registry said of certificates."""

from alembic import context, op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE documents (
    id               uuid CONSTRAINT documents_pkey PRIMARY KEY,
    kind             text NOT NULL,
    subject_id       uuid NOT NULL,
    revision         integer NOT NULL,
    dossier_id       uuid CONSTRAINT documents_dossier_id_fkey REFERENCES dossiers (id),
    round_id         uuid CONSTRAINT documents_round_id_fkey REFERENCES rounds (id),
    level            text,
    unit_code        text,
    template_version text NOT NULL,
    template_hash    text NOT NULL,
    data             jsonb NOT NULL,
    data_hash        text NOT NULL,
    made_by          uuid NOT NULL,
    made_at          timestamptz NOT NULL DEFAULT programme_now(),
    created_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT documents_revision_key UNIQUE (kind, subject_id, revision),
    CONSTRAINT documents_revision_check CHECK (revision >= 1)
);
CREATE INDEX documents_subject_id ON documents (subject_id);
CREATE INDEX documents_dossier_id ON documents (dossier_id);
CREATE INDEX documents_round_id ON documents (round_id);
CREATE TABLE document_files (
    document_id uuid CONSTRAINT document_files_document_id_fkey REFERENCES documents (id),
    format      text,
    sha256      text NOT NULL,
    size        bigint NOT NULL,
    CONSTRAINT document_files_pkey PRIMARY KEY (document_id, format),
    CONSTRAINT document_files_format_check CHECK (format IN ('pdf', 'docx', 'signed')),
    CONSTRAINT document_files_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$')
);
CREATE INDEX document_files_sha256 ON document_files (sha256);
CREATE TABLE document_signings (
    document_id uuid CONSTRAINT document_signings_pkey PRIMARY KEY
                CONSTRAINT document_signings_document_id_fkey REFERENCES documents (id),
    kind        text NOT NULL,
    subject_id  uuid NOT NULL,
    number      text,
    signed_on   date NOT NULL,
    signer      text NOT NULL,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT programme_now(),
    CONSTRAINT document_signings_one_key UNIQUE (kind, subject_id)
);
CREATE TABLE issued_certificates (
    certificate_id  uuid CONSTRAINT issued_certificates_pkey PRIMARY KEY,
    dossier_id      uuid NOT NULL,
    product_code    text NOT NULL,
    decision_number text NOT NULL,
    star            integer NOT NULL,
    issued_on       date NOT NULL,
    valid_to        date NOT NULL,
    noted_at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX issued_certificates_dossier_id ON issued_certificates (dossier_id)
"""

ADDED_ONLY = ("documents", "document_files", "document_signings", "issued_certificates")
"""Tables whose rows the service may write but never change: what was drawn and what was signed stay as they were."""


def upgrade() -> None:
    """Create the tables and take back the right to change them."""
    for statement in TABLES.split(";\n"):
        op.execute(statement)
    service = context.config.attributes["service"]
    for table in ADDED_ONLY:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {service}")


def downgrade() -> None:
    """Drop them."""
    for table in ("issued_certificates", "document_signings", "document_files", "documents"):
        op.execute(f"DROP TABLE {table}")
