"""The upper level's result comes back by its document, where it scored outside this system."""

from datetime import date
from fractions import Fraction
from uuid import UUID

from evaluation.domain.access import SECRETARIES
from evaluation.domain.dossier_states import Step, next_state
from evaluation.domain.explanations import decimal_text
from evaluation.domain.round_access import is_secretary
from evaluation.domain.rulesets import Ruleset, find_band, level_below, recognised_by
from evaluation.domain.settlement_errors import NumberTaken
from evaluation.domain.units_of_levels import SIGNATURES, Unit, signed_by, unit_at
from evaluation.persistence.settlements import Judged
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.settlements import RecordedResultRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.check_named_file import check_named_file
from evaluation.use_cases.check_renewal import pass_renewal_on
from evaluation.use_cases.decide_star import Issuer, check_day, recognise
from evaluation.use_cases.judged_dossiers import Held
from evaluation.use_cases.settle_result import tell_released
from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.errors import Conflict, Fault, Forbidden, Invalid, Text
from shared.ids import new_id

SHOWN_DECIMALS = 2


async def record_upper_result(
    uow: EvaluationUow,
    actor: Actor,
    dossier_id: UUID,
    *,
    mean: Fraction,
    star: int,
    number: str,
    signed_on: date,
    reasons: str | None,
    file: str | None,
) -> RecordedResultRow:
    """Record what the level above came to on a forwarded dossier (26/2026 Art. 7.4).

    A star which that level's body recognises is recognised by the document itself. A lower one that somebody below
    recognises waits there: recognised on this result, or evaluated again, as the ruleset allows. Any other ends the
    dossier. The star may lie below the band of the mean (floors), never above it.
    Raises NotFound, Forbidden, Conflict for the state, Invalid for mean, star, day or file, NumberTaken.
    """
    dossier = await uow.dossiers.visible_to(actor).get(dossier_id, lock=True)
    after = next_state(dossier.state, Step.RECORD_ABOVE)
    if dossier.level is None or dossier.filed_on is None:
        raise LookupError(f"dossier {dossier.id} is forwarded and waits at no level")
    level = Level(dossier.level)
    ruleset = await uow.rules.ruleset(dossier.ruleset_id)
    _require_recorder(actor, ruleset, dossier, level)
    check_day(signed_on, await uow.today(), dossier.filed_on)
    _check_star(ruleset, mean, star)
    body = next(body for body, signature in SIGNATURES.items() if signature.level is level)
    issuer = Issuer(body, level, _unit(level, dossier))
    document_id = await _document(uow, actor, issuer, number, signed_on, file)
    recogniser = recognised_by(ruleset, star)
    row = RecordedResultRow(
        id=new_id(),
        dossier_id=dossier.id,
        level=level.value,
        mean_numerator=mean.numerator,
        mean_denominator=mean.denominator,
        mean_decimal=decimal_text(mean, SHOWN_DECIMALS),
        star=star,
        recognised=recogniser is not None,
        document_id=document_id,
        ruleset_id=ruleset.id,
        reasons=reasons,
        person_id=actor.person_id,
        on_day=await uow.today(),
    )
    uow.settlements.add_all([row])
    await uow.flush()
    details = {"level": level.value, "star": star, "mean": str(mean), "number": number}
    await uow.audit(str(actor.person_id), "upper_result.recorded", "dossier", dossier.id, details)
    if recogniser == body:
        await recognise(uow, actor, Held(dossier, Judged(row), None), ruleset, issuer, document_id, number, signed_on)
        return row
    dossier.state, dossier.level = after, level_below(ruleset, level)
    if recogniser is None:
        dossier.state, dossier.level = next_state(after, Step.REFUSE), None
        tell_released(uow, row, dossier, "not_recognised")
    await pass_renewal_on(uow, dossier, ruleset)
    return row


def _require_recorder(actor: Actor, ruleset: Ruleset, dossier: DossierRow, level: Level) -> None:
    """The upper level's own officer, or the secretary below who received the document."""
    below = level_below(ruleset, level)
    sender = unit_at(Level(below), dossier) if below else None
    receives = sender is not None and below is not None and is_secretary(actor, below, sender.code)
    if not (is_secretary(actor, level, _unit(level, dossier).code) or receives):
        raise Forbidden(
            "Việc này của thư ký cấp đã chuyển hồ sơ hoặc cấp đánh giá.",
            "This is for the secretary of the level that forwarded the dossier, or of the one that evaluated it.",
            needs=sorted({SECRETARIES[level].value, Role.PROVINCE_SECRETARY.value}),
        )


def _unit(level: Level, dossier: DossierRow) -> Unit:
    unit = unit_at(level, dossier)
    if unit is None:
        raise Conflict("Cấp này không còn ở địa bàn.", "That level no longer exists there.", state=dossier.state)
    return unit


def _check_star(ruleset: Ruleset, mean: Fraction, star: int) -> None:
    if not 0 <= mean <= ruleset.total:
        text = Text(f"điểm phải từ 0 đến {ruleset.total}", f"points lie between 0 and {ruleset.total}")
        raise Invalid(faults=[Fault("mean", "out_of_range", text)])
    band, _ = find_band(ruleset, mean)
    if star > band.star or star not in {one.star for one in ruleset.bands}:
        text = Text(f"{mean} điểm chỉ đến {band.star} sao", f"{mean} points reach {band.star} stars at most")
        raise Invalid(faults=[Fault("star", "above_band", text)], rule=ruleset.source("bands"))


async def _document(
    uow: EvaluationUow, actor: Actor, issuer: Issuer, number: str, signed_on: date, file: str | None
) -> UUID:
    """The document, written at the first product recorded from it: it usually lists several."""
    await check_named_file(uow, actor, file)
    key = ("upper_result", issuer.level.value, issuer.unit.code, number)
    added = await uow.settlements.add_document(
        kind=key[0],
        level=key[1],
        unit_code=key[2],
        body=issuer.body,
        number=number,
        signed_on=signed_on,
        decided_by=signed_by(issuer.body, issuer.unit, signed_on),
        file_sha256=file,
        person_id=actor.person_id,
    )
    found = added or await uow.settlements.document_of(*key, signed_on.year)
    if found is None:
        raise NumberTaken(
            f"Số {number} năm {signed_on.year} đã dùng cho văn bản khác.",
            f"Number {number} of {signed_on.year} belongs to another document.",
            number=number,
        )
    return found
