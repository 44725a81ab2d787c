"""Producers over HTTP."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from registry.api.schemas.fields import CommuneCode, Day, Email, Line, Name, Phone
from registry.persistence.tables.producers import ProducerRow
from shared.contracts.base import Wire

PERSONAL = ("phone", "email", "representative")
"""Fields of a person: the producer, its commune and district and the province's standing body see them."""


class ProducerDraft(Wire):
    """A producer to register. `kind` is one of GET /producer-kinds on the day."""

    id: UUID | None = None
    name: Name
    kind: str = Field(min_length=1, max_length=40, examples=["cooperative"])
    commune_code: CommuneCode
    address: Line
    phone: Phone | None = None
    email: Email | None = None
    representative: Name
    registration_number: Line | None = None
    founded_on: Day | None = None


class ProducerChange(Wire):
    """Fields to change; what is not sent stays."""

    name: Name = ""
    kind: str = Field("", min_length=1, max_length=40)
    address: Line = ""
    phone: Phone | None = None
    email: Email | None = None
    representative: Name = ""
    registration_number: Line | None = None
    founded_on: Day | None = None


class FoodSafetyCommitment(Wire):
    """The day the food-safety commitment was signed."""

    signed_on: Day


class ProducerPerson(Wire):
    """Another person who will act for the producer."""

    person_id: UUID


class ProducerRead(BaseModel):
    """A producer. Personal fields are null for callers who may not see them."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    name: str
    kind: str
    commune_code: str
    commune_name: str
    district_code: str | None
    district_name: str | None
    province_code: str
    province_name: str
    address: str
    phone: str | None
    email: str | None
    representative: str | None
    registration_number: str | None
    founded_on: date | None
    registered_on: date
    food_safety_committed_on: date | None
    demonstration: bool
    version: int

    @classmethod
    def of(cls, row: ProducerRow, *, personal: bool) -> "ProducerRead":
        """The producer as a caller may see it."""
        read = cls.model_validate(row)
        return read if personal else read.model_copy(update=dict.fromkeys(PERSONAL))


class ProducerKindRead(BaseModel):
    """A kind of producer that may take part; `sectors` limits it to sectors of products."""

    model_config = ConfigDict(from_attributes=True)

    code: str
    vi: str
    en: str
    registration_number_required: bool
    sectors: list[str] | None


class ProducerKindList(BaseModel):
    """The kinds in force on a day, and the article that says so."""

    model_config = ConfigDict(from_attributes=True)

    ruleset: str
    valid_from: date
    legal_ref: str
    kinds: list[ProducerKindRead]
