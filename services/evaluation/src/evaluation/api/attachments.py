"""Files leave the service as attachments, which no browser runs or shows in our origin."""

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from shared.http.etags import PRIVATE, is_known


async def send_file(request: Request, sha256: str, *, size: int, media_type: str, name: str) -> Response:
    """The content as it comes from the store, or 304 when the caller has it already.

    The caller of this function has checked who reads it. Raises NotFound when the store lost it, Unavailable.
    """
    headers = {
        "ETag": f'"{sha256}"',
        "Cache-Control": PRIVATE.decode(),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    if is_known(headers["ETag"], request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    chunks = await request.app.state.files.get(sha256)
    return StreamingResponse(chunks, media_type=media_type, headers=headers | {"Content-Length": str(size)})
