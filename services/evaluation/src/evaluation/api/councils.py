"""Councils."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.schemas.councils import CouncilDraft, CouncilRead
from evaluation.domain.access import SECRETARIES
from evaluation.use_cases.establish_council import establish_council
from shared.auth.actors import Actor
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("evaluation", tags=["councils"])


@router.post("/councils", status_code=201, response_model=CouncilRead)
async def establish(
    request_body: CouncilDraft, actor: Annotated[Actor, allow(*SECRETARIES.values())], uow: Uow, once: OnceOnly
) -> Response:
    """Set up the council of a unit's level, by that unit's decision (26/2026 Art. 7.3.b, 7.4.b)."""

    async def act() -> CouncilRead:
        council = await establish_council(
            uow,
            actor,
            request_body.level,
            request_body.unit_code,
            request_body.year,
            request_body.decision_number,
            request_body.charter,
            request_body.chair_id,
            [(member.person_id, member.name, member.body) for member in request_body.members],
            decided_on=request_body.decided_on,
            posts=request_body.posts(),
            staff=request_body.staff(),
        )
        row = await uow.councils.read(actor, council.id)
        return CouncilRead.of(row)

    return await once(act, location=lambda r: f"/api/evaluation/v1/councils/{r.id}")  # type: ignore[attr-defined]  # act's model


@router.get("/councils", response_model=Page[CouncilRead])
async def list_councils(
    request: Request,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    page: PageQuery,
    year: Annotated[int | None, Query(ge=2018, le=2100)] = None,
) -> Response:
    """The councils the caller sits on, and those of his office's unit, newest first."""
    rows, following = await uow.councils.page(actor, page, year)
    return answer_page(request, Page(items=[CouncilRead.of(row) for row in rows], next=following))


@router.get("/councils/{council_id}", response_model=CouncilRead)
async def read_council(council_id: UUID, request: Request, actor: Annotated[Actor, signed_in()], uow: Uow) -> Response:
    """One council with its members."""
    row = await uow.councils.read(actor, council_id)
    return answer(request, CouncilRead.of(row))
