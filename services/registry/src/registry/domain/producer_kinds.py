"""Who may take part (chủ thể OCOP), by ruleset: 26/2026 Art. 2.3 and its predecessors. Large enterprises may not."""

from dataclasses import dataclass
from datetime import date
from functools import cache

from registry.data import read_document


@dataclass(frozen=True, slots=True)
class ProducerKind:
    """A kind of producer. `sectors` limits it to sectors of products (tourism's own kinds); None: any."""

    code: str
    vi: str
    en: str
    registration_number_required: bool
    sectors: tuple[str, ...] | None

    def may_make(self, sector: str) -> bool:
        """Whether such a producer may register products of `sector` ("VI")."""
        return self.sectors is None or sector in self.sectors


@dataclass(frozen=True, slots=True)
class KindList:
    """The kinds of one ruleset, in force from a day until the next list begins."""

    ruleset: str
    valid_from: date
    legal_ref: str
    kinds: tuple[ProducerKind, ...]

    def get(self, code: str) -> ProducerKind | None:
        """The kind with this code, if the list has it."""
        return next((kind for kind in self.kinds if kind.code == code), None)


@cache
def kind_lists() -> tuple[KindList, ...]:
    """Every list, the oldest first."""
    lists = [
        KindList(
            row["ruleset"],
            date.fromisoformat(row["valid_from"]),
            row["legal_ref"],
            tuple(
                ProducerKind(
                    kind["code"],
                    kind["vi"],
                    kind["en"],
                    kind["registration_number_required"],
                    tuple(kind["sectors"]) if kind["sectors"] else None,
                )
                for kind in row["kinds"]
            ),
        )
        for row in read_document("producer-kinds.json")["rulesets"]
    ]
    return tuple(sorted(lists, key=lambda row: row.valid_from))


def kinds_on(day: date) -> KindList:
    """The list in force on `day`; the first one for days before it."""
    begun = [row for row in kind_lists() if row.valid_from <= day]
    return begun[-1] if begun else kind_lists()[0]
