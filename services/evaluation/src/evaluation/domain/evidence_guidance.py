"""Which paper usually proves which criterion: guidance of Form 02, and what other law makes hard."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from evaluation.data import read_documents
from evaluation.domain.sheets import Criterion, Sheet


class Weight(StrEnum):
    """Whether points claimed without the paper block filing, or are only pointed out."""

    GUIDANCE = "guidance"
    HARD = "hard"


@dataclass(frozen=True, slots=True)
class Paper:
    """A kind of paper. `criteria` are titles of criteria in lower case.

    `where_disqualified_by`: applies only to sheets whose knock-out line holds these words.
    """

    code: str
    vi: str
    en: str
    weight: Weight
    criteria: frozenset[str]
    where_disqualified_by: str | None
    ref: str | None

    def serves(self, sheet: Sheet, criterion: Criterion) -> bool:
        """Whether this paper is the usual proof of the criterion of this sheet."""
        if criterion.title_vi.strip().casefold() not in self.criteria:
            return False
        needle = self.where_disqualified_by
        return needle is None or any(needle in line for line in sheet.disqualify_vi)


@cache
def papers() -> tuple[Paper, ...]:
    """Every paper the shipped guidance names."""
    return tuple(
        Paper(
            code=entry["code"],
            vi=entry["vi"],
            en=entry["en"],
            weight=Weight(entry["weight"]),
            criteria=frozenset(title.casefold() for title in entry["criteria"]),
            where_disqualified_by=entry.get("where_disqualified_by"),
            ref=entry.get("ref"),
        )
        for _, document in read_documents("evidence")
        for entry in document["papers"]
    )
