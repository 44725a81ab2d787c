"""Names of files: those that senders give, and those that we give in archives."""

import re
import unicodedata

from evaluation.domain.file_refusals import refused
from evaluation.domain.office_checks import PROGRAMS

ENDS = {
    "pdf": (".pdf",),
    "png": (".png",),
    "jpeg": (".jpg", ".jpeg", ".jfif"),
    "webp": (".webp",),
    "docx": (".docx",),
    "xlsx": (".xlsx",),
}
EXTENSION = re.compile(r"\.[a-z0-9]{1,5}$")
HIDDEN = re.compile(r"[\u202a-\u202e\u2066-\u2069\x00-\x1f/\\]")
MOST = 60


def refuse_misleading(name: str | None, kind: str) -> None:
    """Raise FileRefused for a name whose end says another kind, hides a program's, or hides its end or a path."""
    if name is None:
        return
    lowered = name.lower().strip()
    ends = {f".{step}" for step in lowered.split(".")[1:]}
    extension = EXTENSION.search(lowered)
    if HIDDEN.search(name) or ends & set(PROGRAMS) or (extension and not lowered.endswith(ENDS[kind])):
        raise refused(
            f"Tên tệp “{name[:100]}” không hợp với nội dung {kind.upper()}",
            f"The file name “{name[:100]}” does not fit its content, {kind.upper()}",
        )


def folded(name: str, most: int = MOST) -> str:
    """A name of ASCII letters, digits and hyphens that every system takes; "tep" when nothing of it is left."""
    plain = name.replace("đ", "d").replace("Đ", "D")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:most].strip("-") or "tep"
