"""Councils, rounds, score sheets, results, decisions; and the one statement that submits a score sheet."""

from pathlib import Path

from alembic import context, op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SUBMISSION = Path(__file__).parents[1] / "sql" / "submit_score_sheet_0003.sql"

COUNCILS = """
CREATE TABLE councils (
    id              uuid CONSTRAINT councils_pkey PRIMARY KEY,
    level           text NOT NULL,
    unit_code       text NOT NULL,
    year            integer NOT NULL,
    decision_number text NOT NULL,
    charter_id      text NOT NULL CONSTRAINT councils_charter_id_fkey REFERENCES charters (id),
    charter_hash    text NOT NULL,
    chair_id        uuid NOT NULL,
    created_by      uuid NOT NULL,
    created_at      timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT councils_decision_key UNIQUE (level, unit_code, year, decision_number),
    CONSTRAINT councils_year_check CHECK (year BETWEEN 2018 AND 2100)
);
CREATE TABLE council_members (
    council_id uuid NOT NULL CONSTRAINT council_members_council_id_fkey REFERENCES councils (id),
    person_id  uuid NOT NULL,
    seat       integer NOT NULL,
    name       text NOT NULL,
    body       text NOT NULL,
    CONSTRAINT council_members_pkey PRIMARY KEY (council_id, person_id),
    CONSTRAINT council_members_seat_key UNIQUE (council_id, seat),
    CONSTRAINT council_members_seat_check CHECK (seat >= 1)
);
CREATE INDEX council_members_person_id ON council_members (person_id);
ALTER TABLE councils ADD CONSTRAINT councils_chair_is_member_fkey FOREIGN KEY (id, chair_id)
    REFERENCES council_members (council_id, person_id) DEFERRABLE INITIALLY DEFERRED
"""

ROUNDS = """
CREATE TABLE rounds (
    id            uuid CONSTRAINT rounds_pkey PRIMARY KEY,
    council_id    uuid NOT NULL CONSTRAINT rounds_council_id_fkey REFERENCES councils (id),
    level         text NOT NULL,
    unit_code     text NOT NULL,
    unit_name     text NOT NULL,
    province_code text,
    year          integer NOT NULL,
    due_on        date NOT NULL,
    state         text NOT NULL,
    opened_at     timestamptz,
    closed_at     timestamptz,
    closed_by     uuid,
    finished_on   date,
    created_by    uuid NOT NULL,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now(),
    version       integer NOT NULL,
    CONSTRAINT rounds_state_check CHECK (state IN ('planned', 'open', 'closed')),
    CONSTRAINT rounds_opened_check CHECK ((state = 'planned') = (opened_at IS NULL)),
    CONSTRAINT rounds_closed_check CHECK (
        (state = 'closed') = (closed_at IS NOT NULL) AND (closed_at IS NULL) = (closed_by IS NULL)
    ),
    CONSTRAINT rounds_finished_check CHECK (finished_on IS NULL OR state = 'closed')
);
CREATE INDEX rounds_council_id ON rounds (council_id);
CREATE INDEX rounds_unit ON rounds (level, unit_code, year);
CREATE INDEX rounds_province ON rounds (province_code, year);
CREATE TABLE round_dossiers (
    round_id       uuid NOT NULL CONSTRAINT round_dossiers_round_id_fkey REFERENCES rounds (id),
    dossier_id     uuid NOT NULL CONSTRAINT round_dossiers_dossier_id_fkey REFERENCES dossiers (id),
    live           boolean NOT NULL,
    attempt        integer NOT NULL,
    ruleset_id     text NOT NULL,
    ruleset_hash   text NOT NULL,
    sheet_id       text NOT NULL,
    sheet_hash     text NOT NULL,
    agreed         jsonb,
    agreed_version integer NOT NULL,
    CONSTRAINT round_dossiers_pkey PRIMARY KEY (round_id, dossier_id),
    CONSTRAINT round_dossiers_attempt_check CHECK (attempt >= 1)
);
CREATE UNIQUE INDEX round_dossiers_one_live_round ON round_dossiers (dossier_id) WHERE live;
CREATE INDEX round_dossiers_dossier ON round_dossiers (dossier_id);
CREATE TABLE conflicts (
    round_id    uuid NOT NULL,
    dossier_id  uuid NOT NULL,
    member_id   uuid NOT NULL,
    reason      text NOT NULL,
    excluded    boolean NOT NULL,
    declared_at timestamptz NOT NULL,
    CONSTRAINT conflicts_pkey PRIMARY KEY (round_id, dossier_id, member_id),
    CONSTRAINT conflicts_round_id_fkey FOREIGN KEY (round_id, dossier_id) REFERENCES round_dossiers
);
CREATE INDEX conflicts_member ON conflicts (member_id, dossier_id);
CREATE TABLE rescorings (
    id         uuid CONSTRAINT rescorings_pkey PRIMARY KEY,
    round_id   uuid NOT NULL,
    dossier_id uuid NOT NULL,
    attempt    integer NOT NULL,
    reason     text NOT NULL,
    ordered_by uuid NOT NULL,
    ordered_at timestamptz NOT NULL DEFAULT programme_now(),
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT rescorings_round_id_fkey FOREIGN KEY (round_id, dossier_id) REFERENCES round_dossiers,
    CONSTRAINT rescorings_attempt_key UNIQUE (round_id, dossier_id, attempt)
)
"""

