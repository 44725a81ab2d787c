"""The public passport of a product."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict


class PassportProducer(BaseModel):
    """Who makes it and where: the business, never a person or a phone number."""

    name: str
    commune: str
    district: str | None
    province: str


class PassportStar(BaseModel):
    """One recognition in the product's history. `ended_on` is the first day it no longer held."""

    product_code: str
    star: int
    decision_number: str
    decided_on: date
    decided_by: str
    valid_from: date
    valid_to: date
    ended_on: date | None
    ended_reason: Literal["expired", "revoked", "replaced"] | None
    ended_words: str | None
    ended_decision: str | None
    kept_to: date | None


class PassportRead(BaseModel):
    """Whether the product may carry the OCOP mark on `on`, and with how many stars.

    `status` is `valid`, `expired`, `revoked`, or `not_yet` before the first recognition. `star` is null unless valid.
    `kept_to`: past its printed end it is kept until its renewal is decided, at most to this day. `ended_*` say since
    when, why and by which decision it no longer holds; `stamps_valid` whether printed stamps still stand for the star.
    The other fields are those of the recognition that decides (the latest that had begun on that day).
    """

    product_code: str
    product_name: str
    producer: PassportProducer
    star: int | None
    status: Literal["valid", "expired", "revoked", "not_yet"]
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


class PassportItem(BaseModel):
    """A product that may carry the mark today."""

    model_config = ConfigDict(from_attributes=True)

    product_code: str
    product_name: str
    producer_name: str
    commune: str
    district: str | None
    province: str
    star: int
    valid_to: date
    demonstration: bool
