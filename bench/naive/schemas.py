"""What the naive twin answers: the same fields as the product, filled from ORM rows."""

from datetime import date
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

T = TypeVar("T")


class PassportProducer(BaseModel):
    """Who makes it."""

    name: str
    commune: str
    district: str | None
    province: str


class PassportStar(BaseModel):
    """One recognition."""

    product_code: str
    star: int
    decision_number: str
    decided_on: date
    decided_by: str
    valid_from: date
    valid_to: date
    ended_on: date | None
    ended_reason: str | None
    ended_words: str | None
    ended_decision: str | None
    kept_to: date | None


class Passport(BaseModel):
    """The passport."""

    product_code: str
    product_name: str
    producer: PassportProducer
    star: int | None
    status: str
    valid_from: date | None
    valid_to: date | None
    kept_to: date | None
    ended_on: date | None
    ended_words: str | None
    ended_decision: str | None
    stamps_valid: bool
    decision_number: str | None
    decided_by: str | None
    decided_on: date | None
    traceable: bool
    on: date
    mark_allowed: bool
    demonstration: bool
    history: list[PassportStar]


class Baseline(BaseModel):
    """Before OCOP."""

    revenue: int
    profit: int
    measured_on: date


class LiveCertificate(BaseModel):
    """The certificate of today."""

    id: UUID
    product_code: str
    star: int
    issued_on: date
    valid_to: date
    decision_number: str
    traceable: bool


class ProductRead(BaseModel):
    """A product."""

    id: UUID
    producer_id: UUID
    producer_name: str
    producer_kind: str
    name: str
    description: str | None
    taxonomy: str
    group_path: str
    set_no: int
    commune_code: str
    commune_name: str
    district_code: str | None
    district_name: str | None
    province_code: str
    province_name: str
    registered_on: date
    demonstration: bool
    years: list[int]
    baseline: Baseline | None
    star: int | None
    certificate: LiveCertificate | None
    version: int


class ProductItem(BaseModel):
    """A product in a list."""

    id: UUID
    name: str
    producer_id: UUID
    producer_name: str
    group_path: str
    set_no: int
    commune_code: str
    commune_name: str
    district_code: str | None
    district_name: str | None
    province_code: str
    star: int | None
    product_code: str | None
    valid_to: date | None
    demonstration: bool
    version: int


class Page(BaseModel, Generic[T]):
    """A page with the total."""

    items: list[T]
    total: int
