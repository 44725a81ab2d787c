"""Threads of repair, commune meetings, named bodies on councils, agendas, the advisory team's work."""

from pathlib import Path

from alembic import context, op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"

COMMUNE = """
CREATE TABLE receipt_series (
    level     text NOT NULL,
    unit_code text NOT NULL,
    year      integer NOT NULL,
    last      integer NOT NULL,
    CONSTRAINT receipt_series_pkey PRIMARY KEY (level, unit_code, year)
);
CREATE TABLE registration_receipts (
    id          uuid CONSTRAINT registration_receipts_pkey PRIMARY KEY,
    dossier_id  uuid NOT NULL CONSTRAINT registration_receipts_dossier_id_fkey REFERENCES dossiers (id),
    level       text NOT NULL,
    unit_code   text NOT NULL,
    year        integer NOT NULL,
    seq         integer NOT NULL,
    number      text NOT NULL,
    received_on date NOT NULL,
    received_by uuid NOT NULL,
    receiver    text NOT NULL,
    voided_on   date,
    voided_by   uuid,
    void_reason text,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT registration_receipts_series_key UNIQUE (level, unit_code, year, seq),
    CONSTRAINT registration_receipts_void_check CHECK (
        (voided_on IS NULL) = (void_reason IS NULL) AND (voided_on IS NULL) = (voided_by IS NULL)
    )
);
CREATE UNIQUE INDEX registration_receipts_one_valid ON registration_receipts (dossier_id, level)
    WHERE voided_on IS NULL;
CREATE TABLE form_checks (
    id         uuid CONSTRAINT form_checks_pkey PRIMARY KEY,
    dossier_id uuid NOT NULL CONSTRAINT form_checks_dossier_id_fkey REFERENCES dossiers (id),
    level      text NOT NULL,
    items      jsonb NOT NULL,
    checked_on date NOT NULL,
    checked_by uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX form_checks_dossier ON form_checks (dossier_id, id);
CREATE TABLE thread_messages (
    id          uuid CONSTRAINT thread_messages_pkey PRIMARY KEY,
    dossier_id  uuid NOT NULL CONSTRAINT thread_messages_dossier_id_fkey REFERENCES dossiers (id),
    level       text NOT NULL,
    side        text NOT NULL,
    item_kind   text,
    item_ref    text,
    message     text NOT NULL,
    author_id   uuid NOT NULL,
    author_name text NOT NULL,
    written_at  timestamptz NOT NULL DEFAULT programme_now(),
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT thread_messages_side_check CHECK (side IN ('producer', 'official')),
    CONSTRAINT thread_messages_item_check CHECK ((item_kind IS NULL) = (item_ref IS NULL))
);
CREATE INDEX thread_messages_dossier ON thread_messages (dossier_id, id);
CREATE TABLE thread_readings (
    dossier_id uuid NOT NULL CONSTRAINT thread_readings_dossier_id_fkey REFERENCES dossiers (id),
    person_id  uuid NOT NULL,
    level      text NOT NULL,
    side       text NOT NULL,
    last_read  uuid NOT NULL,
    read_at    timestamptz NOT NULL,
    CONSTRAINT thread_readings_pkey PRIMARY KEY (dossier_id, person_id, level)
);
ALTER TABLE dossier_returns ADD COLUMN items jsonb NOT NULL DEFAULT '[]';
ALTER TABLE dossier_returns ADD COLUMN due_on date;
ALTER TABLE dossier_returns ADD COLUMN repaired_on date;
ALTER TABLE commune_reports ADD COLUMN meeting jsonb
"""

COUNCILS = """
ALTER TABLE councils ADD COLUMN decided_on date;
ALTER TABLE council_members ADD COLUMN post text NOT NULL DEFAULT 'member'
    CONSTRAINT council_members_post_check CHECK (post IN ('chair', 'vice_chair', 'member', 'expert'));
ALTER TABLE council_members ADD COLUMN body_code text;
UPDATE council_members SET post = 'chair' WHERE seat = 1;
CREATE TABLE council_staff (
    council_id uuid NOT NULL CONSTRAINT council_staff_council_id_fkey REFERENCES councils (id),
    person_id  uuid NOT NULL,
    post       text NOT NULL,
    name       text NOT NULL,
    body       text NOT NULL,
    body_code  text,
    CONSTRAINT council_staff_pkey PRIMARY KEY (council_id, person_id),
    CONSTRAINT council_staff_post_check CHECK (
        post IN ('secretary', 'advisory_head', 'advisory_member', 'invited_expert')
    )
);
CREATE INDEX council_staff_person_id ON council_staff (person_id);
CREATE TABLE council_changes (
    id              uuid CONSTRAINT council_changes_pkey PRIMARY KEY,
    council_id      uuid NOT NULL CONSTRAINT council_changes_council_id_fkey REFERENCES councils (id),
    left_seat       integer NOT NULL,
    left_id         uuid NOT NULL,
    left_name       text NOT NULL,
    left_body       text NOT NULL,
    joined_seat     integer NOT NULL,
    joined_id       uuid NOT NULL,
    joined_name     text NOT NULL,
    joined_body     text NOT NULL,
    decision_number text NOT NULL,
    decided_on      date NOT NULL,
    changed_by      uuid NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX council_changes_council ON council_changes (council_id, id);
CREATE TABLE routings (
    id             uuid CONSTRAINT routings_pkey PRIMARY KEY,
    unit_code      text,
    source         text NOT NULL,
    effective_from date NOT NULL,
    document       jsonb NOT NULL,
    hash           text NOT NULL,
    set_by         uuid,
    created_at     timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT routings_version_key UNIQUE NULLS NOT DISTINCT (unit_code, effective_from, hash)
)
"""

