"""Outlets over HTTP."""

from datetime import date
from typing import Literal
from uuid import UUID

from commerce.api.schemas.base import Day, Line, Name, Prose, Read, UnitCode
from shared.contracts.base import Wire

OutletKind = Literal["outlet", "centre"]


class OutletDraft(Wire):
    """A new outlet. `id` may be made by the client, for offline entry; `commune_code` is that of the opening day."""

    id: UUID | None = None
    name: Name
    kind: OutletKind
    commune_code: UnitCode
    address: Line
    operator: Name
    opened_on: Day


class StockDraft(Wire):
    """A product to stock."""

    product_id: UUID


class ClosingDraft(Wire):
    """When and why an outlet closed."""

    closed_on: Day
    reason: Prose


class StockedProduct(Read):
    """A product the outlet may show as an OCOP product today."""

    product_id: UUID
    product_code: str
    product_name: str
    star: int


class OutletItem(Read):
    """An outlet in a list. `unit_code` is the unit whose duty it counts for."""

    id: UUID
    kind: OutletKind
    name: str
    commune_code: str
    commune_name: str
    address: str
    operator: str
    unit_code: str
    province_code: str
    opened_on: date
    closed_on: date | None
    product_codes: list[str]
    version: int


class OutletRead(Read):
    """An outlet with the products it may show today; none when it is closed."""

    id: UUID
    kind: OutletKind
    name: str
    commune_code: str
    commune_name: str
    address: str
    operator: str
    unit_code: str
    province_code: str
    opened_on: date
    closed_on: date | None
    products: list[StockedProduct]
    version: int


class ClosingRead(Read):
    """Why an outlet closed: for officials only, as people write names into reasons."""

    id: UUID
    name: str
    unit_code: str
    closed_on: date
    closing_reason: str
