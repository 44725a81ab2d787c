"""The commune's step, and until when units take dossiers in."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.dossiers import Caller, dossier_path
from evaluation.api.schemas.dossiers import (
    CommuneReportDraft,
    DossierRead,
    FilingWindowDraft,
    FilingWindowRead,
    ReturnDraft,
)
from evaluation.domain.access import OFFICERS
from evaluation.domain.repair_items import Item
from evaluation.use_cases import report_on_dossier as reporting
from evaluation.use_cases import return_dossier as returning
from evaluation.use_cases import set_filing_window as windows
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.http.access import allow
from shared.http.app import service_router
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("evaluation", tags=["commune step"])

Officer = Annotated[Actor, allow(Role.COMMUNE_OFFICER)]
LevelOfficer = Annotated[Actor, allow(*OFFICERS.values())]
Secretary = Annotated[Actor, allow(*windows.SETTERS)]


@router.post("/dossiers/{dossier_id}/commune-report", status_code=201, response_model=DossierRead)
async def report_on_dossier(
    dossier_id: UUID, request_body: CommuneReportDraft, actor: Officer, uow: Uow, once: OnceOnly
) -> Response:
    """Report on each item of the ruleset, without points, and send the dossier up (26/2026 Art. 7.2, Form 03)."""

    async def act() -> DossierRead:
        items = [reporting.ReportItem(i.item, i.claim, i.observed) for i in request_body.items]
        meeting, held = request_body.meeting, None
        if meeting is not None:
            held = reporting.Meeting(meeting.held_on, [who.model_dump() for who in meeting.attendees])
        view = await reporting.report_on_dossier(uow, actor, dossier_id, items, request_body.conclusion, held)
        return DossierRead.of(view, actor)

    return await once(act, location=dossier_path)


@router.post("/dossiers/{dossier_id}/returns", status_code=201, response_model=DossierRead)
async def return_dossier(
    dossier_id: UUID, request_body: ReturnDraft, actor: LevelOfficer, uow: Uow, once: OnceOnly
) -> Response:
    """Give the dossier back to its producer with reasons, at the level where it waits (26/2026 Art. 7.2, 7.3).

    Until its round closes; it leaves the round, and comes back to this level when it is filed again.
    """

    async def act() -> DossierRead:
        items = [Item(item.kind, item.ref, item.reason) for item in request_body.items]
        view = await returning.return_dossier(uow, actor, dossier_id, request_body.reasons, items, request_body.due_on)
        return DossierRead.of(view, actor)

    return await once(act, location=dossier_path)


@router.post("/filing-windows", status_code=201, response_model=FilingWindowRead)
async def set_filing_window(request_body: FilingWindowDraft, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Set, or move, the last day on which the caller's unit takes in dossiers of a year."""

    async def act() -> FilingWindowRead:
        row = await windows.set_filing_window(
            uow, actor, request_body.unit_code, request_body.year, request_body.closes_on, request_body.source
        )
        return FilingWindowRead.of(row)

    return await once(act)


@router.get("/filing-windows", response_model=Page[FilingWindowRead])
async def list_filing_windows(
    request: Request,
    _actor: Caller,
    uow: Uow,
    page: PageQuery,
    year: Annotated[int, Query(ge=2018, le=2100)],
    unit_code: Annotated[str | None, Query(max_length=10)] = None,
) -> Response:
    """Until when which unit takes in dossiers of a year."""
    rows, following = await uow.dossiers.windows(year, unit_code, page)
    return answer_page(request, Page(items=[FilingWindowRead.of(row[0]) for row in rows], next=following))
