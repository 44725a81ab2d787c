"""A zip archive as a stream: sizes and sums are known before, so its length is told first and memory stays flat.

Files are stored, not packed: papers are PDFs and pictures. ZIP64 (APPNOTE 4.3.9) where the archive passes 4 GB. Every
entry has the same date: the same files give the same bytes.
"""

import struct
import zlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from evaluation.integrations.files import FileStore

NO_DATE = (1 << 5) | 1
"""1 January 1980, the first day a zip knows."""
LIMIT = 0xFFFFFFFF
WIDE_FROM = LIMIT
"""Offsets from here on are written in eight bytes; `LIMIT` in the old field says so."""
MOST_COUNTED = 0xFFFF
LOCAL, CENTRAL = struct.Struct("<4s5H3L2H"), struct.Struct("<4s6H3L5H2L")
END, END64, LOCATOR = struct.Struct("<4s4H2LH"), struct.Struct("<4sQ2H2L4Q"), struct.Struct("<4sLQL")
WIDE_OFFSET = struct.Struct("<2HQ")
PLAIN, WIDE = 20, 45


@dataclass(frozen=True, slots=True)
class ZipFileEntry:
    """A file of the archive: in hand (`content`), or in the store under `sha256`. `name` is ASCII, under 4 GB."""

    name: str
    size: int
    crc32: int
    content: bytes | None = None
    sha256: str = ""

    @classmethod
    def in_hand(cls, name: str, content: bytes) -> "ZipFileEntry":
        """A file that is in memory."""
        return cls(name, len(content), zlib.crc32(content), content)


async def crc32_of(store: FileStore, sha256: str) -> int:
    """The sum of a stored content, read once. Raises NotFound, Unavailable."""
    crc32 = 0
    async for chunk in await store.get(sha256):
        crc32 = zlib.crc32(chunk, crc32)
    return crc32


def archive_length(entries: Sequence[ZipFileEntry]) -> int:
    """Bytes of the whole archive."""
    before = sum(LOCAL.size + len(entry.name) + entry.size for entry in entries)
    return before + len(_directory(entries))


async def archive_chunks(store: FileStore, entries: Sequence[ZipFileEntry]) -> AsyncIterator[bytes]:
    """The archive. Raises when a content is not what was noted of it: the download breaks off, never ends wrong."""
    for entry in entries:
        yield _local(entry)
        if entry.content is not None:
            yield entry.content
            continue
        size, crc32 = 0, 0
        async for chunk in await store.get(entry.sha256):
            size, crc32 = size + len(chunk), zlib.crc32(chunk, crc32)
            yield chunk
        if (size, crc32) != (entry.size, entry.crc32):
            raise OSError(f"content {entry.sha256} is not what was stored")
    yield _directory(entries)


def _local(entry: ZipFileEntry) -> bytes:
    name = entry.name.encode("ascii")
    head = (b"PK\x03\x04", PLAIN, 0, 0, 0, NO_DATE, entry.crc32, entry.size, entry.size, len(name), 0)
    return LOCAL.pack(*head) + name


def _directory(entries: Sequence[ZipFileEntry]) -> bytes:
    """The central directory and what ends the archive."""
    at, made = 0, bytearray()
    for entry in entries:
        name = entry.name.encode("ascii")
        wide = WIDE_OFFSET.pack(1, 8, at) if at >= WIDE_FROM else b""
        version = WIDE if wide else PLAIN
        sizes = (entry.crc32, entry.size, entry.size, len(name), len(wide))
        made += CENTRAL.pack(
            b"PK\x01\x02", version, version, 0, 0, 0, NO_DATE, *sizes, 0, 0, 0, 0, LIMIT if wide else at
        )
        made += name + wide
        at += LOCAL.size + len(name) + entry.size
    count, size = len(entries), len(made)
    if at >= WIDE_FROM or count >= MOST_COUNTED:
        made += END64.pack(b"PK\x06\x06", END64.size - 12, WIDE, WIDE, 0, 0, count, count, size, at)
        made += LOCATOR.pack(b"PK\x06\x07", 0, at + size, 1)
    told = min(count, MOST_COUNTED)
    made += END.pack(b"PK\x05\x06", 0, 0, told, told, size, LIMIT if at >= WIDE_FROM else at, 0)
    return bytes(made)
