"""Resumable uploads, as tus 1.0.0 says it (tus.io): begin, ask for the offset, add bytes, give up."""

from collections.abc import AsyncIterator, Callable, Coroutine
from datetime import timedelta
from email.utils import format_datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Header, Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from evaluation.api.evidence import MOST_BYTES
from evaluation.api.schemas.uploads import UploadRead
from evaluation.domain.document_kinds import SENDERS
from evaluation.domain.uploads import CHECKSUMS, EXTENSIONS, TUS_VERSION, Checksum, UnknownTusVersion, read_metadata
from evaluation.persistence.tables.uploads import UploadRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.begin_upload import UploadLimits, begin_upload, drop_upload
from evaluation.use_cases.continue_upload import Uploads
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.errors import BadRequest, Problem
from shared.http.access import allow, public
from shared.http.app import PROBLEM_RESPONSES, service_router
from shared.http.etags import answer
from shared.http.idempotency import IdempotencyKey, usable_key
from shared.http.language import language

BYTES = "application/offset+octet-stream"
PATH = "/api/evaluation/v1/uploads"
SPOKEN = {"Tus-Resumable": TUS_VERSION}
TERMS = SPOKEN | {
    "Tus-Version": TUS_VERSION,
    "Tus-Extension": EXTENSIONS,
    "Tus-Max-Size": str(MOST_BYTES),
    "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
}


class TusRoute(APIRoute):
    """A route whose every answer, refusals too, names the version of tus."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As FastAPI's, with the header put on."""
        handle = super().get_route_handler()

        async def handle_tus(request: Request) -> Response:
            try:
                told = await handle(request)
            except Problem as problem:
                problem.headers |= SPOKEN
                raise
            told.headers.update(SPOKEN)
            return told

        return handle_tus


OWN_PROBLEMS: dict[int | str, dict[str, Any]] = {
    code: PROBLEM_RESPONSES[409] | {"description": text}
    for code, text in {410: "Expired or refused", 423: "Being checked", 460: "Checksum does not match"}.items()
}
router = service_router("evaluation", tags=["uploads"], route_class=TusRoute, responses=OWN_PROBLEMS)
Sender = Annotated[Actor, allow(Role.PRODUCER, Role.ADVISORY_MEMBER, *SENDERS)]


def speaks_tus(tus_resumable: Annotated[str | None, Header(description="1.0.0")] = None) -> None:
    """Raise UnknownTusVersion (412) unless the caller speaks the version we speak."""
    if tus_resumable != TUS_VERSION:
        raise UnknownTusVersion(
            "Gửi header Tus-Resumable: 1.0.0.", "Send the header Tus-Resumable: 1.0.0.", headers=dict(TERMS)
        )


def uploads_of(request: Request) -> Uploads:
    """The uploads of this process."""
    state, settings = request.app.state, request.app.state.settings
    limits = UploadLimits(MOST_BYTES, settings.unfinished_uploads, timedelta(hours=settings.upload_hours))
    return Uploads(state.database, state.files, limits)