ROUNDS = """
ALTER TABLE round_dossiers ADD COLUMN left_at timestamptz;
ALTER TABLE round_dossiers ADD COLUMN left_because text
    CONSTRAINT round_dossiers_left_because_check
    CHECK (left_because IN ('returned', 'taken_out', 'moved', 'withdrawn'));
ALTER TABLE round_dossiers ADD COLUMN state_before text;
ALTER TABLE round_dossiers ADD CONSTRAINT round_dossiers_left_check CHECK (
    (left_at IS NULL) = (left_because IS NULL) AND NOT (live AND left_at IS NOT NULL)
);
CREATE TABLE round_schedules (
    round_id          uuid CONSTRAINT round_schedules_pkey PRIMARY KEY
                      CONSTRAINT round_schedules_round_id_fkey REFERENCES rounds (id),
    extra             boolean NOT NULL,
    proposal_deadline date,
    copies_sent_on    date,
    advisory_due_on   date,
    meetings          jsonb NOT NULL,
    agenda            jsonb NOT NULL,
    invited           jsonb NOT NULL,
    set_by            uuid NOT NULL,
    version           integer NOT NULL,
    updated_at        timestamptz NOT NULL DEFAULT now()
)
"""

ADVICE = """
CREATE TABLE advisory_records (
    id         uuid CONSTRAINT advisory_records_pkey PRIMARY KEY,
    dossier_id uuid NOT NULL CONSTRAINT advisory_records_dossier_id_fkey REFERENCES dossiers (id),
    council_id uuid NOT NULL CONSTRAINT advisory_records_council_id_fkey REFERENCES councils (id),
    level      text NOT NULL,
    kind       text NOT NULL,
    answers    uuid CONSTRAINT advisory_records_answers_fkey REFERENCES advisory_records (id),
    on_day     date NOT NULL,
    content    jsonb NOT NULL,
    written_by uuid NOT NULL,
    writer     text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT advisory_records_kind_check CHECK (
        kind IN ('check', 'site_visit', 'samples', 'test_request', 'test_result', 'report')
    ),
    CONSTRAINT advisory_records_answers_check CHECK ((kind = 'test_result') = (answers IS NOT NULL))
);
CREATE INDEX advisory_records_dossier ON advisory_records (dossier_id, id);
CREATE TABLE advisory_files (
    record_id   uuid NOT NULL CONSTRAINT advisory_files_record_id_fkey REFERENCES advisory_records (id),
    file_sha256 text NOT NULL CONSTRAINT advisory_files_file_sha256_fkey REFERENCES evidence_files (sha256),
    CONSTRAINT advisory_files_pkey PRIMARY KEY (record_id, file_sha256)
);
CREATE INDEX advisory_files_file_sha256 ON advisory_files (file_sha256)
"""

ADDED_ONLY = ("form_checks", "thread_messages", "council_changes", "routings", "advisory_records", "advisory_files")
"""Tables whose rows the service may write but never change."""

TABLES = (
    "advisory_files",
    "advisory_records",
    "round_schedules",
    "routings",
    "council_changes",
    "council_staff",
    "thread_readings",
    "thread_messages",
    "form_checks",
    "registration_receipts",
    "receipt_series",
)


def upgrade() -> None:
    """Create the tables; a slip that was numbered may only be voided."""
    for block in (COMMUNE, COUNCILS, ROUNDS, ADVICE):
        for statement in block.split(";\n"):
            op.execute(statement)
    service = context.config.attributes["service"]
    for table in ADDED_ONLY:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {service}")
    op.execute(f"REVOKE UPDATE, DELETE ON registration_receipts FROM {service}")
    op.execute(f"GRANT UPDATE (voided_on, voided_by, void_reason) ON registration_receipts TO {service}")
    op.execute((SQL / "submit_score_sheet_0009.sql").read_text())


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP FUNCTION submit_score_sheet")
    op.execute((SQL / "submit_score_sheet_0003.sql").read_text())
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
    op.execute("ALTER TABLE round_dossiers DROP CONSTRAINT round_dossiers_left_check")
    for table, columns in (
        ("round_dossiers", ("left_at", "left_because", "state_before")),
        ("council_members", ("post", "body_code")),
        ("councils", ("decided_on",)),
        ("commune_reports", ("meeting",)),
        ("dossier_returns", ("items", "due_on", "repaired_on")),
    ):
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
