"""Seats of a council, and what its charter asks of their number, presence and agreement."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from uuid import UUID

from evaluation.domain.charters import Charter, FloorTest
from evaluation.domain.choices import Choice
from evaluation.domain.council_posts import EXPERT, MEMBER, VICE_CHAIR
from evaluation.domain.rulesets import FloorEffect, Ruleset
from evaluation.domain.sheets import Sheet
from shared.errors import Fault, Text

CHAIR_SEAT = 1


@dataclass(frozen=True, slots=True)
class Seat:
    """A member's place. Seat 1 is the chair's."""

    person_id: UUID
    number: int
    post: str = MEMBER

    @property
    def is_chair(self) -> bool:
        """Whether this is the chair's seat."""
        return self.number == CHAIR_SEAT

    @property
    def label(self) -> str:
        """What a member is called in a result, which must not name him: "TV3" (thành viên 3)."""
        return f"TV{self.number}"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A dossier that too few may close: `present` of `sitting` members scored it, `needed` must have."""

    sitting: int
    present: int
    needed: int
    chair_missing: bool


def presiding(seats: Sequence[Seat], recused: Collection[UUID]) -> Seat | None:
    """Who presides over a dossier: the chair, where he stands aside a vice-chair, then the next member.

    Never an invited expert; None when all others stand aside.

    No text says who takes the chair's place for one dossier; the order is our setting.
    """
    may = [seat for seat in seats if seat.person_id not in recused and seat.post != EXPERT]
    return min(may, key=lambda seat: (not seat.is_chair, seat.post != VICE_CHAIR, seat.number), default=None)


def seat_order(chair_id: UUID, person_ids: Sequence[UUID]) -> list[UUID]:
    """The members by seat: the chair first, the others as listed."""
    return sorted(person_ids, key=lambda person_id: person_id != chair_id)


def size_faults(charter: Charter, chair_id: UUID, person_ids: Sequence[UUID]) -> list[Fault]:
    """What is wrong with a council's composition under its charter."""
    faults = []
    count = len(person_ids)
    if count < charter.min_members or (charter.max_members is not None and count > charter.max_members):
        most_vi = "" if charter.max_members is None else f", nhiều nhất {charter.max_members}"
        most_en = "" if charter.max_members is None else f", at most {charter.max_members}"
        faults.append(
            Fault(
                "members",
                "council_size",
                Text(
                    f"{charter.name_vi}: Hội đồng cần ít nhất {charter.min_members} thành viên{most_vi}",
                    f"the charter asks for at least {charter.min_members} members{most_en}",
                ),
            )
        )
    seen: set[UUID] = set()
    for index, person_id in enumerate(person_ids):
        if person_id in seen:
            one_seat = Text("mỗi người chỉ có một ghế trong Hội đồng", "a person has one seat in a council")
            faults.append(Fault(f"members[{index}].person_id", "not_unique", one_seat))
        seen.add(person_id)
    if chair_id not in seen:
        no_seat = Text("Chủ tịch Hội đồng phải là một thành viên", "the chair must be one of the members")
        faults.append(Fault("chair_id", "not_a_member", no_seat))
    return faults


def shortfall(
    charter: Charter, seats: Sequence[Seat], recused: Collection[UUID], scored: Collection[UUID]
) -> Shortfall | None:
    """Why a dossier may not be closed yet, None when it may.

    Who stands aside leaves the quorum's base; a chair who stands aside cannot be required. Somebody must have scored.
    """
    sitting = [seat for seat in seats if seat.person_id not in recused]
    present = [seat for seat in sitting if seat.person_id in scored]
    chair = next((seat for seat in sitting if seat.is_chair), None)
    chair_present = chair is None or chair in present
    if present and charter.quorum_met(len(sitting), len(present), chair_present=chair_present):
        return None
    return Shortfall(
        sitting=len(sitting),
        present=len(present),
        needed=max(1, ceil(charter.quorum * len(sitting))),
        chair_missing=charter.chair_required and not chair_present,
    )


def not_agreed(ruleset: Ruleset, sheet: Sheet, charter: Charter, agreed: Mapping[str, Choice]) -> list[str]:
    """Codes of the criteria with a star floor on which the council must still agree one option."""
    if charter.floor_test is not FloorTest.AGREED or ruleset.floor_effect is FloorEffect.NONE or sheet.recorded_only:
        return []
    return [criterion.code for criterion in sheet.floor_criteria if criterion.code not in agreed]
