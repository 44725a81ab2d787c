"""Objections of producers to results, and the steps of officials on them."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.schemas.objections import (
    AnswerDraft,
    Examination,
    ObjectionDraft,
    ObjectionListed,
    ObjectionRead,
)
from evaluation.domain.access import RECOGNISING_ROLES, SECRETARIES
from evaluation.use_cases.file_objection import file_objection
from evaluation.use_cases.handle_objection import answer_objection, examine_objection, receive_objection
from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("evaluation", tags=["objections"])
Secretary = Annotated[Actor, allow(*SECRETARIES.values())]
Caller = Annotated[Actor, signed_in()]


@router.post("/dossiers/{dossier_id}/objections", status_code=201, response_model=ObjectionRead)
async def object_to_result(
    dossier_id: UUID,
    request_body: ObjectionDraft,
    actor: Annotated[Actor, allow(Role.PRODUCER)],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Object to the dossier's newest released result, within the window of its ruleset, once."""

    async def act() -> ObjectionRead:
        return ObjectionRead.of(
            await file_objection(uow, actor, dossier_id, request_body.grounds, request_body.criteria)
        )

    return await once(act, location=lambda r: f"/api/evaluation/v1/objections/{r.id}")  # type: ignore[attr-defined]  # act's model


@router.get("/objections", response_model=Page[ObjectionListed])
async def list_objections(
    request: Request,
    actor: Caller,
    uow: Uow,
    page: PageQuery,
    level: Level | None = None,
    open_only: Annotated[bool, Query(description="those that wait for an answer")] = False,
) -> Response:
    """Objections on the dossiers the caller may see, newest first."""
    rows, following = await uow.objections.page(actor, page, level=level, open_only=open_only)
    items = [
        ObjectionListed(
            id=row[0].id,
            dossier_id=row[0].dossier_id,
            product_name=row.product_name,
            level=row[0].level,
            unit_code=row[0].unit_code,
            filed_on=row[0].filed_on,
        )
        for row in rows
    ]
    return answer_page(request, Page(items=items, next=following))


@router.get("/objections/{objection_id}", response_model=ObjectionRead)
async def read_objection(objection_id: UUID, request: Request, actor: Caller, uow: Uow) -> Response:
    """One objection with every step taken on it."""
    dossier_id = await uow.objections.dossier_of(actor, objection_id)
    return answer(request, ObjectionRead.of(await uow.objections.view(dossier_id, objection_id)))


@router.post("/objections/{objection_id}/receipt", response_model=ObjectionRead)
async def take_in_objection(objection_id: UUID, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Take an objection in; the clock for its answer starts. Secretary of the level that scored."""

    async def act() -> ObjectionRead:
        return ObjectionRead.of(await receive_objection(uow, actor, objection_id))

    return await once(act, status=200)


@router.post("/objections/{objection_id}/examination", response_model=ObjectionRead)
async def record_examination(
    objection_id: UUID, request_body: Examination, actor: Secretary, uow: Uow, once: OnceOnly
) -> Response:
    """Record what the examination came to. Secretary of the level that scored."""

    async def act() -> ObjectionRead:
        return ObjectionRead.of(await examine_objection(uow, actor, objection_id, request_body.findings))

    return await once(act, status=200)


@router.post("/objections/{objection_id}/answer", response_model=ObjectionRead)
async def give_answer(
    objection_id: UUID,
    request_body: AnswerDraft,
    actor: Annotated[Actor, allow(*RECOGNISING_ROLES.values())],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Answer an objection. Upheld with `reopening`, the dossier goes back before a council of that level."""

    async def act() -> ObjectionRead:
        asked = request_body
        return ObjectionRead.of(
            await answer_objection(uow, actor, objection_id, asked.answer, asked.reasons, asked.remedy)
        )

    return await once(act, status=200)
