"""Evidence in an object store (a folder, S3, or memory in tests), under the SHA-256 of its content.

What is on its way in lies beside it: the parts of an upload under `uploads/<upload>/`.
"""

import contextlib
import hashlib
import tempfile
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import BinaryIO, Self, cast
from urllib.parse import urlsplit
from uuid import UUID

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import ObjectStore, S3Store, from_url

from shared.errors import NotFound, TooLarge, Unavailable

IN_MEMORY = 256_000
CHUNK = 1 << 18
"""Bytes that are read from the store at a time: many readers at once must not fill the memory."""
INERT = {"Content-Type": "application/octet-stream", "Content-Disposition": "attachment"}
"""How S3 serves a content by a signed link, whatever it is."""

Part = tuple[int, UUID]
"""Where a part of an upload begins, and the lease that wrote it."""


@dataclass(slots=True)
class Received:
    """A body that arrived: kept in memory while small, then in an unnamed file on disk."""

    content: BinaryIO
    sha256: str
    size: int
    crc32: int

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.content.close()


async def receive(chunks: AsyncIterator[bytes], most: int) -> Received:
    """Take in a body of at most `most` bytes, hashing as it comes. Raises TooLarge (413)."""
    content = cast(BinaryIO, tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115  # Received closes it
    digest, size, crc32 = hashlib.sha256(), 0, 0
    try:
        async for chunk in chunks:
            size += len(chunk)
            if size > most:
                raise TooLarge(f"Tệp lớn hơn {most // 1_000_000} MB.", f"The file is larger than {most} bytes.")
            digest.update(chunk)
            crc32 = zlib.crc32(chunk, crc32)
            content.write(chunk)
    except BaseException:
        content.close()
        raise
    content.seek(0)
    return Received(content, digest.hexdigest(), size, crc32)


def in_hand(content: bytes) -> Received:
    """A content that is in memory already, as if it had arrived."""
    return Received(BytesIO(content), hashlib.sha256(content).hexdigest(), len(content), zlib.crc32(content))


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

    @property
    def signs(self) -> bool:
        """Whether the store can sign links to its own address."""
        return isinstance(self._store, S3Store)

    async def put(self, received: Received) -> None:
        """Keep a content under its hash, all of it or nothing. Raises Unavailable (503)."""
        received.content.seek(0)
        try:
            await obstore.put_async(
                self._store,
                _path(received.sha256),
                received.content,
                attributes=INERT if self.signs else None,  # a folder keeps none
            )
        except BaseError as error:
            raise _unavailable() from error

    async def get(self, sha256: str) -> AsyncIterator[bytes]:
        """The content in chunks. Raises NotFound when the store lost it, Unavailable when it does not answer."""
        return await self._read(_path(sha256))

    async def stored_at(self, sha256: str) -> datetime | None:
        """When the content was last put; None when it is not there. Raises Unavailable."""
        try:
            return (await obstore.head_async(self._store, _path(sha256)))["last_modified"]
        except (NotFoundError, FileNotFoundError):
            return None
        except BaseError as error:
            raise _unavailable() from error

    async def drop(self, sha256: str) -> None:
        """Remove a content; one that is gone already is no error. Raises Unavailable."""
        await self._delete([_path(sha256)])

    async def sign(self, sha256: str, lifetime: timedelta) -> str:
        """A link that gives the content to whoever has it, for a while; only where the store `signs`."""
        assert isinstance(self._store, S3Store)
        return await obstore.sign_async(self._store, "GET", _path(sha256), lifetime)

    async def put_part(self, upload_id: UUID, part: Part, content: bytes) -> None:
        """Keep bytes of an upload. Raises Unavailable."""
        try:
            await obstore.put_async(self._store, _part_path(upload_id, part), content)
        except BaseError as error:
            raise _unavailable() from error

    async def read_parts(self, upload_id: UUID, parts: Sequence[Part]) -> AsyncIterator[bytes]:
        """The bytes of an upload in order. Raises NotFound when a part is lost, Unavailable."""
        for part in parts:
            async for chunk in await self._read(_part_path(upload_id, part)):
                yield chunk

    async def drop_parts(self, upload_id: UUID) -> None:
        """Remove everything of an upload, parts that nobody recorded too. Raises Unavailable."""
        try:
            listed = [
                item["path"]
                async for batch in obstore.list(self._store, prefix=f"uploads/{upload_id}")
                for item in batch
            ]
        except BaseError as error:
            raise _unavailable() from error
        await self._delete(listed)

    async def _read(self, path: str) -> AsyncIterator[bytes]:
        try:
            found = await obstore.get_async(self._store, path)
        except (NotFoundError, FileNotFoundError) as error:
            raise NotFound() from error
        except BaseError as error:
            raise _unavailable() from error
        return _chunks(found.stream(min_chunk_size=CHUNK))

    async def _delete(self, paths: Sequence[str]) -> None:
        try:
            for path in paths:
                with contextlib.suppress(NotFoundError, FileNotFoundError):
                    await obstore.delete_async(self._store, path)
        except BaseError as error:
            raise _unavailable() from error


async def _chunks(stream: "obstore.BytesStream") -> AsyncIterator[bytes]:
    async for chunk in stream:
        yield bytes(chunk)


def _path(sha256: str) -> str:
    return f"evidence/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _part_path(upload_id: UUID, part: Part) -> str:
    return f"uploads/{upload_id}/{part[0]:012d}-{part[1].hex}"


def _unavailable() -> Unavailable:
    return Unavailable(
        "Kho tệp chưa trả lời, xin thử lại sau.",
        "The file store does not answer; retry later.",
        headers={"Retry-After": "5"},
    )
