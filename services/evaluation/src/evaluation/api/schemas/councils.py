"""Councils on the wire."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from evaluation.persistence.tables.councils import CouncilRow
from shared.contracts.base import Wire
from shared.contracts.roles import Level


class CouncilMemberDraft(Wire):
    """A person of the council, with the body he comes from."""

    person_id: UUID
    name: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=300)


class CouncilDraft(Wire):
    """A council as the decision that sets it up names it. The chair is one of the members."""

    level: Level
    unit_code: str = Field(min_length=1, max_length=10, examples=["49"])
    year: int = Field(ge=2018, le=2100)
    decision_number: str = Field(min_length=1, max_length=100, examples=["77/QĐ-UBND"])
    charter: str = Field(min_length=1, max_length=100, examples=["default"])
    chair_id: UUID
    members: list[CouncilMemberDraft] = Field(min_length=1, max_length=50)


class CouncilMemberRead(BaseModel):
    """A seat; seat 1 is the chair's."""

    person_id: UUID
    seat: int
    name: str
    body: str


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

    @classmethod
    def of(cls, council: CouncilRow, members: list[dict[str, Any]]) -> "CouncilRead":
        """From the row and its members as JSON."""
        return cls(
            id=council.id,
            level=Level(council.level),
            unit_code=council.unit_code,
            year=council.year,
            decision_number=council.decision_number,
            charter=council.charter_id,
            charter_hash=council.charter_hash,
            chair_id=council.chair_id,
            members=sorted((CouncilMemberRead(**m) for m in members), key=lambda member: member.seat),
        )