InTus = Depends(speaks_tus)
Here = Annotated[Uploads, Depends(uploads_of)]
Offset = Annotated[int | None, Header(alias="Upload-Offset", ge=0, description="where the bytes of this request begin")]
Sum = Annotated[str | None, Header(alias="Upload-Checksum", description="`sha1 …` or `sha256 …`, base64")]
Whole = {"requestBody": {"content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}}}


@router.options("/uploads", status_code=204, dependencies=[public()])
async def describe_uploads() -> Response:
    """What of tus is spoken here."""
    return Response(status_code=204, headers=TERMS)


@router.post("/uploads", status_code=201, dependencies=[InTus], response_class=Response, openapi_extra=Whole)
async def begin_upload_of_file(
    request: Request,
    actor: Sender,
    uploads: Here,
    upload_length: Annotated[int | None, Header(ge=0, description="bytes of the whole file")] = None,
    upload_metadata: Annotated[str | None, Header(description="`filename`, `sha256`: key and base64")] = None,
    checksum: Sum = None,
    key: IdempotencyKey = None,
) -> Response:
    """Begin a file of at most 20 MB; its first bytes may come along (`application/offset+octet-stream`).

    The same Idempotency-Key gives the same upload; tus clients send none, and an upload begun twice expires.
    """
    if upload_length is None:
        raise BadRequest("Gửi Upload-Length: kích thước của tệp.", "Send Upload-Length: the size of the file.")
    summed, said = Checksum.read(checksum), read_metadata(upload_metadata)
    async with EvaluationUow.open(uploads.database) as uow:
        row = await begin_upload(uow, actor, upload_length, said, usable_key(key) if key else None, uploads.limits)
    if request.headers.get("content-type") == BYTES and row.received == 0:
        row = await uploads.append(actor, row.id, 0, until_cut(request), summed)
    return Response(status_code=201, headers={"Location": f"{PATH}/{row.id}"} | standing(row))


@router.head("/uploads/{upload_id}", dependencies=[InTus], response_class=Response)
async def ask_upload_offset(upload_id: UUID, actor: Sender, uploads: Here) -> Response:
    """Where to go on: Upload-Offset. Equal to Upload-Length, the file is taken in (`Upload-Sha256`)."""
    row = await uploads.look(actor, upload_id)
    return Response(status_code=200, headers={"Upload-Length": str(row.size)} | standing(row))


@router.get("/uploads/{upload_id}", response_model=UploadRead)
async def read_upload(upload_id: UUID, request: Request, actor: Sender, uploads: Here) -> Response:
    """The same as JSON, with the file's hash and kind, or why it was refused."""
    async with EvaluationUow.open(uploads.database) as uow:
        read = UploadRead.of(await uow.uploads.get(actor, upload_id), language())
    return answer(request, read)


@router.patch(
    "/uploads/{upload_id}", status_code=204, dependencies=[InTus], response_class=Response, openapi_extra=Whole
)
async def send_upload_bytes(
    upload_id: UUID, request: Request, actor: Sender, uploads: Here, offset: Offset = None, checksum: Sum = None
) -> Response:
    """Add bytes at Upload-Offset; what arrived before a cut is kept. With the last byte the file is checked and kept.

    409 for another place than the next one, and while another request is sending; 422 when the file is refused.
    """
    if request.headers.get("content-type") != BYTES or offset is None:
        raise BadRequest(
            f"Gửi Content-Type: {BYTES} và Upload-Offset.", f"Send Content-Type: {BYTES} and Upload-Offset."
        )
    row = await uploads.append(actor, upload_id, offset, until_cut(request), Checksum.read(checksum))
    return Response(status_code=204, headers=standing(row))


@router.delete("/uploads/{upload_id}", status_code=204, dependencies=[InTus])
async def give_up_upload(upload_id: UUID, actor: Sender, uploads: Here) -> Response:
    """Give up an upload: its bytes go. A file that was taken in stays."""
    async with EvaluationUow.open(uploads.database) as uow:
        await uow.uploads.get(actor, upload_id)
    await drop_upload(uploads.database, uploads.store, upload_id)
    return Response(status_code=204)


@router.post("/uploads/{upload_id}", status_code=204, dependencies=[InTus], response_class=Response)
async def override_upload_method(
    upload_id: UUID,
    request: Request,
    actor: Sender,
    uploads: Here,
    x_http_method_override: Annotated[str | None, Header(description="PATCH, HEAD or DELETE")] = None,
    offset: Offset = None,
    checksum: Sum = None,
) -> Response:
    """PATCH, HEAD and DELETE for clients whose HTTP library has no such method (tus: X-HTTP-Method-Override)."""
    match x_http_method_override:
        case "PATCH":
            return await send_upload_bytes(upload_id, request, actor, uploads, offset, checksum)
        case "HEAD":
            return await ask_upload_offset(upload_id, actor, uploads)
        case "DELETE":
            return await give_up_upload(upload_id, actor, uploads)
    raise BadRequest(
        "Gửi X-HTTP-Method-Override: PATCH, HEAD hoặc DELETE.", "Send X-HTTP-Method-Override: PATCH, HEAD or DELETE."
    )


def standing(row: UploadRow) -> dict[str, str]:
    """How far an upload is, as headers."""
    told = {"Upload-Offset": str(row.received), "Cache-Control": "no-store"}
    if row.state == "open":
        told["Upload-Expires"] = format_datetime(row.expires_at, usegmt=True)
    if row.sha256 is not None:
        told["Upload-Sha256"] = row.sha256
    return told


async def until_cut(request: Request) -> AsyncIterator[bytes]:
    """The body, as far as it came before the network was cut."""
    try:
        async for chunk in request.stream():
            yield chunk
    except ClientDisconnect:
        return
