"""The body the ruleset names signs the decision of recognition."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from evaluation.domain.access import RECOGNISING_ROLES
from evaluation.domain.dossier_states import Step, next_state
from evaluation.domain.result_records import exact_mean
from evaluation.domain.round_errors import ForwardsUpward, OtherBodyDecides
from evaluation.domain.rulesets import Ruleset, recognised_by
from evaluation.domain.units_of_levels import SIGNATURES, Unit, signed_by, unit_at
from evaluation.persistence.tables.decisions import DecisionRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.results import ResultRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.settle_result import finish_round, result_to_settle, settle_result
from shared.auth.actors import Actor
from shared.contracts.evaluation import StarDecided
from shared.contracts.roles import Level
from shared.errors import Conflict, Fault, Invalid, Text
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Issuer:
    """The body that decides on a dossier, and its unit there."""

    body: str
    level: Level
    unit: Unit


async def decide_star(uow: EvaluationUow, actor: Actor, dossier_id: UUID, number: str, signed_on: date) -> DecisionRow:
    """Record the signed decision on a scored dossier: its star is recognised (26/2026 Art. 4.1, 7.3, 7.4).

    The issuer is the body the dossier's frozen ruleset names for the star, at the dossier's own unit, whichever level
    scored it last. Raises NotFound, Conflict for the state or a number used before, ForwardsUpward,
    OtherBodyDecides, Invalid for the day.
    """
    round_row, dossier, result = await result_to_settle(uow, actor, dossier_id, Step.DECIDE)
    if result.forwards_to is not None:
        raise ForwardsUpward(
            f"Kết quả {result.mean_decimal} điểm thuộc thẩm quyền cấp trên: hãy chuyển hồ sơ.",
            f"With {result.mean_decimal} points the result goes up to {result.forwards_to}: forward the dossier.",
            state=dossier.state,
            allowed=[Step.FORWARD.value],
            forwards_to=result.forwards_to,
        )
    ruleset = await uow.rules.ruleset(result.ruleset_id)
    issuer = _issuer(ruleset, result, dossier, signed_on)
    role = RECOGNISING_ROLES[issuer.body]
    if issuer.unit.code not in actor.units(role):
        raise OtherBodyDecides(
            f"{result.star} sao do {signed_by(issuer.body, issuer.unit, signed_on)} quyết định.",
            f"A star of {result.star} is decided by another body.",
            rule=ruleset.source("recognition"),
            needs=[role.value],
            unit_code=issuer.unit.code,
        )
    await _check_signature(uow, issuer, number, signed_on, await uow.rounds.earliest_decision_day(round_row))
    decision = DecisionRow(
        id=new_id(),
        result_id=result.id,
        dossier_id=dossier.id,
        level=issuer.level.value,
        unit_code=issuer.unit.code,
        body=issuer.body,
        number=number,
        signed_on=signed_on,
        star=result.star,
        ruleset_id=ruleset.id,
        decided_by=signed_by(issuer.body, issuer.unit, signed_on),
        person_id=actor.person_id,
    )
    uow.results.add_all([decision])
    dossier.state = next_state(dossier.state, Step.DECIDE)
    dossier.level = None
    await settle_result(uow, actor, result, dossier, "recognised")
    uow.publish(_star_decided(decision, dossier, result, ruleset))
    await uow.audit(
        str(actor.person_id), "star.decided", "dossier", dossier.id, {"number": number, "star": result.star}
    )
    await finish_round(uow, round_row)
    return decision


def _issuer(ruleset: Ruleset, result: ResultRow, dossier: DossierRow, signed_on: date) -> Issuer:
    body = None if result.star is None else recognised_by(ruleset, result.star)
    if body is None:
        raise LookupError(f"{ruleset.id} names nobody who recognises {result.star} stars, yet the result waits")
    body = ruleset.standing_body(body, signed_on)
    level = SIGNATURES[body].level
    unit = unit_at(level, dossier)
    if unit is None:
        raise Conflict(
            "Cấp ra quyết định không còn ở địa bàn này.",
            "The level that decides no longer exists there.",
            state=dossier.state,
        )
    return Issuer(body, level, unit)


async def _check_signature(uow: EvaluationUow, issuer: Issuer, number: str, signed_on: date, closed_on: date) -> None:
    today = await uow.today()
    if signed_on > today:
        future = Text("ngày ký ở tương lai", "the day of signature is in the future")
        raise Invalid(faults=[Fault("signed_on", "in_the_future", future)])
    if signed_on < closed_on:
        early = Text(
            f"quyết định không thể ký trước khi Hội đồng kết thúc ({closed_on:%d/%m/%Y})",
            f"a decision cannot be signed before the council closed ({closed_on.isoformat()})",
        )
        raise Invalid(faults=[Fault("signed_on", "before_closing", early)])
    if await uow.results.number_taken(issuer.level, issuer.unit.code, number, signed_on.year):
        raise Conflict(
            f"{issuer.unit.name} đã có quyết định số {number} trong năm {signed_on.year}.",
            f"The unit has issued a decision {number} in {signed_on.year} already.",
            number=number,
        )


def _star_decided(decision: DecisionRow, dossier: DossierRow, result: ResultRow, ruleset: Ruleset) -> StarDecided:
    return StarDecided(
        decision_id=decision.id,
        dossier_id=dossier.id,
        product_id=dossier.product_id,
        producer_id=dossier.producer_id,
        product_name=dossier.product_name,
        star=decision.star,
        mean=exact_mean(result.mean_numerator, result.mean_denominator),
        ruleset=ruleset.id,
        level=Level(decision.level),
        decision_number=decision.number,
        decided_on=decision.signed_on,
        decided_by=decision.decided_by,
        certificate_months=ruleset.certificate_months,
        code_pattern=ruleset.product_code_pattern,
        commune_code=dossier.commune_code,
        district_code=dossier.district_code,
        province_code=dossier.province_code,
        year=dossier.year,
    )
