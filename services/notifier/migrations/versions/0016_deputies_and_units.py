"""Deputies are told of absences; digests are counted anew when they leave; quiet hours hold what leaves late; where
units lie; the commune of a returned dossier's day."""

import json
import re
from typing import Any

from alembic import op
from sqlalchemy import text

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

UP = """
    ALTER TABLE notices ADD COLUMN absence_id uuid REFERENCES absences (id);
    ALTER TABLE notices DROP CONSTRAINT notices_once;
    ALTER TABLE notices ADD CONSTRAINT notices_once UNIQUE NULLS NOT DISTINCT
        (obligation_id, silence_id, report_id, contact_id, absence_id, person_id, due_on, step, channel, turn);
    CREATE TABLE unit_projections (
        code          text NOT NULL,
        valid_from    date NOT NULL,
        valid_to      date,
        district_code text,
        province_code text,
        seen_on       date NOT NULL,
        PRIMARY KEY (code, valid_from)
    );
    CREATE INDEX unit_projections_seen_on ON unit_projections (seen_on)
"""
# What was told of absences goes: the older schema knows no such notice.
DOWN = """
    DROP TABLE unit_projections;
    ALTER TABLE notices DISABLE TRIGGER notices_stay;
    DELETE FROM receipts WHERE notice_id IN (SELECT id FROM notices WHERE kind = 'absence');
    DELETE FROM inbox_changes WHERE notice_id IN (SELECT id FROM notices WHERE kind = 'absence');
    DELETE FROM notices WHERE kind = 'absence';
    ALTER TABLE notices ENABLE TRIGGER notices_stay;
    ALTER TABLE notices DROP CONSTRAINT notices_once;
    ALTER TABLE notices ADD CONSTRAINT notices_once UNIQUE NULLS NOT DISTINCT
        (obligation_id, silence_id, report_id, contact_id, person_id, due_on, step, channel, turn)
"""
CHECKS = {
    "notices_kind_check": "kind = 'absence'",
    "notices_one_subject": "kind = 'absence' AND absence_id IS NOT NULL"
    " AND num_nonnulls(obligation_id, silence_id, report_id, contact_id) = 0",
}
# The commune stood in the event of the return: it was the dossier's when that was last filed.
KNOWN = """
    UPDATE obligations o
    SET unit_on = public.legal_date(coalesce(
        (SELECT max(CAST(substr(f.item, length(o.about) + 2) AS timestamptz)) FROM fulfilments f
         WHERE f.event_type = 'evaluation.dossier_filed' AND f.about = o.about AND starts_with(f.item, o.about || ':')
           AND CAST(substr(f.item, length(o.about) + 2) AS timestamptz) <= o.counts_from),
        o.counts_from))
    WHERE o.source_kind = 'return'
"""
FUNCTIONS = (
    # A digest that went on to another channel lists what its first notice gathered.
    """
    CREATE FUNCTION digest_members(digest uuid) RETURNS SETOF notices
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        WITH RECURSIVE line AS (
            SELECT n.id, n.follows FROM notices n WHERE n.id = digest
            UNION ALL
            SELECT n.id, n.follows FROM line l JOIN notices n ON n.id = l.follows
        )
        SELECT m.* FROM line l JOIN notices m ON m.digest_id = l.id;
    END
    """,
    # What each of its members says now, or why it says it no more: as for a notice that goes out by itself.
    """
    CREATE FUNCTION digest_lines(digest uuid, at timestamptz) RETURNS TABLE (member uuid, obstacle text, item jsonb)
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT m.id,
               CASE WHEN o.state NOT IN ('open', 'missed') THEN o.state
                    WHEN o.due_on IS DISTINCT FROM m.due_on THEN 'deadline_moved'
                    WHEN m.step <= 0 AND o.due_at <= at THEN 'deadline_passed'
                    WHEN f.done >= o.total THEN 'met' END,
               jsonb_build_object('title', o.title, 'title_en', o.title_en, 'unit_name', o.unit_name,
                                  'due_on', o.due_on, 'days_left', o.due_on - public.legal_date(at),
                                  'done', greatest(o.done, f.done), 'total', o.total)
        FROM digest_members(digest) m JOIN obligations o ON o.id = m.obligation_id
        CROSS JOIN LATERAL (SELECT count(DISTINCT b.item)::integer AS done FROM obligation_fulfilments b
                            WHERE b.obligation_id = o.id) f
        WHERE m.state = 'digested';
    END
    """,
    # Of what is about no duty the policy for all others says when it is quiet.
    """
    CREATE FUNCTION notice_quiet_until(notice notices, at timestamptz) RETURNS timestamptz
        LANGUAGE sql STABLE
    BEGIN ATOMIC
        SELECT max(quiet_until(p, at)) FROM (
            SELECT p.* FROM obligations o CROSS JOIN LATERAL policy_of(o) p WHERE o.id = notice.obligation_id
            UNION ALL
            SELECT p.* FROM silences s JOIN reminder_policies p ON p.id = s.policy_id WHERE s.id = notice.silence_id
            UNION ALL
            SELECT p.* FROM risk_reports r JOIN reminder_policies p ON p.id = r.policy_id WHERE r.id = notice.report_id
            UNION ALL
            SELECT p.* FROM digest_members(notice.id) m JOIN obligations o ON o.id = m.obligation_id
                CROSS JOIN LATERAL policy_of(o) p
            WHERE notice.kind = 'digest'
            UNION ALL
            SELECT p.* FROM reminder_policies p
            WHERE notice.kind IN ('absence', 'webhook') AND p.state = 'published' AND p.code = '*'
              AND public.legal_date(at) >= p.valid_from
              AND (p.valid_to IS NULL OR public.legal_date(at) <= p.valid_to)) p;
    END
    """,
)


