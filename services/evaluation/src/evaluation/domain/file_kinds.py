"""Which files are taken as evidence: an allow-list by content, whatever the name or header says.

Papers are photographs, scans, documents and tables. What a browser or an office program could run is refused. A
PDF may hide scripts from this look in compressed parts; files are therefore always served as attachments.
"""

import re
import zipfile
from collections.abc import Mapping
from typing import BinaryIO

import filetype

from evaluation.domain.errors import FileRefused
from shared.errors import Fault, Text

MEDIA_TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""The kinds that are taken, with the media type each is served as."""

HEAD = 4096
MOST_PARTS, MOST_UNPACKED, MOST_RATIO = 2_000, 200_000_000, 200
OFFICE_MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
}
RUNS = re.compile(rb"/(JavaScript|Launch)\b")
MARKUP = re.compile(rb"^(\xef\xbb\xbf)?\s*(<\?xml|<!--|<!doctype|<html|<svg|<script|<head|<body)", re.IGNORECASE)
EXECUTABLES = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")


def find_kind(content: BinaryIO) -> str:
    """The kind of a file, a key of MEDIA_TYPES. Raises FileRefused saying what it is and what is taken instead."""
    content.seek(0)
    head = content.read(HEAD)
    if not head:
        raise _refused("Tệp rỗng", "The file is empty")
    if head.startswith(b"%PDF-"):
        return _checked_pdf(content)
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    if head.startswith(b"PK\x03\x04"):
        return _office_kind(content)
    raise _unknown(head)


def _checked_pdf(content: BinaryIO) -> str:
    content.seek(0)
    whole = content.read()
    if b"%%EOF" not in whole[-2048:]:
        raise _refused("Tệp PDF bị cắt cụt", "The PDF is cut off")
    if RUNS.search(whole):
        raise _refused("Tệp PDF chứa mã chạy", "The PDF contains code that runs")
    return "pdf"


def _office_kind(content: BinaryIO) -> str:
    try:
        with zipfile.ZipFile(content) as archive:
            parts = archive.infolist()
            _refuse_bomb(parts)
            names = {part.filename for part in parts}
            if any(name.lower().endswith(("vbaproject.bin", ".exe", ".dll", ".js", ".vbs")) for name in names):
                raise _refused("Tài liệu chứa macro hoặc chương trình", "The document contains macros or programs")
            if "[Content_Types].xml" in names:
                types = archive.read("[Content_Types].xml")[:1_000_000].decode("utf-8", "replace")
                for kind, (main, declared) in OFFICE_MAIN.items():
                    if main in names and declared in types:
                        return kind
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise _refused("Tệp nén bị hỏng hoặc có mật khẩu", "The archive is damaged or encrypted") from error
    raise _refused("Tệp nén không phải tài liệu DOCX, XLSX", "An archive that is no DOCX or XLSX document")


def _refuse_bomb(parts: list[zipfile.ZipInfo]) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    types = next((part.file_size for part in parts if part.filename == "[Content_Types].xml"), 0)
    if (
        len(parts) > MOST_PARTS
        or unpacked > MOST_UNPACKED
        or (unpacked > 10_000_000 and unpacked / packed > MOST_RATIO)
        or types > 1_000_000
    ):
        raise _refused("Tệp nén giải ra quá lớn", "The archive unpacks to too much")


def _unknown(head: bytes) -> FileRefused:
    if head.startswith(EXECUTABLES):
        return _refused("Tệp chương trình", "A program")
    if MARKUP.match(head):
        if re.search(rb"<svg", head, re.IGNORECASE):
            return _refused("Ảnh SVG có thể chứa mã chạy", "An SVG can contain code that runs")
        return _refused("Trang HTML hoặc XML có thể chứa mã chạy", "HTML or XML can contain code that runs")
    guessed = filetype.guess(head)
    if guessed is not None:
        return _refused(f"Tệp loại {guessed.mime}", f"A file of kind {guessed.mime}")
    return _refused("Không nhận ra loại tệp", "The kind of the file is not recognised")


def _refused(vi: str, en: str) -> FileRefused:
    taken = ", ".join(kind.upper() for kind in MEDIA_TYPES)
    text = Text(f"{vi}; chỉ nhận {taken}.", f"{en}; taken are {taken}.")
    return FileRefused(text.vi, text.en, faults=[Fault("body", "file_kind", text)], taken=list(MEDIA_TYPES))
