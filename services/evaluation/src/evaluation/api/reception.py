"""Receiving a dossier at a level: slip, check of form, thread of repair; and taking over from an abolished level."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.dossiers import Caller, dossier_path
from evaluation.api.schemas import reception as wire
from evaluation.api.schemas.dossiers import DossierRead
from evaluation.domain.access import OFFICERS, SECRETARIES, require_unit
from evaluation.domain.repair_items import Item
from evaluation.use_cases import receive_dossier as receiving
from evaluation.use_cases import write_message as messaging
from evaluation.use_cases.check_form import check_form
from evaluation.use_cases.read_reception import read_reception
from evaluation.use_cases.take_over_dossier import take_over_dossier
from shared.auth.actors import Actor
from shared.contracts.roles import Level
from shared.http.access import allow
from shared.http.app import service_router
from shared.http.deps import bearer_token
from shared.http.etags import answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("evaluation", tags=["reception"])

LevelOfficer = Annotated[Actor, allow(*OFFICERS.values())]


@router.post("/dossiers/{dossier_id}/receipts", status_code=201, response_model=wire.ReceiptRead)
async def receive_dossier(
    dossier_id: UUID, request_body: wire.ReceiptDraft, actor: LevelOfficer, uow: Uow, once: OnceOnly
) -> Response:
    """Number the registration slip in the unit's series (26/2026 Form 01); commune and province keep one each."""

    async def act() -> wire.ReceiptRead:
        row = await receiving.receive_dossier(
            uow, actor, dossier_id, request_body.level, request_body.received_on, request_body.receiver
        )
        return wire.ReceiptRead.of(row)

    return await once(act)


@router.get("/receipts", response_model=Page[wire.ReceiptRead])
async def list_receipts(
    request: Request,
    actor: LevelOfficer,
    uow: Uow,
    page: PageQuery,
    level: Level,
    unit_code: Annotated[str, Query(max_length=10)],
    year: Annotated[int, Query(ge=2018, le=2100)],
    voided: bool | None = None,
) -> Response:
    """The slips the caller's unit numbered in a year, by number; voided ones are listed, their numbers stay used."""
    require_unit(actor, OFFICERS[level], unit_code)
    rows, following = await uow.commune_steps.series(level, unit_code, year, voided=voided, page=page)
    return answer_page(request, Page(items=[wire.ReceiptRead.of(row[0]) for row in rows], next=following))


@router.post("/receipts/{receipt_id}/voiding", response_model=wire.ReceiptRead)
async def void_receipt(
    receipt_id: UUID, request_body: wire.ReceiptVoiding, actor: LevelOfficer, uow: Uow, once: OnceOnly
) -> Response:
    """Void a wrong slip. Its number is not used again."""

    async def act() -> wire.ReceiptRead:
        return wire.ReceiptRead.of(await receiving.void_receipt(uow, actor, receipt_id, request_body.reason))

    return await once(act, status=200)


@router.post("/dossiers/{dossier_id}/form-checks", status_code=201, response_model=wire.FormCheckRead)
async def note_form_check(
    dossier_id: UUID, request_body: wire.FormCheckDraft, actor: LevelOfficer, uow: Uow, once: OnceOnly
) -> Response:
    """Note each item looked at as right or faulty, where the dossier waits (26/2026 Art. 7.2)."""

    async def act() -> wire.FormCheckRead:
        items = [item.item() for item in request_body.items]
        return wire.FormCheckRead.of(await check_form(uow, actor, dossier_id, items))

    return await once(act)


@router.get("/dossiers/{dossier_id}/reception", response_model=wire.ReceptionRead)
async def show_reception(dossier_id: UUID, request: Request, actor: Caller, uow: Uow) -> Response:
    """The receiving level's screen: dossier, slips, checks, clock in working days, claims beside report items."""
    return answer(request, wire.ReceptionRead.of(await read_reception(uow, actor, dossier_id), actor))


@router.post("/dossiers/{dossier_id}/messages", status_code=201, response_model=wire.MessageRead)
async def write_message(
    dossier_id: UUID, request_body: wire.MessageDraft, actor: Caller, uow: Uow, once: OnceOnly
) -> Response:
    """Write to the other side, on the dossier or one item of it."""

    async def act() -> wire.MessageRead:
        about = request_body.item
        item = None if about is None else Item(about.kind, about.ref, ok=True)
        row = await messaging.write_message(uow, actor, dossier_id, request_body.message, item, request_body.level)
        return wire.MessageRead.of(row)

    return await once(act)


@router.get("/dossiers/{dossier_id}/messages", response_model=Page[wire.MessageRead])
async def list_messages(dossier_id: UUID, request: Request, actor: Caller, uow: Uow, page: PageQuery) -> Response:
    """The thread with each level the caller may follow, oldest first. Reading it here marks nothing as read."""
    rows, following = await messaging.read_thread(uow, actor, dossier_id, page)
    return answer_page(request, Page(items=[wire.MessageRead.listed(row) for row in rows], next=following))


@router.post("/dossiers/{dossier_id}/message-readings", response_model=wire.UnreadRead)
async def note_message_reading(
    dossier_id: UUID, request_body: wire.MessageReading, actor: Caller, uow: Uow, once: OnceOnly
) -> Response:
    """Say how far the caller has read a thread; the other side sees it."""

    async def act() -> wire.UnreadRead:
        return wire.UnreadRead(unread=await messaging.read_thread_to(uow, actor, dossier_id, request_body.message_id))

    return await once(act, status=200)


@router.post("/dossier-takeovers", status_code=201, response_model=DossierRead)
async def take_over(
    request: Request,
    request_body: wire.TakeoverDraft,
    actor: Annotated[Actor, allow(*SECRETARIES.values())],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Take over a product's dossier that waits at a level which no longer exists; its rules stay frozen."""
    product = await request.app.state.registry.product_summary(request_body.product_id, bearer_token(request))

    async def act() -> DossierRead:
        return DossierRead.of(await take_over_dossier(uow, actor, product), actor)

    return await once(act, location=dossier_path)
