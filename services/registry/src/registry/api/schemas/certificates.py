"""Certificates, stamps and supports over HTTP."""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from registry.api.schemas.fields import Day, Line, Note, ProductCode, Star
from shared.contracts.base import Wire

SupportKind = Literal["product_development", "packaging_label", "organisation_founded", "organisation_upgraded"]


class RecognitionDraft(Wire):
    """A recognition that was decided on paper.

    Without `product_code` the next number of the commune is given; without `valid_to` the certificate runs as long as
    the rule of the day says. `replaces` names the earlier certificate that an upgrade or renewal ended.
    """

    product_id: UUID
    star: Star
    decision_number: Line
    decided_on: Day
    issued_on: Day
    product_code: ProductCode | None = None
    valid_to: Day | None = None
    replaces: UUID | None = None


class CertificateRead(BaseModel):
    """A certificate. `valid_to` is its printed last day, `ended_on` the first day it no longer holds."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    product_id: UUID
    producer_id: UUID
    product_name: str
    star: int
    product_code: str
    decision_number: str
    decided_on: date
    decided_by: str
    year: int
    issued_on: date
    valid_to: date
    ended_on: date | None
    ended_reason: str | None
    ended_words: str | None
    ended_decision: str | None
    kept_to: date | None
    kept_for: UUID | None
    traceable: bool
    dossier_id: UUID | None
    commune_code: str
    commune_name: str
    district_code: str | None
    district_name: str | None
    province_code: str
    province_name: str
    version: int


class StampRange(Wire):
    """Traceability stamps that were printed: numbers from … to, both inclusive."""

    from_number: int = Field(ge=1, le=10**15)
    to_number: int = Field(ge=1, le=10**15)
    printed_on: Day


class SupportDraft(Wire):
    """Support given: to a product (`product_id`) or to a producer as an organisation (`producer_id`)."""

    product_id: UUID | None = None
    producer_id: UUID | None = None
    kind: SupportKind
    supported_on: Day
    note: Note | None = None


class SupportRead(BaseModel):
    """A support."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    product_id: UUID | None
    producer_id: UUID
    kind: SupportKind
    supported_on: date
    note: str | None
    commune_code: str
    district_code: str | None
    province_code: str
