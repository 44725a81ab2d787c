"""Revocation of certificates: proposals and decisions."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import StreamingResponse

from evaluation.api.attachments import send_file
from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.schemas.revocations import RevocationDecisionDraft, RevocationDraft, RevocationRead
from evaluation.domain.access import RECOGNISING_ROLES
from evaluation.domain.file_kinds import MEDIA_TYPES
from evaluation.use_cases.revoke_certificate import PROPOSERS, decide_revocation, propose_revocation
from shared.auth.actors import Actor
from shared.errors import NotFound
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.deps import bearer_token
from shared.http.etags import answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("evaluation", tags=["revocations"])
Caller = Annotated[Actor, signed_in()]


@router.post("/revocations", status_code=201, response_model=RevocationRead)
async def propose(
    request: Request,
    request_body: RevocationDraft,
    actor: Annotated[Actor, allow(*PROPOSERS)],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Propose to revoke a certificate by a cause of the law in force (26/2026 Art. 8); the clock runs from the finding.

    The body that decides is today's: the successor where the issuing one was abolished.
    """
    asked = request_body
    certificate = await request.app.state.registry.certificate_summary(asked.certificate_id, bearer_token(request))

    async def act() -> RevocationRead:
        row = await propose_revocation(
            uow,
            actor,
            certificate,
            cause=asked.cause,
            finding=asked.finding.finding(),
            evidence=asked.evidence,
            file=asked.file_sha256,
        )
        return RevocationRead.of(await uow.revocations.view(actor, row.id))

    return await once(act, location=lambda r: f"/api/evaluation/v1/revocations/{r.id}")  # type: ignore[attr-defined]  # act's model


@router.get("/revocations", response_model=Page[RevocationRead])
async def list_revocations(
    request: Request,
    actor: Caller,
    uow: Uow,
    page: PageQuery,
    certificate_id: UUID | None = None,
    open_only: Annotated[bool, Query(description="those that wait for a decision")] = False,
) -> Response:
    """Proposals within the caller's scope, newest first."""
    rows, following = await uow.revocations.page(actor, page, certificate_id=certificate_id, open_only=open_only)
    return answer_page(request, Page(items=[RevocationRead.of(row) for row in rows], next=following))


@router.get("/revocations/{revocation_id}", response_model=RevocationRead)
async def read_revocation(revocation_id: UUID, request: Request, actor: Caller, uow: Uow) -> Response:
    """One proposal and what became of it."""
    return answer(request, RevocationRead.of(await uow.revocations.view(actor, revocation_id)))


@router.get(
    "/revocations/{revocation_id}/file",
    response_class=StreamingResponse,
    responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}, "description": "The file"}},
)
async def get_revocation_file(
    revocation_id: UUID,
    request: Request,
    actor: Caller,
    uow: Uow,
    of: Annotated[
        Literal["decision", "proposal"], Query(description="signed, or what the proposal rests on")
    ] = "decision",
) -> Response:
    """The signed decision, or what its `proposal` rests on, for who may read the proposal; always as an attachment."""
    row = await uow.revocations.view(actor, revocation_id)
    named = row[0] if of == "proposal" else row[2]
    if named is None or named.file_sha256 is None:
        raise NotFound()
    file = await uow.evidence.file(named.file_sha256)
    name = f"revocation-{of}-{str(revocation_id)[-12:]}.{file.kind}"
    return await send_file(request, file.sha256, size=file.size, media_type=MEDIA_TYPES[file.kind], name=name)


@router.post("/revocations/{revocation_id}/decision", status_code=201, response_model=RevocationRead)
async def decide_on_revocation(
    revocation_id: UUID,
    request_body: RevocationDecisionDraft,
    actor: Annotated[Actor, allow(*RECOGNISING_ROLES.values())],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Revoke by a signed decision, or dismiss the proposal. Registry marks certificate and passport by event."""

    async def act() -> RevocationRead:
        await decide_revocation(uow, actor, revocation_id, request_body.reasons, request_body.signed())
        return RevocationRead.of(await uow.revocations.view(actor, revocation_id))

    return await once(act)
