"""Who is absent, and who stands in."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from notifier.api.deps import OnceOnly, Uow
from notifier.api.schemas.absences import AbsenceDraft, AbsenceRead
from notifier.domain.access import SEES_ALL
from notifier.use_cases.declare_absence import AbsenceOf, cancel_absence, declare_absence
from shared.auth.actors import Actor
from shared.http.access import signed_in
from shared.http.app import service_router
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("notifier", tags=["absences"])
Person = Annotated[Actor, signed_in()]


@router.get("/absences", response_model=Page[AbsenceRead])
async def list_absences(
    request: Request, actor: Person, uow: Uow, page: PageQuery, person_id: UUID | None = None, on: date | None = None
) -> Response:
    """Absences of the caller, those the caller stands in for or declared; everybody's for the province and the auditor.

    Latest first. `on`: those that count on that day.
    """
    whose = None if actor.has(*SEES_ALL) else actor.person_id
    rows, following = await uow.absences.page(whose, page, person_id=person_id, on=on)
    return answer_page(request, Page(items=[AbsenceRead.of(row) for row in rows], next=following))


@router.post("/absences", status_code=201, response_model=AbsenceRead)
async def add_absence(draft: AbsenceDraft, actor: Person, uow: Uow, once: OnceOnly) -> Response:
    """Say that one is absent and who stands in: somebody of the same unit, or whomever a superior names.

    From the first day to the last the deputy is told what the offices of the absent are told, and as the policy says
    the absent too. What a person owes personally (score sheets, meetings) has no deputy.
    """

    async def act() -> AbsenceRead:
        asked = AbsenceOf(**draft.model_dump() | {"person_id": draft.person_id or actor.person_id})
        return AbsenceRead.of(await declare_absence(uow, actor, asked))

    return await once(act)


@router.post("/absences/{absence_id}/cancellation", status_code=201, response_model=AbsenceRead)
async def end_absence(absence_id: UUID, actor: Person, uow: Uow, once: OnceOnly) -> Response:
    """Be back: from now on the person is told again. By the person, who declared it, or who stands above."""

    async def act() -> AbsenceRead:
        return AbsenceRead.of(await cancel_absence(uow, actor, absence_id))

    return await once(act)
