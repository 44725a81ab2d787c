"""Products and product groups over HTTP."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from registry.api.schemas.fields import Day, GroupPath, Money, Name, Note, Profit, Year
from shared.contracts.base import Wire


class Baseline(Wire):
    """Revenue and profit of the product in the 12 months before it joined OCOP, and when they were measured."""

    revenue: Money
    profit: Profit
    measured_on: Day


class ProductDraft(Wire):
    """A product to register; `group_path` is one of GET /product-groups of the taxonomy in force."""

    id: UUID | None = None
    producer_id: UUID
    name: Name
    group_path: GroupPath
    set_no: int | None = Field(None, ge=1, le=99, description="scoring sheet; follows from group_path")
    description: Note | None = None
    year: Year
    baseline: Baseline


class ProductChange(Wire):
    """Fields to change; what is not sent stays. A new group is one of the taxonomy in force."""

    name: Name = ""
    group_path: GroupPath = ""
    set_no: int = Field(1, ge=1, le=99)
    description: Note | None = None


class ParticipationDraft(Wire):
    """Another year in which the product takes part."""

    year: Year


class LiveCertificate(BaseModel):
    """The certificate that holds today."""

    id: UUID
    product_code: str
    star: int
    issued_on: date
    valid_to: date
    decision_number: str
    traceable: bool


class ProductRead(BaseModel):
    """A product. `baseline` is null for callers who may not see a producer's money figures."""

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
    """A product in a list, with the star it has today."""

    model_config = ConfigDict(from_attributes=True)

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


class SectorRead(BaseModel):
    """A sector of a taxonomy."""

    code: str
    name_vi: str
    name_en: str


class ProductGroupRead(BaseModel):
    """A leaf of a taxonomy; `becomes` is its path in the next taxonomy, null when it was dropped or is current."""

    model_config = ConfigDict(from_attributes=True)

    path: str
    sector: str
    group_vi: str
    name_vi: str
    name_en: str
    set_no: int
    lead_agencies: list[str]
    sample_required: bool
    becomes: str | None


class TaxonomyRead(BaseModel):
    """The product groups of one decision."""

    model_config = ConfigDict(from_attributes=True)

    id: str
    decision: str
    valid_from: date
    valid_to: date | None
    successor: str | None
    confidence: str
    sectors: list[SectorRead]
    groups: list[ProductGroupRead]
