"""Absences and deputies: no circle, and no chain of deputies longer than data says (data/absence-rules.json)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any
from uuid import UUID


class Circle(Exception):
    """On some day everybody of a chain would be absent: nobody could be told."""


class Change(IntEnum):
    """What a deputy is told of an absence; kept as the step of the notice."""

    DECLARED = 0
    CANCELLED = 1


@dataclass(frozen=True, slots=True)
class AbsenceRules:
    """What an absence may be."""

    most_hops: int
    longest_days: int
    not_deputised_roles: frozenset[str]
    """Offices that are held personally: nobody stands in for them."""


@dataclass(frozen=True, slots=True)
class Absence:
    """`deputy` stands in for `person` from a day to a day, both inclusive."""

    person: UUID
    deputy: UUID
    from_on: date
    to_on: date


@dataclass(frozen=True, slots=True)
class Office:
    """An office somebody holds for the whole of a time."""

    role: str
    unit_code: str


def read_absence_rules(document: Mapping[str, Any]) -> AbsenceRules:
    """The rules of a document. Raises KeyError or ValueError when it is not one."""
    if document["schema"] != "ocop-absence-rules/1":
        raise ValueError(f"not an absence rules document: {document['schema']}")
    return AbsenceRules(document["most_hops"], document["longest_days"], frozenset(document["not_deputised_roles"]))


def share_a_unit(rules: AbsenceRules, absent: Sequence[Office], deputy: Sequence[Office]) -> bool:
    """Whether both hold an office, which is no personal one, of the same unit."""
    own = {office.unit_code for office in absent if office.role not in rules.not_deputised_roles}
    return bool(own & {office.unit_code for office in deputy if office.role not in rules.not_deputised_roles})


def longest_chain(new: Absence, known: Sequence[Absence]) -> int:
    """How many deputies in a row somebody would have on some day with `new`, through it. Raises Circle."""
    return _from_above(new, known, new.person, (new.from_on, new.to_on))


def _from_above(new: Absence, known: Sequence[Absence], person: UUID, days: tuple[date, date]) -> int:
    """The longest chain through `new` whose part above it ends at `person`, on days that all its absences share."""
    longest = 1 + _below(known, new.deputy, days, {new.person})
    for one in known:
        if one.deputy == person and (shared := _shared(one, days)):
            if one.person == new.deputy:
                raise Circle
            longest = max(longest, 1 + _from_above(new, known, one.person, shared))
    return longest


def _below(known: Sequence[Absence], person: UUID, days: tuple[date, date], passed: set[UUID]) -> int:
    longest = 0
    for one in known:
        if one.person == person and (shared := _shared(one, days)):
            if one.deputy in passed:
                raise Circle
            longest = max(longest, 1 + _below(known, one.deputy, shared, passed | {person}))
    return longest


def _shared(one: Absence, days: tuple[date, date]) -> tuple[date, date] | None:
    begins, ends = max(one.from_on, days[0]), min(one.to_on, days[1])
    return (begins, ends) if begins <= ends else None
