"""DOCX and XLSX (ISO/IEC 29500): an honest zip of honest size, with no macro, program, outside template or entity."""

import re
import zipfile
from collections.abc import Sequence
from typing import BinaryIO

from evaluation.domain.file_refusals import EICAR, MOST_INFLATED, refused, two_kinds

MOST_PARTS, MOST_RATIO = 2_000, 200
OFFICE_MAIN = {
    "docx": ("word/document.xml", "wordprocessingml.document.main+xml"),
    "xlsx": ("xl/workbook.xml", "spreadsheetml.sheet.main+xml"),
}
PROGRAMS = (
    *(".exe", ".dll", ".scr", ".com", ".msi", ".jar", ".apk", ".lnk"),
    *(".js", ".jse", ".vbs", ".vbe", ".wsf", ".hta", ".bat", ".cmd", ".ps1", ".sh", ".php", ".html", ".htm"),
)
"""Ends of names that a system would run or open in a browser."""
MACROS = re.compile(r"vbaproject|vbadata|macrosheets/|activex|oleobject|macroenabled", re.IGNORECASE)
OUTSIDE = re.compile(rb'<Relationship\b(?=[^>]*(attachedTemplate|oleObject|/frame"))(?=[^>]*TargetMode="External")')
ENTITIES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
CHUNK = 1 << 16
TYPES = "[Content_Types].xml"
SYMLINK, FILE_TYPE = 0o120000, 0o170000


def office_kind(content: BinaryIO) -> str:
    """ "docx" or "xlsx". Every part is unpacked once, in pieces, to see that it is what it says."""
    content.seek(0)
    if b"%PDF-" in content.read(1024):
        raise two_kinds()
    try:
        with zipfile.ZipFile(content) as archive:
            parts = archive.infolist()
            _refuse_bomb(parts, content.seek(0, 2))
            names = _checked_names(parts)
            kind = _declared_kind(archive, names)
            for part in parts:
                _check_part(archive, part)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise refused("Tệp nén bị hỏng hoặc có mật khẩu", "The archive is damaged or encrypted") from error
    return kind


def _declared_kind(archive: zipfile.ZipFile, names: frozenset[str]) -> str:
    if TYPES in names:
        with archive.open(TYPES) as part:
            types = part.read(1_000_000).decode("utf-8", "replace")
        if MACROS.search(types):
            raise _macros()
        for kind, (main, declared) in OFFICE_MAIN.items():
            if main in names and declared in types:
                return kind
    raise refused("Tệp nén không phải tài liệu DOCX, XLSX", "An archive that is no DOCX or XLSX document")


def _refuse_bomb(parts: Sequence[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts) or 1
    types = next((part.file_size for part in parts if part.filename == TYPES), 0)
    if (
        len(parts) > MOST_PARTS
        or unpacked > MOST_INFLATED
        or (unpacked > 10_000_000 and unpacked / packed > MOST_RATIO)
        or packed > size + 1  # parts that overlap are counted more than once
        or types > 1_000_000
    ):
        raise refused("Tệp nén giải ra quá lớn", "The archive unpacks to too much")


def _checked_names(parts: Sequence[zipfile.ZipInfo]) -> frozenset[str]:
    names = [part.orig_filename for part in parts]
    for part, name in zip(parts, names, strict=True):
        steps = name.split("/")
        if ".." in steps or name.startswith("/") or any(sign in name for sign in "\\:\x00"):
            raise refused("Tệp nén có đường dẫn ra ngoài", "The archive has a path that leads outside")
        if (part.external_attr >> 16) & FILE_TYPE == SYMLINK:
            raise refused("Tệp nén có liên kết tượng trưng", "The archive has a symbolic link")
        if MACROS.search(name) or name.lower().endswith(PROGRAMS):
            raise _macros()
    if len({name.lower() for name in names}) < len(names):
        raise refused("Tệp nén có tên trùng nhau", "The archive has the same name twice")
    return frozenset(names)


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    markup = part.filename.lower().endswith((".xml", ".rels", ".vml", ".svg"))
    before = b""
    with archive.open(part) as opened:
        while chunk := opened.read(CHUNK):
            seen = before + chunk
            if EICAR in seen:
                raise refused("Tệp mang mẫu vi-rút", "The file carries the pattern of a virus")
            if markup:
                plain = seen.replace(b"\x00", b"")  # UTF-16 too
                if ENTITIES.search(plain) or OUTSIDE.search(plain):
                    raise refused(
                        "Tài liệu tham chiếu ra bên ngoài (thực thể XML hoặc mẫu)",
                        "The document refers outside (XML entities or a template)",
                    )
                if part.filename.lower().endswith(".svg") and b"<script" in plain.lower():
                    raise _macros()
            before = seen[-2048:]


def _macros() -> Exception:
    return refused("Tài liệu chứa macro hoặc chương trình", "The document contains macros or programs")
