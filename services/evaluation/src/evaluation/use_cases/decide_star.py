"""The body the ruleset names signs the decision of recognition, over one product or many."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from evaluation.domain.access import RECOGNISING_ROLES
from evaluation.domain.dossier_states import Step, next_state
from evaluation.domain.result_records import exact_mean
from evaluation.domain.round_errors import ForwardsUpward, OtherBodyDecides
from evaluation.domain.rulesets import LoweredOption, Ruleset, level_below, recognised_by
from evaluation.domain.settlement_errors import DecisionsRefused, NumberTaken
from evaluation.domain.units_of_levels import SIGNATURES, Unit, signed_by, unit_at
from evaluation.persistence.tables.decisions import DecisionRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.results import ResultRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.check_named_file import check_named_file
from evaluation.use_cases.judged_dossiers import Held, hold_judged, refuse_by_name
from evaluation.use_cases.settle_result import finish_round, settle_result, tell_released
from shared.auth.actors import Actor
from shared.contracts.evaluation import StarDecided
from shared.contracts.roles import Level
from shared.errors import Conflict, Fault, Invalid, Problem, Text
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Issuer:
    """The body that decides on a dossier, and its unit there."""

    body: str
    level: Level
    unit: Unit


async def decide_stars(
    uow: EvaluationUow, actor: Actor, dossier_ids: Sequence[UUID], number: str, signed_on: date, file: str | None = None
) -> list[Row[Any]]:
    """Record the signed decision on scored dossiers: their stars are recognised (26/2026 Art. 4.1, 7.3, 7.4).

    One document, all its dossiers or none. The issuer is the body that the frozen ruleset of each names for its star,
    at the dossier's own unit, whichever level scored it last; all dossiers must have the same one.
    Raises, for one dossier, NotFound, Conflict for its state, ForwardsUpward, OtherBodyDecides, Invalid for the day;
    for several DecisionsRefused naming each with its own refusal; NumberTaken, Invalid for the file.
    """
    today = await uow.today()
    held, refused = await hold_judged(uow, actor, dossier_ids, Step.DECIDE)
    prepared: list[tuple[Held, Ruleset, Issuer]] = []
    for one in held:
        try:
            ruleset = await uow.rules.ruleset(one.judged.row.ruleset_id)
            issuer = issuer_of(ruleset, one, actor, signed_on)
            if prepared and issuer != prepared[0][2]:
                raise _another_issuer(issuer, prepared[0][2])
            check_day(signed_on, today, await _judged_on(uow, one))
            prepared.append((one, ruleset, issuer))
        except Problem as problem:
            refused[one.dossier.id] = problem
    named = refuse_by_name(refused, several=len(set(dossier_ids)) > 1)
    if named:
        raise DecisionsRefused(
            f"{len(named)} hồ sơ chưa quyết định được nên cả quyết định không được ghi; xem dossiers.",
            f"{len(named)} dossiers cannot be decided, so none of the decision is recorded; see dossiers.",
            dossiers=named,
        )
    issuer = prepared[0][2]
    document_id = await write_document(uow, actor, "recognition", issuer, number, signed_on, file)
    for one, ruleset, _ in prepared:
        await recognise(uow, actor, one, ruleset, issuer, document_id, number, signed_on)
    for round_row in {id(one.round_row): one.round_row for one, _, _ in prepared if one.round_row}.values():
        await finish_round(uow, round_row)
    await uow.flush()
    return await uow.settlements.decision(actor, document_id)


async def recognise(
    uow: EvaluationUow,
    actor: Actor,
    one: Held,
    ruleset: Ruleset,
    issuer: Issuer,
    document_id: UUID,
    number: str,
    signed_on: date,
) -> DecisionRow:
    """Write the decision on one held dossier and tell its star. The caller has checked everything."""
    dossier, result = one.dossier, one.judged.row
    decision = DecisionRow(
        id=new_id(),
        **one.judged.keys,
        document_id=document_id,
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
    uow.settlements.add_all([decision])
    dossier.state = next_state(dossier.state, Step.DECIDE)
    dossier.level = None
    if isinstance(result, ResultRow):
        await settle_result(uow, actor, result, dossier, "recognised")
    else:
        tell_released(uow, result, dossier, "recognised")
    mean = exact_mean(result.mean_numerator, result.mean_denominator)
    assert mean is not None
    uow.publish(star_decided(decision, dossier, mean, ruleset))
    details = {"number": number, "star": result.star}
    await uow.audit(str(actor.person_id), "star.decided", "dossier", dossier.id, details)
    return decision


def issuer_of(ruleset: Ruleset, one: Held, actor: Actor, signed_on: date) -> Issuer:
    """Who decides, when the caller signs for it. Raises ForwardsUpward, OtherBodyDecides, Conflict."""
    result, dossier = one.judged.row, one.dossier
    if one.judged.forwards_to is not None:
        raise ForwardsUpward(
            f"Kết quả {result.mean_decimal} điểm thuộc thẩm quyền cấp trên: hãy chuyển hồ sơ.",
            f"With {result.mean_decimal} points the result goes up to {one.judged.forwards_to}: forward the dossier.",
            state=dossier.state,
            allowed=[Step.FORWARD.value],
            forwards_to=one.judged.forwards_to,
        )
    body = None if result.star is None else recognised_by(ruleset, result.star)
    if body is None:
        raise LookupError(f"{ruleset.id} names nobody who recognises {result.star} stars, yet the result waits")
    issuer = issuer_for(ruleset, body, dossier, signed_on)
    role = RECOGNISING_ROLES[issuer.body]
    if issuer.unit.code not in actor.units(role):
        raise OtherBodyDecides(
            f"{result.star} sao do {signed_by(issuer.body, issuer.unit, signed_on)} quyết định.",
            f"A star of {result.star} is decided by another body.",
            rule=ruleset.source("recognition"),
            needs=[role.value],
            unit_code=issuer.unit.code,
        )
    lowered = level_below(ruleset, result.level) == issuer.level
    if lowered and LoweredOption.RECOGNISE not in ruleset.lowered_result.options:
        raise Conflict(
            "Quy định áp dụng không cho công nhận trên kết quả cấp trên đã hạ.",
            "The ruleset does not let a result lowered above be recognised.",
            rule=ruleset.lowered_result.ref,
            state=dossier.state,
        )
    return issuer


def issuer_for(ruleset: Ruleset, body: str, dossier: DossierRow, day: date) -> Issuer:
    """The body, or the one that took over by the day, at the dossier's own unit. Raises Conflict without one."""
    body = ruleset.standing_body(body, day)
    level = SIGNATURES[body].level
    unit = unit_at(level, dossier)
    if unit is None:
        raise Conflict(
            "Cấp ra quyết định không còn ở địa bàn này.",
            "The level that decides no longer exists there.",
            state=dossier.state,
        )
    return Issuer(body, level, unit)


