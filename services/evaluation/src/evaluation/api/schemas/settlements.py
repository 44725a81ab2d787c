"""What follows a result, on the wire: approvals, results from above, new evaluations, publications, corrections."""

from datetime import date
from fractions import Fraction
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from evaluation.api.schemas.dossier_forms import Prose
from evaluation.api.schemas.results import MOST_DOSSIERS, DecisionNumber, Sha256
from evaluation.api.schemas.score_previews import Exact
from evaluation.persistence.tables.settlements import RecordedResultRow
from shared.contracts.base import Wire
from shared.contracts.evaluation import Outcome
from shared.contracts.roles import Level

PublicWords = Annotated[str, Field(min_length=1, max_length=500, description="shown on the public passport")]


class ApprovalDraft(Wire):
    """A signed decision that approves the results of dossiers which go up, as printed on it."""

    dossier_ids: list[UUID] = Field(min_length=1, max_length=MOST_DOSSIERS)
    number: DecisionNumber
    signed_on: date
    file_sha256: Sha256 | None = None


class DocumentRead(BaseModel):
    """A signed document."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    kind: str
    level: Level
    unit_code: str
    number: str
    signed_on: date
    decided_by: str
    file_sha256: str | None


class UpperResultDraft(Wire):
    """What the level above came to, as its document says. `mean` is exact, or a decimal as printed ("88.5")."""

    mean: Annotated[str, Field(pattern=r"^[0-9]{1,6}(\.[0-9]{1,6}|/[1-9][0-9]{0,5})?$", examples=["88.5", "275/3"])]
    star: Annotated[int, Field(ge=1, le=5)]
    number: DecisionNumber
    signed_on: date
    reasons: Prose | None = None
    file_sha256: Sha256 | None = None

    @property
    def exact(self) -> Fraction:
        """The mean as an exact number."""
        return Fraction(self.mean)


class UpperResultRead(BaseModel):
    """A result recorded from above, and where the dossier stands after it."""

    id: UUID
    dossier_id: UUID
    level: Level
    mean: Exact
    mean_decimal: str
    star: int
    recognised: bool
    reasons: str | None
    document_id: UUID

    @classmethod
    def of(cls, row: RecordedResultRow) -> "UpperResultRead":
        """From the row."""
        same = {name: getattr(row, name) for name in cls.model_fields if name != "mean"}
        return cls(**same | {"mean": str(Fraction(row.mean_numerator, row.mean_denominator))})


class ReevaluationOrder(Wire):
    """Why the level below evaluates again."""

    reasons: Prose


class ReopeningRead(BaseModel):
    """A dossier that is evaluated again; it waits for a round at `level`. `attempt` counts its evaluations."""

    model_config = ConfigDict(from_attributes=True)

    dossier_id: UUID
    level: Level
    attempt: int
    cause: Literal["objection", "lowered_above"]
    reasons: str
    on_day: date


class PublicationDraft(Wire):
    """The round whose result list becomes public."""

    round_id: UUID


class PublicationListed(BaseModel):
    """A public result list."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    level: Level
    unit_code: str
    unit_name: str
    year: int
    published_on: date


class PublishedResult(BaseModel):
    """One product of a result list: the business and its place, never a person's data.

    `star` is that of the decision in force, null where the product went up or its recognition was taken back.
    """

    product_name: str
    producer_name: str
    commune_name: str
    district_name: str | None
    province_name: str
    product_code: str | None
    mean_decimal: str
    outcome: Outcome
    forwarded_to: Level | None
    star: int | None
    decision_number: str | None
    decided_on: date | None
    decided_by: str | None
    corrected: bool

    @classmethod
    def of(cls, row: Any) -> "PublishedResult":
        """From a published row."""
        return cls(
            product_name=row.product_name,
            producer_name=row.producer_name,
            commune_name=row.commune_name,
            district_name=row.district_name,
            province_name=row.province_name,
            product_code=row.product_code,
            mean_decimal=row.mean_decimal,
            outcome=row.outcome,
            forwarded_to=row.forwards_to if row.outcome == "forwarded" else None,
            star=row.decided_star,
            decision_number=row.number,
            decided_on=row.signed_on,
            decided_by=row.decided_by,
            corrected=bool(row.corrected),
        )


class CorrectionDraft(Wire):
    """A signed decision that corrects the dossier's decision in force. `star` null takes the recognition back."""

    number: DecisionNumber
    signed_on: date
    basis: Literal["transcription", "inspection", "objection"]
    reasons: Prose
    public_words: PublicWords
    star: Annotated[int, Field(ge=1, le=5)] | None
    mean_decimal: Annotated[str, Field(pattern=r"^[0-9]{1,3}(\.[0-9]{1,6})?$")] | None = None
    file_sha256: Sha256 | None = None


class CorrectionRead(BaseModel):
    """A correction: the decision it took the place of, and the version that holds now."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    decision_id: UUID
    new_decision_id: UUID | None
    dossier_id: UUID
    document_id: UUID
    basis: str
    reasons: str
    star: int | None
    mean_decimal: str | None
    on_day: date
