"""Reuse: what an earlier dossier of the product gives, and what differs from it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.dossiers import Caller, Producer
from evaluation.api.schemas.carry_over import CarryOverDraft, ComparisonRead
from evaluation.use_cases import carry_over as carrying
from shared.http.app import service_router
from shared.http.etags import answer

router = service_router("evaluation", tags=["reuse"])


@router.post("/dossiers/{dossier_id}/carry-over", response_model=ComparisonRead)
async def carry_over(
    dossier_id: UUID, request_body: CarryOverDraft, actor: Producer, uow: Uow, once: OnceOnly
) -> Response:
    """Take over forms, answers, notes and papers that still hold; what was entered already stays.

    The answer lists each item: carried, changed, new, expired, not on this sheet, to be answered anew.
    """

    async def act() -> ComparisonRead:
        found = await carrying.carry_over(uow, actor, dossier_id, request_body.from_dossier_id)
        return ComparisonRead.of(found, actor)

    return await once(act, status=200)


@router.get("/dossiers/{dossier_id}/changes", response_model=ComparisonRead)
async def show_changes(
    dossier_id: UUID,
    request: Request,
    actor: Caller,
    uow: Uow,
    from_dossier_id: Annotated[UUID | None, Query(description="else the one carried over from, or the latest")] = None,
) -> Response:
    """What is new, changed or expired against the earlier dossier, with its evidence (26/2026 Art. 6)."""
    found = await carrying.show_changes(uow, actor, dossier_id, from_dossier_id)
    return answer(request, ComparisonRead.of(found, actor))