def upgrade() -> None:
    """Notices of absences, places of units, and what is decided when a notice leaves."""
    _run(UP)
    for constraint, condition in CHECKS.items():
        _widen(constraint, condition)
    op.execute(KNOWN)
    for function in FUNCTIONS:
        op.execute(function)


def downgrade() -> None:
    """Nobody is told of absences; the repairs stay with the communes they have."""
    for function in ("notice_quiet_until(notices, timestamptz)", "digest_lines", "digest_members"):
        op.execute(f"DROP FUNCTION {function}")
    _run(DOWN)
    for constraint in CHECKS:
        _restore(constraint)
    op.execute("ALTER TABLE notices DROP COLUMN absence_id")
    op.execute("UPDATE obligations SET unit_on = NULL WHERE source_kind = 'return'")


def _widen(constraint: str, condition: str) -> None:
    """Let a check of notices pass where `condition` holds too; what it was, and what was kept beside it, is kept."""
    definition, comment = _described(constraint)
    check = re.fullmatch(r"CHECK \((.*)\)", definition, re.DOTALL)
    assert check is not None, definition
    _put(constraint, f"CHECK (({condition}) OR ({check[1]}))", json.dumps([definition, comment]))


def _restore(constraint: str) -> None:
    """The check, and what was kept beside it, as before `_widen`."""
    definition, comment = json.loads(_described(constraint)[1])
    _put(constraint, definition, comment)


def _described(constraint: str) -> Any:
    asked = text(
        "SELECT pg_get_constraintdef(oid), obj_description(oid, 'pg_constraint') FROM pg_constraint"
        " WHERE conname = :name AND conrelid = CAST('notices' AS regclass)"
    )
    return op.get_bind().execute(asked, {"name": constraint}).one()


def _put(constraint: str, definition: str, comment: str) -> None:
    quoted = comment.replace("'", "''")
    op.execute(f"ALTER TABLE notices DROP CONSTRAINT {constraint}")
    for statement in (
        f"ALTER TABLE notices ADD CONSTRAINT {constraint} {definition}",
        f"COMMENT ON CONSTRAINT {constraint} ON notices IS '{quoted}'",
    ):
        op.execute(text(statement.replace(":", r"\:")))


def _run(block: str) -> None:
    for statement in block.split(";\n"):
        op.execute(statement)
