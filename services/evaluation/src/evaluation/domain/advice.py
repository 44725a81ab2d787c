"""What an advisory team writes down, by kind, and what files each kind may carry (26/2026 Art. 7.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from evaluation.domain.documents import Faults

PICTURES = frozenset({"png", "jpeg", "webp"})
PAPERS = PICTURES | {"pdf", "docx", "xlsx"}


class AdviceKind(StrEnum):
    """Kinds of record."""

    CHECK = "check"
    SITE_VISIT = "site_visit"
    SAMPLES = "samples"
    TEST_REQUEST = "test_request"
    TEST_RESULT = "test_result"
    REPORT = "report"


FILES: Mapping[AdviceKind, frozenset[str]] = {
    AdviceKind.SITE_VISIT: PICTURES,
    AdviceKind.TEST_RESULT: PAPERS,
    AdviceKind.SAMPLES: PICTURES,
}
"""Kinds of content a record may carry; a kind that is not named carries none."""


@dataclass(frozen=True, slots=True)
class Advice:
    """One record as it is written: `content` as plain JSON, `files` by their hashes."""

    kind: AdviceKind
    on_day: date
    content: Mapping[str, Any]
    files: tuple[str, ...] = ()
    answers: UUID | None = None


def file_faults(advice: Advice, sent: Mapping[str, str]) -> Faults:
    """Files the writer did not send, and those whose kind does not suit the record. `sent`: kind by hash."""
    faults = Faults()
    wanted = FILES.get(advice.kind, frozenset())
    for i, sha256 in enumerate(advice.files):
        if sha256 not in sent:
            faults.add(
                f"files[{i}]",
                "unknown_file",
                "chưa có tệp này: gửi tệp trước bằng PUT evidence-files/{sha256}",
                "no such file of yours: send it first with PUT evidence-files/{sha256}",
            )
        elif sent[sha256] not in wanted:
            kinds = ", ".join(sorted(wanted))
            faults.add(f"files[{i}]", "wrong_kind", f"chỉ nhận: {kinds}", f"only these kinds: {kinds}")
    return faults
