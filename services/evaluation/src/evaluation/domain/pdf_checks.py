"""PDF (ISO 32000): whole, open to be looked at, nothing in it that runs, opens programs or carries other files.

Names are looked for in the whole file, inside and outside of streams (a cross-reference may point anywhere), with the
`#xx` spelling undone, and in the unpacked object streams. Pages are not interpreted.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from evaluation.domain.file_refusals import EICAR, MOST_INFLATED, cut_off, refused, two_kinds

RUNS = re.compile(rb"/(JavaScript|Launch|Rendition|RichMedia|ImportData|SubmitForm|XFA)(?![A-Za-z0-9])")
CARRIES = re.compile(rb"/(EmbeddedFiles?|FileAttachment|GoToE)(?![A-Za-z0-9])")
LOCKED = re.compile(rb"/Encrypt(?![A-Za-z0-9])")
SPELLED = re.compile(rb"/(?:[A-Za-z]|#[0-9A-Fa-f]{2}){3,40}")
STREAM = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
OBJECT_STREAM = re.compile(rb"/ObjStm(?![A-Za-z0-9])|/First\s+\d")
PAGE = re.compile(rb"<(script|html|iframe|!doctype|\?php)", re.IGNORECASE)
WINDOW, OVERLAP = 1 << 18, 64
"""Patterns are run over windows: a search holds the interpreter, and a server has other requests to answer."""
DICTIONARY = 4_096
MOST_STREAM = 20_000_000


def check_pdf(content: BinaryIO) -> None:
    """Raise FileRefused unless this is a whole PDF with nothing in it but pages."""
    content.seek(0)
    whole = content.read()
    end = whole.rfind(b"%%EOF")
    if end < 0 or end < len(whole) - 2048:
        raise cut_off("PDF")
    if zipfile.is_zipfile(content) or PAGE.search(whole, 0, 1024) or PAGE.search(whole, end):
        raise two_kinds()
    if EICAR in whole:
        raise refused("Tệp mang mẫu vi-rút", "The file carries the pattern of a virus")
    for window in _windows(whole):
        _refuse_names(window)
    for unpacked in _object_streams(whole):
        _refuse_names(unpacked)


def _windows(whole: bytes) -> Iterator[bytes]:
    for at in range(0, len(whole), WINDOW):
        yield whole[at : at + WINDOW + OVERLAP]


def _refuse_names(data: bytes) -> None:
    plain = SPELLED.sub(_unspelled, data) if b"#" in data else data
    if RUNS.search(plain):
        raise refused("Tệp PDF chứa mã chạy", "The PDF contains code that runs")
    if CARRIES.search(plain):
        raise refused("Tệp PDF đính kèm tệp khác", "The PDF carries other files")
    if LOCKED.search(plain):
        raise refused(
            "Tệp PDF đặt mật khẩu hoặc khoá quyền, không kiểm tra được; hãy in lại ra PDF không khoá",
            "The PDF is protected and cannot be examined; print it to an unprotected PDF",
        )


def _unspelled(name: re.Match[bytes]) -> bytes:
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes([int(code[1], 16)]), name[0])


def _object_streams(whole: bytes) -> Iterator[bytes]:
    """The unpacked streams that hold objects. Raises FileRefused for one packed in a way we do not read."""
    left = MOST_INFLATED
    for found in STREAM.finditer(whole):
        earliest = max(found.start() - DICTIONARY, 0)
        start = max(whole.rfind(b"obj", earliest, found.start()), earliest)
        about = SPELLED.sub(_unspelled, whole[start : found.start()])
        if not OBJECT_STREAM.search(about):
            continue
        if b"/Filter" not in about:
            continue  # not packed: looked at with the rest
        if b"/FlateDecode" not in about or re.search(rb"/(LZW|ASCII|RunLength|Predictor)", about):
            raise refused("Tệp PDF nén theo cách không kiểm tra được", "The PDF is packed in a way we cannot examine")
        try:
            unpacked = zlib.decompressobj().decompress(whole[found.end() : found.end() + MOST_STREAM], MOST_STREAM + 1)
        except zlib.error as error:
            raise cut_off("PDF") from error
        left -= len(unpacked)
        if len(unpacked) > MOST_STREAM or left < 0:
            raise refused("Tệp PDF giải nén ra quá lớn", "The PDF unpacks to too much")
        yield unpacked
