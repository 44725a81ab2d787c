"""Evidence in an object store (a folder, S3, or memory in tests), under the SHA-256 of its content."""

import hashlib
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import BinaryIO, Self, cast
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore, from_url

from shared.errors import NotFound, TooLarge, Unavailable

IN_MEMORY = 256_000


@dataclass(slots=True)
class Received:
    """A body that arrived: kept in memory while small, then in an unnamed file on disk."""

    content: BinaryIO
    sha256: str
    size: int

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.content.close()


async def receive(chunks: AsyncIterator[bytes], most: int) -> Received:
    """Take in a body of at most `most` bytes, hashing as it comes. Raises TooLarge (413)."""
    content = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115  # Received closes it
    digest, size = hashlib.sha256(), 0
    try:
        async for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise TooLarge(f"Tệp lớn hơn {most // 1_000_000} MB.", f"The file is larger than {most} bytes.")
            digest.update(chunk)
            content.write(chunk)
    except BaseException:
        content.close()
        raise
    content.seek(0)
    return Received(content, digest.hexdigest(), size)


def content_key(content: bytes) -> str:
    """The name of a content in the store: its SHA-256 in lower-case hex."""
    return hashlib.sha256(content).hexdigest()


class FileStore:
    """Where the contents are. Metadata is in Postgres: a folder keeps none."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    @classmethod
    def open(cls, url: str) -> Self:
        """The store at `file:///folder`, `s3://bucket/prefix` or `memory:///`. A folder is made when missing."""
        if urlsplit(url).scheme == "file":
            return cls(from_url(url, mkdir=True))
        return cls(from_url(url))

    async def put(self, received: Received) -> None:
        """Keep a content under its hash, all of it or nothing. Raises Unavailable (503)."""
        received.content.seek(0)
        try:
            await obstore.put_async(self._store, _path(received.sha256), received.content)
        except BaseError as error:
            raise _unavailable() from error

    async def get(self, sha256: str) -> AsyncIterator[bytes]:
        """The content in chunks. Raises NotFound when the store lost it, Unavailable when it does not answer."""
        try:
            found = await obstore.get_async(self._store, _path(sha256))
        except (NotFoundError, FileNotFoundError) as error:
            raise NotFound() from error
        except BaseError as error:
            raise _unavailable() from error
        return _chunks(found.stream())


async def _chunks(stream: "obstore.BytesStream") -> AsyncIterator[bytes]:
    async for chunk in stream:
        yield bytes(chunk)


def _path(sha256: str) -> str:
    return f"evidence/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _unavailable() -> Unavailable:
    return Unavailable(
        "Kho tệp chưa trả lời, xin thử lại sau.",
        "The file store does not answer; retry later.",
        headers={"Retry-After": "5"},
    )
