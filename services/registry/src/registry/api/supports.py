"""Support given to producers and products."""

from typing import Annotated

from fastapi import Query, Request, Response

from registry.api.deps import OnceOnly, Uow
from registry.api.schemas.certificates import SupportDraft, SupportKind, SupportRead
from registry.domain.product_access import READERS, SUPPORTERS, scope_of
from registry.use_cases.record_support import record_support
from shared.auth.actors import Actor
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("registry", tags=["supports"])


@router.post("/supports", status_code=201, response_model=SupportRead)
async def add_support(
    request_body: SupportDraft, actor: Annotated[Actor, allow(*SUPPORTERS)], uow: Uow, once: OnceOnly
) -> Response:
    """Record support to a product or a producer, once per subject, kind and day (plan 2023 section II)."""

    async def act() -> SupportRead:
        return SupportRead.model_validate(await record_support(uow, actor, **request_body.model_dump()))

    return await once(act)


@router.get("/supports", response_model=Page[SupportRead])
async def list_supports(
    request: Request,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    page: PageQuery,
    kind: Annotated[SupportKind | None, Query()] = None,
) -> Response:
    """Supports within the caller's scope, by id."""
    rows, after = await uow.supports.page(scope_of(actor, READERS), page, kind=kind)
    return answer_page(request, Page(items=[SupportRead.model_validate(row[0]) for row in rows], next=after))
