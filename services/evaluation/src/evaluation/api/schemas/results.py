"""Results, decisions and forwarding on the wire."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from evaluation.api.schemas.score_previews import Exact, FloorMissed, StepRead
from evaluation.domain.result_records import exact_mean
from evaluation.persistence.tables.decisions import DecisionRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.results import ResultRow
from shared.contracts.base import Wire
from shared.contracts.roles import Level

Outcome = Literal["recognised", "forwarded", "not_recognised"]


class DecisionDraft(Wire):
    """A signed decision of recognition, as printed on it."""

    dossier_id: UUID
    number: str = Field(min_length=1, max_length=100, examples=["2201/QĐ-UBND"])
    signed_on: date


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
