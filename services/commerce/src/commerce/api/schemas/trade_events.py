"""Trade events over HTTP."""

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field

from commerce.api.schemas.base import Day, Dong, Line, Name, Prose, Read, UnitCode
from shared.contracts.base import Wire
from shared.contracts.commerce import TradeEventKind


class TradeEventDraft(Wire):
    """A new event. `province_code` may be left out by who serves one province."""

    kind: TradeEventKind
    name: Name
    place: Line
    starts_on: Day
    ends_on: Day
    province_code: UnitCode | None = None


class ParticipationDraft(Wire):
    """A product to take part."""

    product_id: UUID


class ResultDraft(Wire):
    """What came of the event: đồng sold, contracts signed, and a summary."""

    sales: Dong
    contracts: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] | None = None
    summary: Prose


class Result(Read):
    """The booked result. `sales` is shown to the province's officials: with few exhibitors it tells one's money."""

    held_on: date
    sales: int | None
    contracts: int | None
    summary: str


class Participation(Read):
    """A product that takes part, with the star it had then."""

    product_id: UUID
    producer_id: UUID
    product_code: str
    product_name: str
    star: int


class TradeEventItem(Read):
    """An event in a list."""

    id: UUID
    kind: TradeEventKind
    name: str
    place: str
    province_code: str
    starts_on: date
    ends_on: date
    state: Literal["announced", "held"]
    exhibitors: int
    result: Result | None
    version: int

    @classmethod
    def of(cls, row: Any, *, sales_shown: bool) -> Self:
        """From a row of the repository."""
        fields = dict(row._mapping)
        sales, contracts, summary = (fields.pop(name) for name in ("sales", "contracts", "summary"))
        result = None
        if summary is not None:
            result = Result(
                held_on=row.ends_on, sales=sales if sales_shown else None, contracts=contracts, summary=summary
            )
        return cls(**fields, state="held" if result else "announced", result=result)


class TradeEventRead(TradeEventItem):
    """An event with the products that take part."""

    participations: list[Participation]
