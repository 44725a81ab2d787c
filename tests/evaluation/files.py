"""Small honest files of each kind, made in code."""

import hashlib
import io
import struct
import zipfile
import zlib

from tests.evaluation.worlds import PDF

__all__ = ["DOCX", "JPEG", "PDF", "PNG", "WEBP", "XLSX", "archive", "office", "paper", "png"]


def paper(size: int, seed: bytes = b"paper") -> bytes:
    """A PDF of exactly `size` bytes that does not compress, the same for the same seed."""
    head, end = b"%PDF-1.4\n% ", b"\n%%EOF\n"
    count = size - len(head) - len(end)
    return head + hashlib.shake_256(seed).digest(count) + end


def chunk(kind: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int = 1, height: int = 1, *more: bytes) -> bytes:
    """A PNG that says it is so large, with one row of pixels."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * (1 + 3 * min(width, 1000)))
    parts = (chunk(b"IHDR", header), *more, chunk(b"IDAT", pixels), chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def segment(marker: int, data: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def jpeg(width: int = 1, height: int = 1, *more: bytes) -> bytes:
    """A JPEG in its frame: header, size, one scan with a stuffed and a restart byte."""
    frame = segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return (
        b"\xff\xd8"
        + segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
        + b"".join(more)
        + frame
        + scan
        + b"\xff\xd9"
    )


def archive(parts: dict[str, bytes]) -> bytes:
    """A zip."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    return made.getvalue()


def office(main: str, kind: str, more: dict[str, bytes] | None = None) -> bytes:
    """An office document whose main part is `main`."""
    types = f'<Types><Override PartName="/{main}" ContentType="application/vnd.openxmlformats-officedocument.{kind}"/>'
    return archive({"[Content_Types].xml": types.encode(), main: b"<x/>"} | (more or {}))


def docx(more: dict[str, bytes] | None = None) -> bytes:
    """A DOCX."""
    return office("word/document.xml", "wordprocessingml.document.main+xml", more)


PNG, JPEG, DOCX = png(), jpeg(), docx()
XLSX = office("xl/workbook.xml", "spreadsheetml.sheet.main+xml")
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00\x2f\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
