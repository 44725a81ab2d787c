"""How a file is refused: what it is, and what is taken instead."""

from collections.abc import Mapping

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

MOST_INFLATED = 200_000_000
"""Bytes that what is packed in one file may unpack to."""

EICAR = b"EICAR-STANDARD-ANTIVIRUS-" + b"TEST-FILE"
"""The agreed stand-in for a virus (eicar.org); in two pieces, so that scanners leave this source alone."""


def refused(vi: str, en: str) -> FileRefused:
    """The refusal to raise. `vi` and `en` say what the file is."""
    taken = ", ".join(kind.upper() for kind in MEDIA_TYPES)
    text = Text(f"{vi}; chỉ nhận {taken}.", f"{en}; taken are {taken}.")
    return FileRefused(text.vi, text.en, faults=[Fault("body", "file_kind", text)], taken=list(MEDIA_TYPES))


def cut_off(kind: str) -> FileRefused:
    """The refusal of a file whose end is missing or whose parts do not fit together."""
    return refused(f"Tệp {kind} bị cắt cụt hoặc hỏng", f"The {kind} is cut off or damaged")


def two_kinds() -> FileRefused:
    """The refusal of a file that another program would read as something else."""
    return refused("Tệp giả dạng: bên trong có tệp loại khác", "The file is of two kinds: another one is inside")
