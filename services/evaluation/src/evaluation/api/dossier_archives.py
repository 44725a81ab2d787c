"""A whole dossier in one download."""

from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from evaluation.api.dossiers import Caller
from evaluation.integrations.zip_streams import archive_chunks, archive_length
from evaluation.use_cases.archive_dossier import archive_dossier
from shared.http.app import service_router

router = service_router("evaluation", tags=["dossiers"])


@router.get(
    "/dossiers/{dossier_id}/archive",
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}, "description": "The archive"}},
)
async def get_dossier_archive(dossier_id: UUID, request: Request, actor: Caller) -> Response:
    """One zip of a dossier: an index that opens offline, its papers by criterion, its signed documents.

    For who sees the dossier; an official's download is put on record.
    """
    state = request.app.state
    archive = await archive_dossier(state.database, state.files, actor, dossier_id)
    return StreamingResponse(
        archive_chunks(state.files, archive.entries),
        media_type="application/zip",
        headers={
            "Content-Disposition": f'attachment; filename="{archive.name}"',
            "Content-Length": str(archive_length(archive.entries)),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
