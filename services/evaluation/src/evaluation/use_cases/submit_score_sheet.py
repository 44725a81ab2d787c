"""A member submits a score sheet: the hot path, one round trip to the database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from evaluation.domain.choices import Choice, MemberPoints, ScoreSheet, read_score_sheets
from evaluation.domain.documents import Faults
from evaluation.domain.errors import invalid
from evaluation.domain.faults import Fault, ScoreError
from evaluation.domain.round_errors import AlreadySubmitted, DossierLeft, Recused
from evaluation.domain.sheets import Sheet
from evaluation.domain.signatures import STATEMENT, Answer, signed_hash
from evaluation.persistence.score_submission import Attempt, Outcome, ScoreSubmission
from evaluation.use_cases.round_posts import STATE_NAMES, not_open
from shared.auth.actors import Actor
from shared.db.reads import HotReads
from shared.errors import IdempotencyKeyReused, NotFound, Problem, RequestInFlight
from shared.ids import new_id

SHEET = "score_sheets[0]."


@dataclass(frozen=True, slots=True)
class Submission:
    """A whole sheet as the member sends it."""

    round_id: UUID
    dossier_id: UUID
    choices: Mapping[str, Choice]
    part_totals: Mapping[str, int]
    notes: Mapping[str, str]
    remarks: str | None


@dataclass(frozen=True, slots=True)
class KeptReply:
    """The reply stored under the key: a JSON body, a status, headers as JSON; `replay` when it was stored before."""

    body: str
    status: int
    headers: str
    replay: bool


async def submit_score_sheet(
    pool: HotReads,
    submissions: ScoreSubmission,
    actor: Actor,
    submission: Submission,
    key: str,
    route: str,
    body_hash: bytes,
) -> KeptReply:
    """Submit a complete sheet once per key; a submitted sheet never changes (26/2026 Annex II, foot of each sheet).

    Raises NotFound when the caller has no seat there, Recused, RoundNotOpen, AlreadySubmitted, Invalid with every
    fault; IdempotencyKeyReused and RequestInFlight as any POST.
    """
    sheet = await submissions.sheet_of(pool, submission.round_id, submission.dossier_id)
    points, faults = _read(sheet, submission)
    sheet_id = new_id()
    part_totals = submission.part_totals if sheet is not None and sheet.recorded_only else {}
    answers = _answers(submission, points) if not faults else []
    signed = signed_hash(
        sheet_id=sheet_id,
        round_id=submission.round_id,
        dossier_id=submission.dossier_id,
        member_id=actor.person_id,
        sheet_hash="" if sheet is None else sheet.content_hash,
        answers=answers,
        part_totals=part_totals,
        total=points.total,
        remarks=submission.remarks,
    )
    outcome = await submissions.submit(
        pool,
        Attempt(
            actor=actor.person_id,
            key=key,
            route=route,
            body_hash=body_hash,
            round_id=submission.round_id,
            dossier_id=submission.dossier_id,
            sheet_id=sheet_id,
            sheet_hash=None if sheet is None else sheet.content_hash,
            faulty=bool(faults),
            total=points.total,
            part_totals=part_totals or None,
            remarks=submission.remarks,
            content_hash=signed,
            statement=STATEMENT,
            answers=answers,
            answer=_answer(sheet_id, actor, submission, points, signed) if not faults else {},
        ),
    )
    if outcome.body is None:
        raise refusal(outcome, faults)
    assert outcome.status is not None
    assert outcome.headers is not None
    return KeptReply(outcome.body, outcome.status, outcome.headers, outcome.outcome == "replay")


def _read(sheet: Sheet | None, submission: Submission) -> tuple[MemberPoints, list[Fault]]:
    """The sheet in points, with every fault. Nothing to read where the dossier is not in the round."""
    faults = Faults()
    if sheet is None:
        return MemberPoints("", {}, {}, 0, ()), faults
    score_sheet = ScoreSheet("member", submission.choices, submission.part_totals)
    points = read_score_sheets(sheet, [score_sheet], faults)[0]
    known = {criterion.code for criterion in sheet.criteria}
    for code in submission.notes:
        if code not in known:
            vi, en = f"phiếu không có tiêu chí {code}", f"the sheet has no criterion {code}"
            faults.add(f'{SHEET}notes["{code}"]', "unknown_criterion", vi, en)
    return points, [Fault(f.path.removeprefix(SHEET), f.code, f.message_vi, f.message_en) for f in faults]


def _answers(submission: Submission, points: MemberPoints) -> list[Answer]:
    """Each answer as it is stored and signed."""
    return [
        (code, str(submission.choices[code]), value, submission.notes.get(code))
        for code, value in points.criteria.items()
    ]


def _answer(sheet_id: UUID, actor: Actor, submission: Submission, points: MemberPoints, signed: str) -> dict[str, Any]:
    """The reply, but for `attempt` and `submitted_at`, which the database adds."""
    return {
        "id": str(sheet_id),
        "round_id": str(submission.round_id),
        "dossier_id": str(submission.dossier_id),
        "member_id": str(actor.person_id),
        "state": "submitted",
        "choices": dict(submission.choices),
        "part_totals": dict(submission.part_totals),
        "notes": dict(submission.notes),
        "remarks": submission.remarks,
        "parts": dict(points.parts),
        "total": points.total,
        "content_hash": signed,
        "version": 1,
    }


def refusal(outcome: Outcome, faults: list[Fault]) -> Problem:
    """What an outcome without a reply means to the caller."""
    if outcome.outcome == "faulty":
        return invalid(ScoreError(faults))
    if outcome.outcome in STATE_NAMES:
        return not_open(outcome.outcome)
    return REFUSALS[outcome.outcome]()


REFUSALS: Mapping[str, Callable[[], Problem]] = {
    "key_reused": IdempotencyKeyReused,
    "in_flight": lambda: RequestInFlight(headers={"Retry-After": "1"}),
    "not_found": NotFound,
    "recused": lambda: Recused(
        "Bạn không chấm hồ sơ này vì xung đột lợi ích đã khai báo hoặc do Chủ tịch Hội đồng quyết định.",
        "You stand aside from this dossier: a conflict of interest was declared, or the chair decided it.",
    ),
    "left": lambda: DossierLeft("Hồ sơ đã rút khỏi đợt này.", "The dossier left this round."),
    "already_submitted": lambda: AlreadySubmitted(
        "Bạn đã nộp phiếu cho hồ sơ này; phiếu đã nộp không sửa được.",
        "You submitted your sheet on this dossier; submitted sheets do not change.",
    ),
}
"""Outcomes of `submit_score_sheet()` that refuse, but for those that need more than their name."""