SHEETS = """
CREATE TABLE score_drafts (
    round_id    uuid NOT NULL,
    dossier_id  uuid NOT NULL,
    member_id   uuid NOT NULL,
    choices     jsonb NOT NULL,
    part_totals jsonb NOT NULL,
    notes       jsonb NOT NULL,
    remarks     text,
    version     integer NOT NULL,
    updated_at  timestamptz NOT NULL,
    CONSTRAINT score_drafts_pkey PRIMARY KEY (round_id, dossier_id, member_id),
    CONSTRAINT score_drafts_round_id_fkey FOREIGN KEY (round_id, dossier_id) REFERENCES round_dossiers
);
CREATE TABLE score_sheets (
    id           uuid CONSTRAINT score_sheets_pkey PRIMARY KEY,
    round_id     uuid NOT NULL,
    dossier_id   uuid NOT NULL,
    member_id    uuid NOT NULL,
    attempt      integer NOT NULL,
    total        integer NOT NULL,
    part_totals  jsonb,
    remarks      text,
    sheet_hash   text NOT NULL,
    submitted_at timestamptz NOT NULL,
    CONSTRAINT score_sheets_round_id_fkey FOREIGN KEY (round_id, dossier_id) REFERENCES round_dossiers,
    CONSTRAINT score_sheets_one_each_key UNIQUE (round_id, dossier_id, member_id, attempt),
    CONSTRAINT score_sheets_total_check CHECK (total >= 0)
);
CREATE TABLE score_choices (
    sheet_id  uuid NOT NULL CONSTRAINT score_choices_sheet_id_fkey REFERENCES score_sheets (id),
    criterion text NOT NULL,
    choice    text NOT NULL,
    points    integer NOT NULL,
    note      text,
    CONSTRAINT score_choices_pkey PRIMARY KEY (sheet_id, criterion),
    CONSTRAINT score_choices_points_check CHECK (points >= 0)
)
"""

RESULTS = """
CREATE TABLE results (
    id               uuid CONSTRAINT results_pkey PRIMARY KEY,
    dossier_id       uuid NOT NULL,
    level            text NOT NULL,
    round_id         uuid NOT NULL,
    mean_numerator   integer NOT NULL,
    mean_denominator integer NOT NULL,
    mean_decimal     text NOT NULL,
    band             integer NOT NULL,
    star             integer NOT NULL,
    recognised       boolean NOT NULL,
    forwards_to      text,
    parts            jsonb NOT NULL,
    criteria         jsonb NOT NULL,
    totals           jsonb NOT NULL,
    floors_missed    jsonb NOT NULL,
    steps            jsonb NOT NULL,
    inputs           jsonb NOT NULL,
    ruleset_id       text NOT NULL,
    ruleset_hash     text NOT NULL,
    sheet_id         text NOT NULL,
    sheet_hash       text NOT NULL,
    charter_id       text NOT NULL,
    charter_hash     text NOT NULL,
    created_at       timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT results_round_id_fkey FOREIGN KEY (round_id, dossier_id) REFERENCES round_dossiers,
    CONSTRAINT results_round_dossier_key UNIQUE (round_id, dossier_id),
    CONSTRAINT results_mean_check CHECK (mean_denominator > 0 AND mean_numerator >= 0)
);
CREATE INDEX results_dossier ON results (dossier_id, id);
CREATE TABLE outcomes (
    id         uuid CONSTRAINT outcomes_pkey PRIMARY KEY,
    result_id  uuid NOT NULL CONSTRAINT outcomes_result_id_fkey REFERENCES results (id)
               CONSTRAINT outcomes_result_id_key UNIQUE,
    round_id   uuid NOT NULL CONSTRAINT outcomes_round_id_fkey REFERENCES rounds (id),
    outcome    text NOT NULL,
    on_day     date NOT NULL,
    person_id  uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT outcomes_outcome_check CHECK (outcome IN ('recognised', 'forwarded', 'not_recognised'))
);
CREATE INDEX outcomes_round ON outcomes (round_id);
CREATE TABLE decisions (
    id         uuid CONSTRAINT decisions_pkey PRIMARY KEY,
    result_id  uuid NOT NULL CONSTRAINT decisions_result_id_fkey REFERENCES results (id)
               CONSTRAINT decisions_result_id_key UNIQUE,
    dossier_id uuid NOT NULL CONSTRAINT decisions_dossier_id_fkey REFERENCES dossiers (id),
    level      text NOT NULL,
    unit_code  text NOT NULL,
    body       text NOT NULL,
    number     text NOT NULL,
    signed_on  date NOT NULL,
    star       integer NOT NULL,
    ruleset_id text NOT NULL,
    decided_by text NOT NULL,
    person_id  uuid NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT decisions_number_key UNIQUE (level, unit_code, number),
    CONSTRAINT decisions_star_check CHECK (star >= 1)
);
CREATE INDEX decisions_dossier_id ON decisions (dossier_id)
"""

ADDED_ONLY = ("conflicts", "rescorings", "score_sheets", "score_choices", "results", "outcomes", "decisions")
"""Tables whose rows the service may write but never change: history that cannot be rewritten."""


def upgrade() -> None:
    """Create the tables, take back the right to rewrite history, and create `submit_score_sheet`."""
    for block in (COUNCILS, ROUNDS, SHEETS, RESULTS):
        for statement in block.split(";\n"):
            op.execute(statement)
    service = context.config.attributes["service"]
    for table in ADDED_ONLY:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {service}")
    op.execute(SUBMISSION.read_text())


def downgrade() -> None:
    """Drop them."""
    op.execute("DROP FUNCTION submit_score_sheet")
    op.execute("ALTER TABLE councils DROP CONSTRAINT councils_chair_is_member_fkey")
    for table in (
        "decisions",
        "outcomes",
        "results",
        "score_choices",
        "score_sheets",
        "score_drafts",
        "rescorings",
        "conflicts",
        "round_dossiers",
        "rounds",
        "council_members",
        "councils",
    ):
        op.execute(f"DROP TABLE {table}")
