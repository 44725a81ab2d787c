"""Submitting a score sheet, naively: everything through the ORM, a flush per row."""

import hashlib
import secrets
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bench.naive.connection import SignedIn, session_opener
from bench.naive.council_tables import (
    Conflict,
    IdempotencyKey,
    OutboxDelivery,
    OutboxEvent,
    Round,
    RoundDossier,
    ScoreChoice,
    ScoreDraft,
    ScoreSheet,
    Sheet,
)
from evaluation.domain import choices
from evaluation.domain.documents import Faults
from evaluation.domain.sheet_documents import parse_sheet
from evaluation.domain.sheets import Sheet as ParsedSheet
from evaluation.domain.signatures import STATEMENT, signed_hash
from shared.contracts.evaluation import SheetSubmitted


class Submission(BaseModel):
    """What the member sends."""

    round_id: UUID
    dossier_id: UUID
    choices: dict[str, int | str]
    part_totals: dict[str, int] = {}
    notes: dict[str, str] = {}
    remarks: str | None = None


class Submitted(BaseModel):
    """What the member is told."""

    id: UUID
    round_id: UUID
    dossier_id: UUID
    member_id: UUID
    state: str
    attempt: int
    choices: dict[str, int | str]
    part_totals: dict[str, int]
    notes: dict[str, str]
    remarks: str | None
    parts: dict[str, int]
    total: int
    submitted_at: datetime
    version: int
    content_hash: str | None


_PARSED: dict[str, ParsedSheet] = {}
"""Sheets once read. Reading one takes longer than all the rest, and even at first nobody would do it each time."""


async def _sheet(session: AsyncSession, frozen: RoundDossier) -> ParsedSheet:
    if frozen.sheet_hash not in _PARSED:
        row = await session.get_one(Sheet, frozen.sheet_id)
        _PARSED[frozen.sheet_hash] = parse_sheet(row.document)
    return _PARSED[frozen.sheet_hash]


async def _standing(session: AsyncSession, sent: Submission, member: UUID) -> RoundDossier:
    """The dossier in its round, if the member may submit a sheet on it."""
    found = await session.get(Round, sent.round_id)
    dossier = await session.get(RoundDossier, (sent.round_id, sent.dossier_id))
    if found is None or dossier is None or all(one.person_id != member for one in found.council.members):
        raise HTTPException(404)
    if found.state != "open":
        raise HTTPException(409, found.state)
    conflict = await session.get(Conflict, (sent.round_id, sent.dossier_id, member))
    if conflict is not None and conflict.excluded:
        raise HTTPException(409, "recused")
    earlier = await session.scalar(
        select(ScoreSheet).where(
            ScoreSheet.round_id == sent.round_id,
            ScoreSheet.dossier_id == sent.dossier_id,
            ScoreSheet.member_id == member,
            ScoreSheet.attempt == dossier.attempt,
        )
    )
    if earlier is not None:
        raise HTTPException(409, "already submitted")
    return dossier


async def _add(session: AsyncSession, row: Any) -> None:
    session.add(row)
    await session.flush()


def _signed(sheet: ScoreSheet, sent: Submission, points: choices.MemberPoints) -> str:
    answers = [(code, str(sent.choices[code]), value, sent.notes.get(code)) for code, value in points.criteria.items()]
    return signed_hash(
        sheet_id=sheet.id,
        round_id=sheet.round_id,
        dossier_id=sheet.dossier_id,
        member_id=sheet.member_id,
        sheet_hash=sheet.sheet_hash,
        answers=answers,
        part_totals=sent.part_totals,
        total=sheet.total,
        remarks=sheet.remarks,
    )


async def _store(
    session: AsyncSession, sent: Submission, points: choices.MemberPoints, dossier: RoundDossier, member: UUID
) -> Submitted:
    sheet = ScoreSheet(
        id=uuid4(),
        round_id=sent.round_id,
        dossier_id=sent.dossier_id,
        member_id=member,
        attempt=dossier.attempt,
        total=points.total,
        remarks=sent.remarks,
        sheet_hash=dossier.sheet_hash,
        submitted_at=datetime.now(UTC),
        content_hash=None,
        statement=STATEMENT,
    )
    sheet.content_hash = _signed(sheet, sent, points)
    await _add(session, sheet)
    for code, value in points.criteria.items():
        choice, note = str(sent.choices[code]), sent.notes.get(code)
        await _add(session, ScoreChoice(sheet_id=sheet.id, criterion=code, choice=choice, points=value, note=note))
    draft = await session.get(ScoreDraft, (sent.round_id, sent.dossier_id, member))
    if draft is not None:
        await session.delete(draft)
        await session.flush()
    told = SheetSubmitted(
        round_id=sent.round_id, dossier_id=sent.dossier_id, member_id=member, submitted_at=sheet.submitted_at
    )
    event = OutboxEvent(
        id=uuid4(),
        type=told.type,
        payload=told.model_dump(mode="json"),
        occurred_at=sheet.submitted_at,
        traceparent=f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01",
    )
    await _add(session, event)
    for subscriber in told.subscribers:
        await _add(session, OutboxDelivery(event_id=event.id, subscriber=subscriber))
    return Submitted(
        id=sheet.id,
        member_id=member,
        state="submitted",
        attempt=dossier.attempt,
        parts=dict(points.parts),
        total=points.total,
        submitted_at=sheet.submitted_at,
        version=1,
        content_hash=sheet.content_hash,
        **sent.model_dump(),
    )


def create_app() -> FastAPI:
    """The naive evaluation."""
    app = FastAPI(title="Naive evaluation")
    session_of_request = Annotated[AsyncSession, Depends(session_opener("evaluation"))]

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/score-sheets", status_code=201, response_model=Submitted)
    async def submit(
        sent: Submission,
        request: Request,
        actor: SignedIn,
        session: session_of_request,
        idempotency_key: Annotated[str, Header()],
    ) -> Submitted | Response:
        route, body_hash = f"POST {request.url.path}", hashlib.sha256(await request.body()).digest()
        kept = await session.get(IdempotencyKey, (str(actor.person_id), idempotency_key))
        if kept is not None:
            if (kept.route, kept.body_hash) != (route, body_hash):
                raise HTTPException(422, "key reused")
            return Response(kept.body, kept.status, media_type="application/json")
        dossier = await _standing(session, sent, actor.person_id)
        faults = Faults()
        sheet = choices.ScoreSheet("member", sent.choices, sent.part_totals)
        (points,) = choices.read_score_sheets(await _sheet(session, dossier), [sheet], faults)
        if faults:
            raise HTTPException(422, [fault.path for fault in faults])
        answer = await _store(session, sent, points, dossier, actor.person_id)
        await _add(
            session,
            IdempotencyKey(
                actor=str(actor.person_id),
                key=idempotency_key,
                route=route,
                body_hash=body_hash,
                status=201,
                headers={},
                body=answer.model_dump_json(),
            ),
        )
        await session.commit()
        return answer

    return app
