"""A dossier's outcome on one screen: what its producer is told, and what can still follow."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel

from evaluation.api.schemas.objections import ObjectionRead
from evaluation.api.schemas.results import DecisionRead, ResultRead
from evaluation.api.schemas.revocations import RevocationRead
from evaluation.api.schemas.score_previews import Exact
from evaluation.api.schemas.settlements import ReopeningRead, UpperResultRead
from evaluation.use_cases.read_outcome import DossierOutcome


class CriterionOutcome(BaseModel):
    """A criterion of the newest result: the producer's own points beside the council's exact mean, and its notes."""

    criterion: str
    title: str
    max: int
    self_points: int | None
    mean: Exact
    notes: list[str]


class ObjectionWindowRead(BaseModel):
    """Whether the newest result can be objected to now; until when, inclusive, and by which rule."""

    possible: bool
    until: date
    source: str


class CorrectionOutcome(BaseModel):
    """A correction, in the words of its decision."""

    decision_id: UUID
    new_decision_id: UUID | None
    number: str
    signed_on: date
    basis: str
    reasons: str
    star: int | None
    mean_decimal: str | None


class OutcomeRead(BaseModel):
    """Everything a producer is told of a dossier: results with reasons, decisions, what may be done about them.

    `star` is that of the decision in force; `results` are those released, oldest first, `criteria` of the newest.
    """

    dossier_id: UUID
    product_id: UUID
    product_name: str
    state: str
    level: str | None
    star: int | None
    certificate_id: UUID | None
    product_code: str | None
    published_on: date | None
    criteria: list[CriterionOutcome]
    results: list[ResultRead]
    results_from_above: list[UpperResultRead]
    decisions: list[DecisionRead]
    corrections: list[CorrectionOutcome]
    reopenings: list[ReopeningRead]
    objection: ObjectionWindowRead | None
    objections: list[ObjectionRead]
    revocations: list[RevocationRead]

    @classmethod
    def of(cls, found: DossierOutcome, language: str) -> "OutcomeRead":
        """From what the use case found, in the language of the request."""
        row, results = found.dossier, [ResultRead.of(one, language, totals=False) for one in found.results]
        in_force = found.in_force
        return cls(
            dossier_id=row.id,
            product_id=row.product_id,
            product_name=row.product_name,
            state=row.state,
            level=row.level,
            star=in_force and in_force.star,
            certificate_id=row.certificate_id,
            product_code=row.product_code,
            published_on=found.published_on,
            criteria=_criteria(found, results[-1] if results else None, language),
            results=results,
            results_from_above=[UpperResultRead.of(one) for one in found.recorded],
            decisions=[DecisionRead.of(one) for one in found.decisions],
            corrections=[
                CorrectionOutcome(
                    decision_id=one.decision_id,
                    new_decision_id=one.new_decision_id,
                    number=document.number,
                    signed_on=document.signed_on,
                    basis=one.basis,
                    reasons=one.reasons,
                    star=one.star,
                    mean_decimal=one.mean_decimal,
                )
                for one, document in found.corrections
            ],
            reopenings=[ReopeningRead.model_validate(one) for one in found.reopenings],
            objection=found.window
            and ObjectionWindowRead(possible=found.may_object, until=found.window.until, source=found.window.source),
            objections=[ObjectionRead.of(one) for one in found.objections],
            revocations=[RevocationRead.of(one) for one in found.revocations],
        )


def _criteria(found: DossierOutcome, newest: ResultRead | None, language: str) -> list[CriterionOutcome]:
    if newest is None:
        return []
    known = {one.code: one for one in found.sheet.criteria}
    own = found.dossier.self_score.get("points", {})
    outcomes = []
    for one in newest.criteria:
        criterion = known[one.criterion]
        outcomes.append(
            CriterionOutcome(
                criterion=one.criterion,
                title=(language == "en" and criterion.title_en) or criterion.title_vi,
                max=criterion.max,
                self_points=own.get(one.criterion),
                mean=one.mean,
                notes=one.notes,
            )
        )
    return outcomes
