"""A small stand-in for an S3 server: one bucket, `b`, in memory, with multipart uploads, lists and presigned links.

Signatures are not computed again, only looked for: what it checks is that every request is signed in some way, and
that a presigned link is used before it expires.
"""

import hashlib
import re
import time
from datetime import UTC, datetime
from email.utils import formatdate
from html import escape, unescape

from fastapi import FastAPI, Request, Response

KEPT = ("content-type", "content-disposition")


class S3Simulator:
    """What the server holds (`objects`: content, headers, time put), and which kinds of requests came (`seen`)."""

    def __init__(self) -> None:
        self.objects: dict[str, tuple[bytes, dict[str, str], float]] = {}
        self.seen: set[str] = set()
        self._parts: dict[str, dict[int, bytes]] = {}
        self._headers: dict[str, dict[str, str]] = {}
        self.app = FastAPI(openapi_url=None)
        self.app.add_api_route("/b", self.bucket, methods=["GET", "POST"])
        self.app.add_api_route("/b/{key:path}", self.object, methods=["GET", "HEAD", "DELETE"])
        self.app.add_api_route("/b/{key:path}", self.put, methods=["PUT"])
        self.app.add_api_route("/b/{key:path}", self.multipart, methods=["POST"])

    async def bucket(self, request: Request) -> Response:
        """List by prefix, or delete many."""
        if not is_signed(request):
            return Response(status_code=403)
        if request.method == "POST":
            self.seen.add("delete")
            keys = [unescape(key) for key in re.findall("<Key>(.*?)</Key>", (await request.body()).decode())]
            for key in keys:
                self.objects.pop(key, None)
            return xml("DeleteResult", "".join(f"<Deleted><Key>{escape(key)}</Key></Deleted>" for key in keys))
        self.seen.add("list")
        prefix, now = request.query_params.get("prefix", ""), datetime.now(UTC).isoformat()
        found = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{now}</LastModified><Size>{len(held[0])}</Size></Contents>"
            for key, held in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        return xml("ListBucketResult", f"<IsTruncated>false</IsTruncated>{found}")

    async def object(self, key: str, request: Request) -> Response:
        """Read or delete one."""
        if not is_signed(request):
            return Response(status_code=403)
        if request.method == "DELETE":
            self.objects.pop(key, None)
            return Response(status_code=204)
        if key not in self.objects:
            return Response(status_code=404)
        content, kept, at = self.objects[key]
        headers = {"Last-Modified": formatdate(at, usegmt=True), "ETag": '"x"', "Content-Length": str(len(content))}
        told = {name: kept[name] for name in KEPT if name in kept}
        return Response(b"" if request.method == "HEAD" else content, headers=headers | told)

    async def put(self, key: str, request: Request) -> Response:
        """Keep one, or a part of one."""
        if not is_signed(request):
            return Response(status_code=403)
        content = await request.body()
        if "partNumber" in request.query_params:
            self._parts[key][int(request.query_params["partNumber"])] = content
        else:
            self._keep(key, content, dict(request.headers))
        return Response(headers={"ETag": f'"{hashlib.sha256(content).hexdigest()[:32]}"'})

    async def multipart(self, key: str, request: Request) -> Response:
        """Begin or complete one that comes in parts."""
        if not is_signed(request):
            return Response(status_code=403)
        if "uploads" in request.query_params:
            self.seen.add("multipart")
            self._parts[key], self._headers[key] = {}, dict(request.headers)
            return xml("InitiateMultipartUploadResult", "<UploadId>1</UploadId>")
        parts = self._parts.pop(key)
        self._keep(key, b"".join(parts[number] for number in sorted(parts)), self._headers.pop(key))
        return xml("CompleteMultipartUploadResult", "<ETag>x</ETag>")

    def _keep(self, key: str, content: bytes, headers: dict[str, str]) -> None:
        self.objects[key] = (content, headers, time.time())


def is_signed(request: Request) -> bool:
    """Whether the request carries a signature that holds still."""
    query = request.query_params
    if "X-Amz-Signature" in query:
        begun = datetime.strptime(query["X-Amz-Date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return time.time() < begun.timestamp() + int(query["X-Amz-Expires"])
    return request.headers.get("authorization", "").startswith("AWS4-HMAC-SHA256 ")


def xml(root: str, content: str) -> Response:
    """An answer of S3."""
    return Response(f"<{root}>{content}</{root}>", media_type="application/xml")
