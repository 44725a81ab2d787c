"""A recorded decision is corrected by a later one; the earlier stays readable."""

from datetime import date
from uuid import UUID

from evaluation.domain.access import RECOGNISING_ROLES
from evaluation.domain.dossier_states import DossierState, Step, next_state
from evaluation.domain.objections import Remedy
from evaluation.domain.round_errors import OtherBodyDecides
from evaluation.domain.rulesets import Ruleset, recognised_by
from evaluation.domain.settlement_errors import DecisionSuperseded
from evaluation.domain.units_of_levels import SIGNATURES, signed_by, unit_at
from evaluation.persistence.tables.decisions import CorrectionRow, DecisionRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.decide_star import Issuer, check_day, write_document
from evaluation.use_cases.find_rules import ruleset_in_force
from shared.auth.actors import Actor
from shared.contracts.registry import ProductSummary
from shared.contracts.settlements import DecisionCorrected
from shared.errors import Conflict, Fault, Invalid, Text
from shared.ids import new_id


async def correct_decision(
    uow: EvaluationUow,
    actor: Actor,
    dossier_id: UUID,
    product: ProductSummary,
    *,
    number: str,
    signed_on: date,
    basis: str,
    reasons: str,
    public_words: str,
    star: int | None,
    mean: str | None,
    file: str | None,
) -> CorrectionRow:
    """Correct the dossier's decision in force by a signed decision; a new version follows, certificate and passport by
    event. `star` None takes the recognition back.

    The body that recognised signs, at the unit that answers for the product today (`product` is registry's word): the
    successor where the unit was abolished, and where its level was, the body that recognises that star now.
    Raises NotFound, Conflict for the state, DecisionSuperseded, OtherBodyDecides, Invalid, NumberTaken.
    """
    dossier = await uow.dossiers.visible_to(actor).get(dossier_id, lock=True)
    if dossier.state != DossierState.RECOGNISED:
        next_state(dossier.state, Step.TAKE_BACK)
    before = await uow.settlements.decision_in_force(dossier.id)
    if before is None:
        raise DecisionSuperseded(
            "Hồ sơ không còn quyết định đang có hiệu lực.", "No decision is in force.", state=dossier.state
        )
    ruleset = await uow.rules.ruleset(before.ruleset_id)
    issuer = await issuer_today(uow, ruleset, before.body, before.star, product)
    _require_issuer(actor, issuer, ruleset, signed_on)
    check_day(signed_on, await uow.today(), before.signed_on)
    await _check_change(uow, ruleset, issuer, before, dossier, product, star, mean, basis)
    document_id = await write_document(uow, actor, "correction", issuer, number, signed_on, file)
    new = None if star is None else _version(before, issuer, document_id, number, signed_on, star, actor)
    correction = CorrectionRow(
        id=new_id(),
        decision_id=before.id,
        new_decision_id=new and new.id,
        dossier_id=dossier.id,
        document_id=document_id,
        basis=basis,
        reasons=reasons,
        star=star,
        mean_decimal=mean,
        person_id=actor.person_id,
        on_day=await uow.today(),
    )
    if new is not None:
        uow.settlements.add_all([new])
        await uow.flush()
    else:
        dossier.state = next_state(dossier.state, Step.TAKE_BACK)
    uow.settlements.add_all([correction])
    uow.publish(
        DecisionCorrected(
            correction_id=correction.id,
            decision_id=before.id,
            new_decision_id=correction.new_decision_id,
            dossier_id=dossier.id,
            product_id=dossier.product_id,
            producer_id=dossier.producer_id,
            star=star,
            decision_number=number,
            decided_by=signed_by(issuer.body, issuer.unit, signed_on),
            corrected_on=signed_on,
            public_words=public_words,
            ruleset=ruleset.id,
            code_pattern=ruleset.product_code_pattern,
        )
    )
    details = {"number": number, "star": star, "before": before.star, "basis": basis, "reasons": reasons}
    await uow.audit(str(actor.person_id), "decision.corrected", "dossier", dossier.id, details)
    await uow.flush()
    return correction


async def issuer_today(uow: EvaluationUow, ruleset: Ruleset, body: str, star: int, product: ProductSummary) -> Issuer:
    """The body that answers for a star today: itself at the unit its own became, else the one of the law in force."""
    today = await uow.today()
    for name in (ruleset.standing_body(body, today), recognised_by(await ruleset_in_force(uow, today), star)):
        if name is None:
            continue
        level = SIGNATURES[name].level
        unit = unit_at(level, product)
        if unit is not None:
            return Issuer(name, level, unit)
    raise Conflict(
        "Không còn cơ quan nào ở địa bàn này ra quyết định về hạng sao đó.",
        "No body of that place decides on this star any more.",
        rule=ruleset.source("recognition"),
    )


def _require_issuer(actor: Actor, issuer: Issuer, ruleset: Ruleset, signed_on: date) -> None:
    role = RECOGNISING_ROLES[issuer.body]
    if issuer.unit.code not in actor.units(role):
        raise OtherBodyDecides(
            f"Đính chính do {signed_by(issuer.body, issuer.unit, signed_on)} quyết định.",
            "Another body decides on this correction.",
            rule=ruleset.source("recognition"),
            needs=[role.value],
            unit_code=issuer.unit.code,
        )


async def _check_change(
    uow: EvaluationUow,
    ruleset: Ruleset,
    issuer: Issuer,
    before: DecisionRow,
    dossier: DossierRow,
    product: ProductSummary,
    star: int | None,
    mean: str | None,
    basis: str,
) -> None:
    if star is not None:
        body = recognised_by(ruleset, star)
        if body is None or await issuer_today(uow, ruleset, body, star, product) != issuer:
            text = Text(f"{star} sao không do cơ quan này công nhận", f"{star} stars are not this body's to recognise")
            raise Invalid(faults=[Fault("star", "other_body", text)], rule=ruleset.source("recognition"))
        if star == before.star and mean is None:
            text = Text("không có gì thay đổi", "nothing changes")
            raise Invalid(faults=[Fault("star", "unchanged", text)])
    if basis == "objection":
        upheld = [view for view in await uow.objections.of_dossier(dossier.id) if view.steps]
        if not any(view.steps[-1].remedy == Remedy.CORRECTION for view in upheld):
            text = Text("không có khiếu nại được chấp nhận để đính chính", "no objection was upheld with a correction")
            raise Invalid(faults=[Fault("basis", "no_objection", text)])


def _version(
    before: DecisionRow, issuer: Issuer, document_id: UUID, number: str, signed_on: date, star: int, actor: Actor
) -> DecisionRow:
    return DecisionRow(
        id=new_id(),
        result_id=before.result_id,
        recorded_result_id=before.recorded_result_id,
        document_id=document_id,
        supersedes=before.id,
        dossier_id=before.dossier_id,
        level=issuer.level.value,
        unit_code=issuer.unit.code,
        body=issuer.body,
        number=number,
        signed_on=signed_on,
        star=star,
        ruleset_id=before.ruleset_id,
        decided_by=signed_by(issuer.body, issuer.unit, signed_on),
        person_id=actor.person_id,
    )
