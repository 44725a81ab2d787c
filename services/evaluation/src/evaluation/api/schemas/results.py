"""Results, decisions and forwarding on the wire."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from evaluation.api.schemas.score_previews import Exact, FloorMissed, StepRead
from evaluation.domain.result_records import exact_mean
from evaluation.persistence.tables.decisions import DecisionRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.results import ResultRow
from shared.contracts.base import Wire
from shared.contracts.evaluation import Outcome
from shared.contracts.roles import Level

MOST_DOSSIERS = 500
DecisionNumber = Annotated[str, Field(min_length=1, max_length=100, examples=["2201/QĐ-UBND"])]
Sha256 = Annotated[
    str, Field(pattern=r"^[0-9a-f]{64}$", description="the signed file, sent before by PUT document-files")
]


class DecisionDraft(Wire):
    """A signed decision of recognition, as printed on it: over one dossier (`dossier_id`) or many (`dossier_ids`)."""

    dossier_id: UUID | None = None
    dossier_ids: list[UUID] = Field(default_factory=list, max_length=MOST_DOSSIERS)
    number: DecisionNumber
    signed_on: date
    file_sha256: Sha256 | None = None

    @model_validator(mode="after")
    def _one_or_many(self) -> Self:
        if (self.dossier_id is None) == (not self.dossier_ids):
            raise ValueError("give dossier_id or dossier_ids")
        return self

    @property
    def dossiers(self) -> list[UUID]:
        """The dossiers it decides on."""
        return self.dossier_ids or [self.dossier_id] if self.dossier_id else self.dossier_ids


class DecisionRead(BaseModel):
    """A decision of recognition."""

    id: UUID
    dossier_id: UUID
    level: Level
    unit_code: str
    number: str
    signed_on: date
    star: int
    ruleset: str
    decided_by: str

    @classmethod
    def of(cls, row: DecisionRow) -> "DecisionRead":
        """From the row."""
        return cls(
            id=row.id,
            dossier_id=row.dossier_id,
            level=Level(row.level),
            unit_code=row.unit_code,
            number=row.number,
            signed_on=row.signed_on,
            star=row.star,
            ruleset=row.ruleset_id,
            decided_by=row.decided_by,
        )


class DecidedProduct(BaseModel):
    """What a decision says of one product. `superseded_by` is the correction's document, `corrected_star` what it says
    (null takes the recognition back).
    """

    decision_id: UUID
    dossier_id: UUID
    product_name: str
    star: int
    ruleset: str
    superseded_by: UUID | None
    corrected_star: int | None
    correction_reasons: str | None


class DecisionDocumentRead(BaseModel):
    """A signed decision. `dossier_id`, `star`, `ruleset` where it covers one product only; else see `products`."""

    id: UUID
    kind: str
    dossier_id: UUID | None
    level: Level
    unit_code: str
    number: str
    signed_on: date
    star: int | None
    ruleset: str | None
    decided_by: str
    file_sha256: str | None
    products: list[DecidedProduct]

    @classmethod
    def of(cls, rows: Sequence[Any]) -> "DecisionDocumentRead":
        """From (document, decision, product_name, correction) of each product."""
        document = rows[0][0]
        products = [
            DecidedProduct(
                decision_id=decision.id,
                dossier_id=decision.dossier_id,
                product_name=name,
                star=decision.star,
                ruleset=decision.ruleset_id,
                superseded_by=correction and correction.document_id,
                corrected_star=correction and correction.star,
                correction_reasons=correction and correction.reasons,
            )
            for _, decision, name, correction in rows
        ]
        only = products[0] if len(products) == 1 else None
        return cls(
            id=only.decision_id if only else document.id,
            kind=document.kind,
            dossier_id=only and only.dossier_id,
            level=Level(document.level),
            unit_code=document.unit_code,
            number=document.number,
            signed_on=document.signed_on,
            star=only and only.star,
            ruleset=only and only.ruleset,
            decided_by=document.decided_by,
            file_sha256=document.file_sha256,
            products=products,
        )


class ForwardingRead(BaseModel):
    """A dossier that went up; it waits for a round at `level` now."""

    dossier_id: UUID
    state: str
    level: Level

    @classmethod
    def of(cls, row: DossierRow) -> "ForwardingRead":
        """From the dossier."""
        assert row.level is not None
        return cls(dossier_id=row.id, state=row.state, level=Level(row.level))


class CriterionResult(BaseModel):
    """A criterion's exact mean, and the members' notes without their names."""

    criterion: str
    mean: Exact
    notes: list[str]


class MemberTotal(BaseModel):
    """A member's points, by seat: "TV1" is the chair."""

    member: str
    person_id: UUID
    total: int


