"""Councils on the wire."""

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import Row

from evaluation.domain.council_posts import ADVISER, HEAD, INVITED, SECRETARY, Person
from evaluation.persistence.tables.council_staff import CouncilChangeRow
from evaluation.persistence.tables.councils import CouncilRow
from shared.contracts.base import Wire
from shared.contracts.roles import Level

BodyCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{2,60}$")]


class CouncilMemberDraft(Wire):
    """A person of the council, with the body he comes from."""

    person_id: UUID
    name: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=300)


class SeatedDraft(CouncilMemberDraft):
    """A member with a vote; an expert has one only where the charter gives it."""

    post: Literal["vice_chair", "member", "expert"] = "member"
    body_code: BodyCode | None = None


class StaffDraft(CouncilMemberDraft):
    """Somebody who works with the council without a vote."""

    body_code: BodyCode | None = None


class AdviserDraft(StaffDraft):
    """A member of the advisory team; exactly one is its head."""

    is_head: bool = False


class CouncilDraft(Wire):
    """A council as the decision that sets it up names it. The chair is one of the members."""

    level: Level
    unit_code: str = Field(min_length=1, max_length=10, examples=["49"])
    year: int = Field(ge=2018, le=2100)
    decision_number: str = Field(min_length=1, max_length=100, examples=["77/QĐ-UBND"])
    charter: str | None = Field(None, min_length=1, max_length=100, examples=["default"])
    """None: the unit's own charter in force, else the default one."""
    chair_id: UUID
    decided_on: date | None = None
    members: list[SeatedDraft] = Field(min_length=1, max_length=50)
    secretary: StaffDraft | None = None
    advisory_team: list[AdviserDraft] = Field(default_factory=list, max_length=50)
    invited_experts: list[StaffDraft] = Field(default_factory=list, max_length=50)

    def posts(self) -> dict[UUID, Person]:
        """The members with their posts."""
        return {m.person_id: Person(m.person_id, m.post, m.name, m.body, m.body_code) for m in self.members}

    def staff(self) -> list[Person]:
        """Who has no vote: secretary, advisory team, invited experts."""
        named = [] if self.secretary is None else [(self.secretary, SECRETARY)]
        named += [(adviser, HEAD if adviser.is_head else ADVISER) for adviser in self.advisory_team]
        named += [(expert, INVITED) for expert in self.invited_experts]
        return [Person(p.person_id, post, p.name, p.body, p.body_code) for p, post in named]


class ReplacementDraft(Wire):
    """A later decision by which one person takes the place of a member."""

    leaves: UUID
    joins: SeatedDraft
    decision_number: str = Field(min_length=1, max_length=100)
    decided_on: date


class CouncilMemberRead(BaseModel):
    """A seat; seat 1 is the chair's."""

    person_id: UUID
    seat: int
    name: str
    body: str
    post: Literal["chair", "vice_chair", "member", "expert"]
    body_code: str | None


class CouncilStaffRead(BaseModel):
    """Somebody who works with the council without a vote."""

    person_id: UUID
    post: Literal["secretary", "advisory_head", "advisory_member", "invited_expert"]
    name: str
    body: str
    body_code: str | None


class CouncilChangeRead(BaseModel):
    """One replacement."""

    left_seat: int
    left_id: UUID
    left_name: str
    left_body: str
    joined_seat: int
    joined_id: UUID
    joined_name: str
    joined_body: str
    decision_number: str
    decided_on: date

    @classmethod
    def of(cls, row: CouncilChangeRow) -> "CouncilChangeRead":
        """From the row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class CouncilRead(BaseModel):
    """A council and the version of the charter it works by."""

    id: UUID
    level: Level
    unit_code: str
    year: int
    decision_number: str
    charter: str
    charter_hash: str
    chair_id: UUID
    members: list[CouncilMemberRead]
    decided_on: date | None
    staff: list[CouncilStaffRead]

    @classmethod
    def of(cls, row: Row[Any]) -> "CouncilRead":
        """From (council, members, staff), the latter two as JSON."""
        council: CouncilRow = row[0]
        staff = [CouncilStaffRead(**person) for person in row.staff or []]
        return cls(
            id=council.id,
            level=Level(council.level),
            unit_code=council.unit_code,
            year=council.year,
            decision_number=council.decision_number,
            charter=council.charter_id,
            charter_hash=council.charter_hash,
            chair_id=council.chair_id,
            members=sorted((CouncilMemberRead(**m) for m in row.members), key=lambda member: member.seat),
            decided_on=council.decided_on,
            staff=sorted(staff, key=lambda person: (person.post, person.name)),
        )
