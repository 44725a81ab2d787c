"""Resumable uploads and their parts, contents to be cleaned away, keys of signed links."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE uploads (
    id          uuid CONSTRAINT uploads_pkey PRIMARY KEY,
    person_id   uuid NOT NULL,
    request_key text,
    size        bigint NOT NULL,
    received    bigint NOT NULL DEFAULT 0,
    name        text,
    announced   text,
    state       text NOT NULL DEFAULT 'open',
    sha256      text,
    kind        text,
    refusal     jsonb,
    lease       uuid,
    leased_to   timestamptz,
    expires_at  timestamptz NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT uploads_person_id_request_key_key UNIQUE (person_id, request_key),
    CONSTRAINT uploads_received_check CHECK (received >= 0 AND received <= size),
    CONSTRAINT uploads_state_check CHECK (state IN ('open', 'finished', 'refused')),
    CONSTRAINT uploads_finished_check CHECK ((state = 'finished') = (sha256 IS NOT NULL)
        AND (state = 'finished') <= (received = size))
);
CREATE INDEX uploads_expires_at ON uploads (expires_at);
CREATE TABLE upload_parts (
    upload_id uuid CONSTRAINT upload_parts_upload_id_fkey REFERENCES uploads (id) ON DELETE CASCADE,
    start     bigint,
    size      bigint NOT NULL,
    lease     uuid NOT NULL,
    CONSTRAINT upload_parts_pkey PRIMARY KEY (upload_id, start),
    CONSTRAINT upload_parts_size_check CHECK (size > 0)
);
CREATE TABLE content_removals (
    id         uuid CONSTRAINT content_removals_pkey PRIMARY KEY,
    sha256     text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT content_removals_sha256_key UNIQUE (sha256)
);
CREATE TABLE link_keys (
    purpose text CONSTRAINT link_keys_pkey PRIMARY KEY,
    key     bytea NOT NULL,
    made_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE evidence_files ADD COLUMN crc32 bigint;
CREATE INDEX evidence_files_stored_at ON evidence_files (stored_at)
"""


def upgrade() -> None:
    """Create the tables."""
    for statement in TABLES.split(";\n"):
        op.execute(statement)


def downgrade() -> None:
    """Drop them. Uploads that were not finished are lost, as if they had expired."""
    op.execute("DROP INDEX evidence_files_stored_at")
    op.execute("ALTER TABLE evidence_files DROP COLUMN crc32")
    for table in ("link_keys", "content_removals", "upload_parts", "uploads"):
        op.execute(f"DROP TABLE {table}")