class KnockOutShown(BaseModel):
    """Why the council knocked a dossier out: the line of its sheet ("" for another ground), and the reason."""

    code: str
    line: str
    reason: str


class ResultRead(BaseModel):
    """What a council's sheets on a dossier came to, with the reason of each step. `mean` is exact.

    `totals` only for those who may see the round. `outcome` is null while the result waits. A dossier that the council
    knocked out has no star; no mean and band either where nobody had scored it.
    """

    id: UUID
    dossier_id: UUID
    product_name: str
    round_id: UUID
    level: Level
    mean: Exact | None
    mean_decimal: str | None
    parts: dict[str, Exact]
    criteria: list[CriterionResult]
    band: int | None
    star: int | None
    knocked_out: bool
    knock_outs: list[KnockOutShown]
    recognised: bool
    forwards_to: Level | None
    floors_missed: list[FloorMissed]
    steps: list[StepRead]
    outcome: Outcome | None
    decision: DecisionRead | None
    totals: list[MemberTotal] | None
    ruleset: str
    ruleset_hash: str
    sheet: str
    sheet_hash: str
    charter: str
    charter_hash: str

    @classmethod
    def of(cls, row: Any, language: str, *, totals: bool) -> "ResultRead":
        """From (result, outcome, product_name, decision, notes), in the language of the request."""
        result: ResultRow = row[0]
        decision: DecisionRow | None = row[3]
        notes = row.notes or []
        return cls(
            id=result.id,
            dossier_id=result.dossier_id,
            product_name=row.product_name,
            round_id=result.round_id,
            level=Level(result.level),
            mean=exact_mean(result.mean_numerator, result.mean_denominator),
            mean_decimal=result.mean_decimal,
            parts=result.parts,
            criteria=[
                CriterionResult(
                    criterion=code, mean=mean, notes=[note["note"] for note in notes if note["criterion"] == code]
                )
                for code, mean in result.criteria.items()
            ],
            band=result.band,
            star=result.star,
            knocked_out=result.knocked_out,
            knock_outs=[
                KnockOutShown(code=found["code"], line=found["line"], reason=found["reason"])
                for found in result.inputs.get("knock_outs", ())
            ],
            recognised=result.recognised,
            forwards_to=None if result.forwards_to is None else Level(result.forwards_to),
            floors_missed=[FloorMissed(**miss) for miss in result.floors_missed],
            steps=[
                StepRead(rule=step["rule"], source=step["source"], outcome=step[f"outcome_{language}"])
                for step in result.steps
            ],
            outcome=row.outcome,
            decision=None if decision is None else DecisionRead.of(decision),
            totals=_totals(result) if totals else None,
            ruleset=result.ruleset_id,
            ruleset_hash=result.ruleset_hash,
            sheet=result.sheet_id,
            sheet_hash=result.sheet_hash,
            charter=result.charter_id,
            charter_hash=result.charter_hash,
        )


def _totals(result: ResultRow) -> list[MemberTotal]:
    return [
        MemberTotal(member=entry["member"], person_id=entry["person_id"], total=result.totals[entry["member"]])
        for entry in result.inputs["score_sheets"]
    ]
