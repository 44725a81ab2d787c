"""Settle "we were not told": one answer with everything that was done, and a digest by which a copy is checked."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from notifier.domain.access import SEES_ALL_NOTICES, scope_of
from notifier.domain.proofs import Content, content_digest, proof_digest
from notifier.persistence.proofs import MOST_DUTIES, MOST_NOTICES, Evidence, Question
from notifier.persistence.tables.proofs import ProofRow
from notifier.persistence.unit_of_work import NotifierUow
from shared.auth.actors import Actor
from shared.errors import Fault, Forbidden, Invalid, NotFound, Text

_WORDS = frozenset({"parameters", "subject", "body", "fields", "forgotten_at"})
"""What a notice is read with and a proof does not hold."""


@dataclass(frozen=True, slots=True)
class Proof:
    """`content` is JSON; `row` says when a proof of exactly this was first handed out."""

    row: ProofRow
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Check:
    """What is known of a copy's digest. `unchanged`: the same question still has the same answer."""

    row: ProofRow
    unchanged: bool


async def prove_notices(uow: NotifierUow, actor: Actor, asked: Question) -> Proof:
    """Everything of who was told what, when, by which channel, with which outcome. Handing it out is audited.

    The province's secretary and the auditor ask about anybody, others about themselves. Raises NotFound, Forbidden for
    a whole deadline, Invalid for more than a proof holds.
    """
    asked = await _within_scope(uow, actor, asked)
    content = await _content(uow, asked)
    digest = proof_digest(content)
    row = await uow.proofs.keep(digest, asked, actor.person_id, await uow.now())
    details = {"digest": digest, "person": asked.person_id, "whole_deadline": asked.whole_deadline}
    await uow.audit(str(actor.person_id), "export", "proof", asked.obligation_id, details)
    return Proof(row, content)


async def check_proof(uow: NotifierUow, actor: Actor, digest: str) -> Check:
    """Whether we handed out a proof with this digest, and whether it still is the whole answer. Raises NotFound."""
    row = await uow.proofs.find(digest)
    may_see = row is not None and (actor.has(*SEES_ALL_NOTICES) or actor.person_id in (row.issued_to, row.person_id))
    if row is None or not may_see:
        raise NotFound("Hệ thống không cấp bản chứng minh nào có mã này.", "No proof with this digest was handed out.")
    asked = Question(row.obligation_id, row.person_id, row.whole_deadline)
    return Check(row, proof_digest(await _content(uow, asked)) == digest)


async def _within_scope(uow: NotifierUow, actor: Actor, asked: Question) -> Question:
    if actor.has(*SEES_ALL_NOTICES):
        await uow.obligations.get(scope_of(actor), asked.obligation_id)
        return asked
    if asked.whole_deadline:
        raise Forbidden(
            "Chỉ Thường trực cấp tỉnh và kiểm tra viên được xem cả kỳ hạn.",
            "Only the province's secretary and the auditor may ask about a whole deadline.",
        )
    if asked.person_id not in (None, actor.person_id):
        raise NotFound("Không có người này trong phạm vi của bạn.", "There is no such person within your scope.")
    if not await uow.proofs.was_told(asked.obligation_id, actor.person_id):
        await uow.obligations.get(scope_of(actor), asked.obligation_id)
    return Question(asked.obligation_id, actor.person_id, False)


async def _content(uow: NotifierUow, asked: Question) -> dict[str, Any]:
    found = await uow.proofs.evidence(asked)
    if len(found.duties) > MOST_DUTIES or len(found.notices) > MOST_NOTICES:
        vi = f"Quá {MOST_DUTIES} nghĩa vụ hoặc {MOST_NOTICES} thông báo: hãy hỏi từng người"
        en = f"More than {MOST_DUTIES} duties or {MOST_NOTICES} notices: ask about one person"
        raise Invalid(
            faults=[Fault("whole_deadline" if asked.whole_deadline else "person_id", "too_many", Text(vi, en))]
        )
    return {
        "schema": "ocop-notice-proof/1",
        "asked": _plain(
            {
                "obligation_id": asked.obligation_id,
                "person_id": asked.person_id,
                "whole_deadline": asked.whole_deadline,
            }
        ),
        **await asyncio.to_thread(_evidence, found),  # thousands of notices are rendered
    }


def _evidence(found: Evidence) -> dict[str, Any]:
    """The rows as JSON; instants in UTC, so that the text does not depend on where it is made."""
    parts = {"duties": found.duties, "steps": found.steps, "absences": found.absences, "opt_outs": found.opt_outs}
    made = {name: [_plain(row._asdict()) for row in rows] for name, rows in parts.items()}
    return made | {"notices": [_notice(row) for row in found.notices]}


def _notice(row: Row[Any]) -> dict[str, Any]:
    digest = row.content_digest
    if row.forgotten_at is None:
        digest = content_digest(Content(row.kind, row.template_form, row.subject, row.body, row.fields, row.parameters))
    kept = {name: value for name, value in row._asdict().items() if name not in _WORDS}
    return _plain(kept | {"content_digest": digest})


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in values.items()}


def _value(value: Any) -> Any:
    """As JSON. Instants that the database wrote into JSON (`at`) have its zone and become UTC like all others."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, dict):
        told = {"at": datetime.fromisoformat(value["at"])} if "at" in value else {}
        return _plain(value | told)
    if isinstance(value, list):
        return [_value(one) for one in value]
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