async def write_document(
    uow: EvaluationUow, actor: Actor, kind: str, issuer: Issuer, number: str, signed_on: date, file: str | None
) -> UUID:
    """Write a signed document under its number. Raises NumberTaken, naming it, and Invalid for its file."""
    await check_named_file(uow, actor, file)
    document_id = await uow.settlements.add_document(
        kind=kind,
        level=issuer.level.value,
        unit_code=issuer.unit.code,
        body=issuer.body,
        number=number,
        signed_on=signed_on,
        decided_by=signed_by(issuer.body, issuer.unit, signed_on),
        file_sha256=file,
        person_id=actor.person_id,
    )
    if document_id is None:
        raise NumberTaken(
            f"{issuer.unit.name} đã có quyết định số {number} trong năm {signed_on.year}.",
            f"The unit has issued a decision {number} in {signed_on.year} already.",
            number=number,
        )
    return document_id


def check_day(signed_on: date, today: date, not_before: date, *, field: str = "signed_on") -> None:
    """Raise Invalid unless the day of signature lies between what it decides on and today."""
    if signed_on > today:
        future = Text("ngày ký ở tương lai", "the day of signature is in the future")
        raise Invalid(faults=[Fault(field, "in_the_future", future)])
    if signed_on < not_before:
        early = Text(
            f"quyết định không thể ký trước khi có kết quả ({not_before:%d/%m/%Y})",
            f"a decision cannot be signed before there was a result ({not_before.isoformat()})",
        )
        raise Invalid(faults=[Fault(field, "before_closing", early)])


async def _judged_on(uow: EvaluationUow, one: Held) -> date:
    if one.round_row is not None:
        return await uow.rounds.earliest_decision_day(one.round_row)
    document_id = getattr(one.judged.row, "document_id")  # noqa: B009  # a result without a round is a recorded one
    return (await uow.settlements.document(document_id)).signed_on


def _another_issuer(issuer: Issuer, first: Issuer) -> Conflict:
    return Conflict(
        f"Hồ sơ này do cơ quan khác quyết định ({issuer.unit.name}), không cùng quyết định với {first.unit.name}.",
        f"Another body decides this dossier ({issuer.unit.code}), not the one of this decision ({first.unit.code}).",
        unit_code=issuer.unit.code,
    )


def star_decided(decision: DecisionRow, dossier: DossierRow, mean: str, ruleset: Ruleset) -> StarDecided:
    """The event of a decision."""
    return StarDecided(
        decision_id=decision.id,
        dossier_id=dossier.id,
        product_id=dossier.product_id,
        producer_id=dossier.producer_id,
        product_name=dossier.product_name,
        star=decision.star,
        mean=mean,
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
