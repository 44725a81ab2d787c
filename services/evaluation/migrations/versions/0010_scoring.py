"""Relations behind a conflict, knock-outs at closing, signatures, discussion before a rescoring."""

from pathlib import Path

from alembic import context, op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

SQL = Path(__file__).parents[1] / "sql"

CONFLICTS = """
ALTER TABLE conflicts
    ADD COLUMN relation text NOT NULL DEFAULT 'other',
    ADD COLUMN recused_by uuid,
    ADD COLUMN decision_number text,
    ADD CONSTRAINT conflicts_decided_check CHECK (decision_number IS NULL OR recused_by IS NOT NULL),
    DROP CONSTRAINT conflicts_pkey,
    ADD CONSTRAINT conflicts_pkey PRIMARY KEY (round_id, dossier_id, member_id, excluded)
"""
"""A member's declaration that only is written down, and the chair's decision that he stands aside, are two rows."""

SIGNATURES = """
ALTER TABLE score_sheets
    ADD COLUMN content_hash text,
    ADD COLUMN statement text,
    ADD CONSTRAINT score_sheets_signed_check CHECK ((content_hash IS NULL) = (statement IS NULL))
"""
"""Null on sheets that were submitted before sheets were signed."""

RESULTS = """
ALTER TABLE results
    ALTER COLUMN mean_numerator DROP NOT NULL,
    ALTER COLUMN mean_denominator DROP NOT NULL,
    ALTER COLUMN mean_decimal DROP NOT NULL,
    ALTER COLUMN band DROP NOT NULL,
    ALTER COLUMN star DROP NOT NULL,
    ADD COLUMN knocked_out boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT results_knocked_out_check CHECK (knocked_out = (star IS NULL))
"""

COUNCIL_ACTS = """
CREATE TABLE knock_outs (
    id            uuid CONSTRAINT knock_outs_pkey PRIMARY KEY,
    round_id      uuid NOT NULL,
    dossier_id    uuid NOT NULL,
    code          text NOT NULL,
    reason        text NOT NULL,
    evidence      text NOT NULL,
    evidence_ids  uuid[] NOT NULL DEFAULT '{}',
    votes_for     integer,
    votes_against integer,
    recorded_by   uuid NOT NULL,
    recorded_at   timestamptz NOT NULL DEFAULT programme_now(),
    created_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT knock_outs_round_id_fkey FOREIGN KEY (round_id, dossier_id) REFERENCES round_dossiers,
    CONSTRAINT knock_outs_votes_check CHECK (
        (votes_for IS NULL) = (votes_against IS NULL) AND votes_for >= 0 AND votes_against >= 0
    )
);
CREATE INDEX knock_outs_round_dossier ON knock_outs (round_id, dossier_id);
CREATE TABLE knock_out_withdrawals (
    knock_out_id uuid CONSTRAINT knock_out_withdrawals_pkey PRIMARY KEY
                 CONSTRAINT knock_out_withdrawals_knock_out_id_fkey REFERENCES knock_outs (id),
    reason       text NOT NULL,
    withdrawn_by uuid NOT NULL,
    withdrawn_at timestamptz NOT NULL DEFAULT programme_now()
);
CREATE TABLE discussions (
    id          uuid CONSTRAINT discussions_pkey PRIMARY KEY,
    round_id    uuid NOT NULL,
    dossier_id  uuid NOT NULL,
    attempt     integer NOT NULL,
    statements  jsonb NOT NULL,
    conclusion  text NOT NULL,
    recorded_by uuid NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT programme_now(),
    created_at  timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT discussions_round_id_fkey FOREIGN KEY (round_id, dossier_id) REFERENCES round_dossiers
);
CREATE INDEX discussions_round_dossier ON discussions (round_id, dossier_id)
"""

ADDED_ONLY = ("knock_outs", "knock_out_withdrawals", "discussions")
SETTLED = ("conflicts", "rescorings", "knock_outs", "discussions")
"""Tables to which nothing of a closed round may be added."""

GUARDS = """
CREATE FUNCTION refuse_in_closed_round() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM rounds r WHERE r.id = NEW.round_id AND r.state = 'closed') THEN
        RAISE EXCEPTION 'round % is closed: % stays as it is', NEW.round_id, TG_TABLE_NAME
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$
"""
"""What closing found stays as it was, whatever the code does; corrections are decisions of their own."""


def upgrade() -> None:
    """Add columns and tables; let nothing of a closed round change; sign score sheets."""
    for block in (CONFLICTS, SIGNATURES, RESULTS, COUNCIL_ACTS):
        for statement in block.split(";\n"):
            op.execute(statement)
    service = context.config.attributes["service"]
    for table in ADDED_ONLY:
        op.execute(f"REVOKE UPDATE, DELETE ON {table} FROM {service}")
    op.execute(GUARDS)
    for table in SETTLED:
        op.execute(
            f"CREATE TRIGGER {table}_settled BEFORE INSERT ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_in_closed_round()"
        )
    op.execute(
        "CREATE TRIGGER round_dossiers_settled BEFORE INSERT OR UPDATE ON round_dossiers"
        " FOR EACH ROW EXECUTE FUNCTION refuse_in_closed_round()"
    )
    op.execute("DROP FUNCTION submit_score_sheet")
    op.execute((SQL / "submit_score_sheet_0010.sql").read_text())


def downgrade() -> None:
    """Take them back. Results without a star have no place in the older tables: they must be gone before."""
    op.execute("DROP FUNCTION submit_score_sheet")
    op.execute((SQL / "submit_score_sheet_0003.sql").read_text())
    for table in (*SETTLED, "round_dossiers"):
        op.execute(f"DROP TRIGGER {table}_settled ON {table}")
    op.execute("DROP FUNCTION refuse_in_closed_round")
    for table in ("discussions", "knock_out_withdrawals", "knock_outs"):
        op.execute(f"DROP TABLE {table}")
    op.execute(
        "ALTER TABLE results DROP COLUMN knocked_out, ALTER COLUMN star SET NOT NULL, ALTER COLUMN band SET NOT NULL,"
        " ALTER COLUMN mean_decimal SET NOT NULL, ALTER COLUMN mean_numerator SET NOT NULL,"
        " ALTER COLUMN mean_denominator SET NOT NULL"
    )
    op.execute("ALTER TABLE score_sheets DROP COLUMN content_hash, DROP COLUMN statement")
    op.execute(
        "DELETE FROM conflicts c USING conflicts e WHERE (c.round_id, c.dossier_id, c.member_id)"
        " = (e.round_id, e.dossier_id, e.member_id) AND e.excluded AND NOT c.excluded"
    )
    op.execute(
        "ALTER TABLE conflicts DROP CONSTRAINT conflicts_pkey,"
        " ADD CONSTRAINT conflicts_pkey PRIMARY KEY (round_id, dossier_id, member_id),"
        " DROP COLUMN relation, DROP COLUMN decision_number, DROP COLUMN recused_by"
    )
