"""Appointments: who may be what, where, and from when to when."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from registry.api.deps import OnceOnly, Uow
from registry.api.schemas.people import AppointmentRead, AppointmentRequest, EndingRequest, read_appointment
from registry.domain.access import APPOINTS
from registry.use_cases.appoint_person import appoint_person
from registry.use_cases.end_appointment import end_appointment
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("registry", tags=["appointments"])


@router.get("/appointments", response_model=Page[AppointmentRead])
async def list_appointments(
    request: Request,
    uow: Uow,
    page: PageQuery,
    actor: Annotated[Actor, signed_in()],
    unit_code: Annotated[str | None, Query(max_length=5)] = None,
    role: Role | None = None,
    person_id: UUID | None = None,
    on: Annotated[date | None, Query(description="only those in force on this day")] = None,
) -> Response:
    """Own appointments, those of one's district or commune, or all for the province's roles and the auditor."""
    rows, following = await uow.appointments.visible_to(actor).page(
        page, unit_code=unit_code, role=role, person_id=person_id, on=on
    )
    return answer_page(request, Page(items=[read_appointment(row, name) for row, name in rows], next=following))


@router.post("/appointments", status_code=201, response_model=AppointmentRead)
async def appoint(
    body: AppointmentRequest, actor: Annotated[Actor, allow(*APPOINTS)], uow: Uow, once: OnceOnly
) -> Response:
    """Appoint somebody to a role at a unit; the notifier learns whom to remind."""

    async def act() -> AppointmentRead:
        return read_appointment(*await appoint_person(uow, actor, body.draft()))

    return await once(act)


@router.post("/appointments/{appointment_id}/ending", status_code=201, response_model=AppointmentRead)
async def end(
    appointment_id: UUID,
    body: EndingRequest,
    actor: Annotated[Actor, allow(*APPOINTS)],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """End an appointment on a day; tokens made earlier still carry it for 15 minutes at most."""

    async def act() -> AppointmentRead:
        return read_appointment(
            *await end_appointment(uow, actor, appointment_id, valid_to=body.valid_to, reason=body.reason)
        )

    return await once(act)
