"""Everything that was done to tell people of a duty: read together, so that one answer settles what was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.tables.proofs import ProofRow

MOST_DUTIES = 200
MOST_NOTICES = 5_000

_DUTIES = text(
    """
    SELECT o.id, o.code, o.title, o.source, o.unit_code, o.unit_name, o.person_id, o.producer_id, o.responsible,
           o.superior, o.superior_unit_code, o.due_on, o.due_at, o.state, o.met_at, o.late, o.missed_at,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('revision', r.revision, 'due_on', r.due_on)
                                      ORDER BY r.revision), '[]')
            FROM deadline_revisions r WHERE r.obligation_id = o.id) AS deadlines,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('act', a.act, 'due_before', a.due_before,
                                                         'due_after', a.due_after, 'reason', a.reason,
                                                         'document', a.document, 'at', a.at) ORDER BY a.id), '[]')
            FROM duty_acts a WHERE a.obligation_id = o.id) AS acts
    FROM obligations asked
    JOIN obligations o ON o.id = asked.id
         OR :whole AND o.deadline_key = asked.deadline_key AND o.due_on IS NOT DISTINCT FROM asked.due_on
    WHERE asked.id = :id ORDER BY o.unit_code, o.id LIMIT :most
    """
)
_STEPS = text(
    """
    SELECT s.obligation_id, s.due_on, s.step, s.outcome, s.reason, s.handled_at FROM reminder_steps s
    WHERE s.obligation_id = ANY(:ids) ORDER BY s.obligation_id, s.handled_at, s.due_on, s.step
    """
)
# By index each: the notices of the duties, the reports of the deadline's silence, and the digests that told of them.
_NOTICES = text(
    """
    WITH about AS (
        SELECT n.id FROM notices n WHERE n.obligation_id = ANY(:ids)
        UNION SELECT n.id FROM notices n JOIN silences s ON s.id = n.silence_id
              WHERE (s.deadline_key, s.due_on) IN (SELECT o.deadline_key, o.due_on FROM obligations o
                                                   WHERE o.id = ANY(:ids))
        UNION SELECT n.digest_id FROM notices n WHERE n.obligation_id = ANY(:ids) AND n.digest_id IS NOT NULL
    )
    SELECT n.id, n.obligation_id, n.silence_id, n.digest_id, n.follows, n.kind, n.step, n.due_on, n.person_id,
           n.recipient_name, n.in_place_of, n.channel, n.turn, n.state, n.reason, n.made_at, n.sent_at, n.delivered_at,
           n.read_at, n.provider_reference, n.template_code, n.template_form, n.template_version,
           t.digest AS words_digest, n.content_digest, n.forgotten_at, n.parameters, t.subject, t.body, t.fields,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('outcome', r.outcome, 'reason', r.reason, 'at', r.created_at)
                                      ORDER BY r.id), '[]')
            FROM receipts r WHERE r.notice_id = n.id) AS receipts
    FROM about a JOIN notices n ON n.id = a.id
    JOIN notice_templates t ON t.code = n.template_code AND t.form = n.template_form AND t.version = n.template_version
    WHERE CAST(:person AS uuid) IS NULL OR n.person_id = :person OR n.in_place_of = :person
       OR EXISTS (SELECT FROM notices m WHERE m.digest_id = n.id AND m.in_place_of = :person)
    ORDER BY n.made_at, n.id LIMIT :most
    """
)
_ABSENCES = text(
    """
    SELECT a.person_id, a.person_name, a.deputy_id, a.deputy_name, a.from_on, a.to_on, a.basis, a.declared_at,
           a.cancelled_at
    FROM absences a
    WHERE (a.person_id = ANY(:people) OR a.deputy_id = ANY(:people))
      AND a.from_on <= public.legal_date(:last) AND a.to_on >= public.legal_date(:first)
    ORDER BY a.from_on, a.id
    """
)
_OPT_OUTS = text(
    """
    SELECT * FROM (
        SELECT o.person_id, o.topic, o.channel, o.since, NULL::timestamptz AS until, o.by FROM opt_outs o
        WHERE o.person_id = ANY(:people)
        UNION ALL SELECT e.person_id, e.topic, e.channel, e.since, e.until, e.by FROM ended_opt_outs e
        WHERE e.person_id = ANY(:people)
    ) o
    WHERE o.since <= :last AND (o.until IS NULL OR o.until >= :first)
    ORDER BY o.person_id, o.since, o.topic, o.channel
    """
)


@dataclass(frozen=True, slots=True)
class Question:
    """What a proof is about: a duty, or all duties of its deadline; everybody who was told, or one person."""

    obligation_id: UUID
    person_id: UUID | None
    whole_deadline: bool


@dataclass(frozen=True, slots=True)
class Evidence:
    """The rows a proof is made of. One of duties and notices more than allowed says that there are too many."""

    duties: Sequence[Row[Any]]
    steps: Sequence[Row[Any]]
    notices: Sequence[Row[Any]]
    absences: Sequence[Row[Any]]
    opt_outs: Sequence[Row[Any]]


class ProofRepository:
    """Reads what was told, and keeps which proofs were handed out."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def evidence(self, asked: Question) -> Evidence:
        """All of it, as it is known now."""
        duties = await self._all(_DUTIES, id=asked.obligation_id, whole=asked.whole_deadline, most=MOST_DUTIES + 1)
        ids = [row.id for row in duties]
        steps = await self._all(_STEPS, ids=ids)
        notices = await self._all(_NOTICES, ids=ids, person=asked.person_id, most=MOST_NOTICES + 1)
        named = [asked.person_id, *(one for row in notices for one in (row.person_id, row.in_place_of))]
        moments = [row.made_at for row in notices] or [row.handled_at for row in steps]
        if not moments:
            return Evidence(duties, steps, notices, [], [])
        told = {
            "people": sorted({one for one in named if one is not None}),
            "first": min(moments),
            "last": max(moments),
        }
        absences, opt_outs = await self._all(_ABSENCES, **told), await self._all(_OPT_OUTS, **told)
        return Evidence(duties, steps, notices, absences, opt_outs)

    async def keep(self, digest: str, asked: Question, issued_to: UUID, now: datetime) -> ProofRow:
        """Note that a proof is handed out; the first time stands."""
        fields = {
            "digest": digest,
            "obligation_id": asked.obligation_id,
            "person_id": asked.person_id,
            "whole_deadline": asked.whole_deadline,
            "issued_at": now,
            "issued_to": issued_to,
        }
        await self._session.execute(insert(ProofRow).values(fields).on_conflict_do_nothing())
        row = await self.find(digest)
        assert row is not None
        return row

    async def find(self, digest: str) -> ProofRow | None:
        """One that was handed out."""
        return await self._session.get(ProofRow, digest)

    async def was_told(self, obligation_id: UUID, person_id: UUID) -> bool:
        """Whether the person, or a deputy of the person, ever was to be told of the duty."""
        found = await self._session.execute(
            text(
                "SELECT EXISTS (SELECT FROM notices n WHERE n.obligation_id = :id"
                " AND (n.person_id = :person OR n.in_place_of = :person))"
            ),
            {"id": obligation_id, "person": person_id},
        )
        return bool(found.scalar_one())

    async def _all(self, statement: Any, **values: Any) -> Sequence[Row[Any]]:
        rows: Sequence[Row[Any]] = (await self._session.execute(statement, values)).all()
        return rows
