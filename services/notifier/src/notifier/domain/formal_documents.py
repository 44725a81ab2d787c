"""Formal notices: documents that an e-office signs, numbers and delivers (data/eoffice.json).

A formal notice was told once the receiver's e-office has registered it, and not before, whatever else was sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

Stage = Literal["drafted", "handed", "issued", "arrived", "rejected", "accepted", "recalled"]
RANKS: tuple[Stage, ...] = ("drafted", "handed", "issued", "arrived", "rejected", "accepted", "recalled")
"""A stage never moves back in this order, however often and in whatever order statuses come."""
NOTICE_STATES: Mapping[Stage, str] = {
    "handed": "handed",
    "issued": "handed",
    "arrived": "sent",
    "rejected": "failed",
    "accepted": "delivered",
    "recalled": "failed",
}
"""What a stage makes of the notice."""


@dataclass(frozen=True, slots=True)
class Status:
    """Something an e-office may say. `stage`: None where it changes nothing."""

    code: str
    stage: Stage | None
    name_vi: str
    name_en: str


@dataclass(frozen=True, slots=True)
class OfficeRules:
    """As the data says; times in seconds, `overdue_days` in days."""

    formal: frozenset[str]
    ask_seconds: int
    overdue_days: int
    statuses: Mapping[str, Status]


@dataclass(frozen=True, slots=True)
class Said:
    """What an e-office or a person said of a document, at an instant of theirs. None where nothing was said."""

    code: str
    at: datetime
    eoffice_document: str | None = None
    number: str | None = None
    issued_on: date | None = None
    signer: str | None = None
    signed_text: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """A document as it lies with us. `handed`: the e-office has it already, by another notice of the same thing."""

    id: UUID
    handed: bool
    eoffice_document: str | None = None


def read_office_rules(document: Mapping[str, Any]) -> OfficeRules:
    """The rules of a document. Raises KeyError or ValueError when it is not one."""
    if document["schema"] != "ocop-eoffice/1":
        raise ValueError(f"not an e-office document: {document['schema']}")
    statuses = {e["code"]: Status(e["code"], e["stage"], e["vi"], e["en"]) for e in document["statuses"]}
    if unknown := {one.stage for one in statuses.values() if one.stage} - set(RANKS):
        raise ValueError(f"no such stage: {sorted(unknown)}")
    return OfficeRules(frozenset(document["formal"]), document["ask_seconds"], document["overdue_days"], statuses)


def later(now: Stage, said: Stage | None) -> Stage:
    """The stage after something was said."""
    return now if said is None or RANKS.index(said) <= RANKS.index(now) else said


def same_text(draft: str, signed: str) -> bool:
    """Whether what was signed reads as the draft, but for white space and for lines whose blanks were filled in."""
    lines = [_plain(line) for line in draft.splitlines() if "…" not in line and line.strip()]
    whole = _plain(signed)
    return all(line in whole for line in lines)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()
