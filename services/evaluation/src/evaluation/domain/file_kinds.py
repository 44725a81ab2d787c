"""Which files are taken as evidence: an allow-list by content, whatever the name or header says.

Papers are photographs, scans, documents and tables. What is cut off, what a browser or an office program could run,
and what another program would take for something else is refused (reliability promise "uploads are inert"). This is
no virus scanner; files are therefore always served as attachments.
"""

import re
from typing import BinaryIO

import filetype

from evaluation.domain.errors import FileRefused
from evaluation.domain.file_names import refuse_misleading
from evaluation.domain.file_refusals import EICAR, MEDIA_TYPES, refused
from evaluation.domain.image_checks import check_jpeg, check_png, check_webp
from evaluation.domain.office_checks import office_kind
from evaluation.domain.pdf_checks import check_pdf

__all__ = ["MEDIA_TYPES", "find_kind"]

HEAD = 4096
MARKUP = re.compile(rb"^(\xef\xbb\xbf)?\s*(<\?xml|<!--|<!doctype|<html|<svg|<script|<head|<body)", re.IGNORECASE)
EXECUTABLES = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"#!")
PICTURES = {"png": check_png, "jpeg": check_jpeg, "webp": check_webp}


def find_kind(content: BinaryIO, name: str | None = None) -> str:
    """The kind of a file, a key of MEDIA_TYPES. Raises FileRefused saying what it is and what is taken instead.

    `name` is what the sender calls it: a name that would make a system treat it as another kind is refused too.
    """
    content.seek(0)
    head = content.read(HEAD)
    if not head:
        raise refused("Tệp rỗng", "The file is empty")
    kind = _signature(head)
    if kind is None:
        raise _unknown(head)
    if kind == "pdf":
        check_pdf(content)
    elif kind == "office":
        kind = office_kind(content)
    else:
        content.seek(0)
        PICTURES[kind](content.read())
    refuse_misleading(name, kind)
    return kind


def _signature(head: bytes) -> str | None:
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "webp"
    return "office" if head.startswith(b"PK\x03\x04") else None


def _unknown(head: bytes) -> FileRefused:
    if EICAR in head:
        return refused("Tệp mang mẫu vi-rút", "The file carries the pattern of a virus")
    if head.startswith(EXECUTABLES):
        return refused("Tệp chương trình", "A program")
    if MARKUP.match(head):
        if re.search(rb"<svg", head, re.IGNORECASE):
            return refused("Ảnh SVG có thể chứa mã chạy", "An SVG can contain code that runs")
        return refused("Trang HTML hoặc XML có thể chứa mã chạy", "HTML or XML can contain code that runs")
    guessed = filetype.guess(head)
    if guessed is not None:
        return refused(f"Tệp loại {guessed.mime}", f"A file of kind {guessed.mime}")
    return refused("Không nhận ra loại tệp", "The kind of the file is not recognised")
