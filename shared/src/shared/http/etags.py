"""ETag, If-Match and 304 (RFC 9110 §13): no lost update, and no body sent twice."""

import hashlib
from typing import Annotated

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from shared.errors import PreconditionRequired, Stale

PRIVATE = b"private, no-cache"
"""Cache-Control of what a signed-in caller reads: keep it, but ask each time whether it still holds."""


def etag_of(version: int) -> str:
    """The ETag of a row's version."""
    return f'"v{version}"'


def expected_version(
    if_match: Annotated[str | None, Header(description="ETag of the version you edit")] = None,
) -> int:
    """The version the caller means to change. 428 without If-Match, 412 when it is no ETag of ours."""
    if if_match is None:
        raise PreconditionRequired(
            "Gửi If-Match với ETag của lần đọc gần nhất.", "Send If-Match with the ETag of your latest read."
        )
    value = if_match.strip().removeprefix("W/").strip('"').removeprefix("v")
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise Stale("If-Match không phải ETag hiện hành.", "If-Match is not a current ETag.")
    return int(value)


IfMatch = Annotated[int, Depends(expected_version)]


def check_version(expected: int, current: int) -> None:
    """Raise Stale (412) unless the caller saw the current version."""
    if expected != current:
        raise Stale(
            "Dữ liệu đã được sửa; đọc lại rồi sửa tiếp.",
            "It changed since you read it; read again, then edit.",
            headers={"ETag": etag_of(current)},
        )


def is_known(tag: str, if_none_match: str) -> bool:
    """Whether the caller has the version of this ETag already."""
    return bool(if_none_match) and (
        if_none_match == "*" or tag in (part.strip().removeprefix("W/") for part in if_none_match.split(","))
    )


def answer(
    request: Request, body: BaseModel | bytes, *, version: int | None = None, link: str | None = None
) -> Response:
    """A read's answer with its ETag, or 304 when the caller has it already.

    Without `version` the ETag is a hash of the bytes, right for lists and computed reads.
    """
    content = body if isinstance(body, bytes) else body.model_dump_json().encode()
    tag = etag_of(version) if version is not None else f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": PRIVATE.decode()}
    if link:
        headers["Link"] = link
    if is_known(tag, request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(content, media_type="application/json", headers=headers)
