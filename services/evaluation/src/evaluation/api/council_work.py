"""Replacing members, and which body checks what."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.schemas.council_work import CouncilRoutingRead, RoutingDraft, RoutingRead
from evaluation.api.schemas.councils import CouncilChangeRead, ReplacementDraft
from evaluation.domain.access import SECRETARIES
from evaluation.domain.council_posts import Person
from evaluation.use_cases.replace_member import replace_member
from evaluation.use_cases.route_dossiers import import_routing, read_routing
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.pages import Page, answer_page

router = service_router("evaluation", tags=["councils"])
SignedIn = Annotated[Actor, signed_in()]


@router.post("/councils/{council_id}/replacements", status_code=201, response_model=CouncilChangeRead)
async def replace_council_member(
    council_id: UUID,
    request_body: ReplacementDraft,
    actor: Annotated[Actor, allow(*SECRETARIES.values())],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Put a person in the place of a member by a later decision, while no round of the council is open."""

    async def act() -> CouncilChangeRead:
        new = request_body.joins
        joins = Person(new.person_id, new.post, new.name, new.body, new.body_code)
        change = await replace_member(
            uow, actor, council_id, request_body.leaves, joins, request_body.decision_number, request_body.decided_on
        )
        return CouncilChangeRead.of(change)

    return await once(act)


@router.get("/councils/{council_id}/replacements", response_model=Page[CouncilChangeRead])
async def list_replacements(council_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """Who was replaced, by which decision, oldest first."""
    await uow.councils.read(actor, council_id)
    changes = await uow.councils.changes(council_id)
    return answer_page(request, Page(items=[CouncilChangeRead.of(change) for change in changes], next=None))


@router.get("/councils/{council_id}/routing", response_model=CouncilRoutingRead)
async def show_routing(council_id: UUID, request: Request, actor: SignedIn, uow: Uow) -> Response:
    """Which department and which member checks which dossier, by product group and kind of paper."""
    stored, routes = await read_routing(uow, actor, council_id)
    return answer(request, CouncilRoutingRead.of(stored, routes))


@router.post("/routings", status_code=201, response_model=RoutingRead)
async def load_routing(
    request_body: RoutingDraft, actor: Annotated[Actor, allow(Role.PROVINCE_SECRETARY)], uow: Uow, once: OnceOnly
) -> Response:
    """Import a province's own routing; the same document again changes nothing."""

    async def act() -> RoutingRead:
        return RoutingRead.of(await import_routing(uow, actor, request_body.unit_code, request_body.document))

    return await once(act)
