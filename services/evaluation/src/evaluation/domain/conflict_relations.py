"""Relations of a council member to a producer that are a conflict of interest, as data (data/conflicts)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from evaluation.data import read_documents
from shared.errors import Fault, Invalid, Text


class Covers(StrEnum):
    """How far a relation reaches: every dossier of the producer, or the one dossier."""

    PRODUCER = "producer"
    DOSSIER = "dossier"


@dataclass(frozen=True, slots=True)
class Relation:
    """One kind of relation. `source` says where the list comes from."""

    code: str
    name: Text
    covers: Covers
    source: str


@cache
def relations() -> Mapping[str, Relation]:
    """Every relation by code, in the order of the list."""
    return {
        entry["code"]: Relation(
            entry["code"], Text(entry["vi"], entry["en"]), Covers(entry["covers"]), document["source"]
        )
        for _, document in read_documents("conflicts")
        for entry in document["relations"]
    }


def relation_of(code: str) -> Relation:
    """The relation of a code. Raises Invalid naming the codes there are."""
    found = relations().get(code)
    if found is None:
        known = ", ".join(relations())
        text = Text(f"chỉ có các quan hệ: {known}", f"the relations are: {known}")
        raise Invalid(faults=[Fault("relation", "unknown_relation", text)])
    return found


def codes_that_cover_the_producer() -> list[str]:
    """Relations that hold for every dossier of the producer."""
    return [relation.code for relation in relations().values() if relation.covers is Covers.PRODUCER]
