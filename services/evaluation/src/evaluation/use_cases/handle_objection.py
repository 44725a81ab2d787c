"""The steps of officials on an objection: receipt, examination, answer."""

from uuid import UUID

from evaluation.domain.access import RECOGNISING_ROLES, SECRETARIES
from evaluation.domain.calendars import legal_deadline
from evaluation.domain.objections import ObjectionState, Remedy, check_step, heads_level
from evaluation.domain.round_access import is_secretary
from evaluation.persistence.objections import ObjectionView
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.objections import ObjectionStepRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.reopen_dossier import reopen
from shared.auth.actors import Actor
from shared.contracts.roles import Level
from shared.contracts.settlements import ObjectionAnswered, ObjectionReceived
from shared.errors import Fault, Forbidden, Invalid, Text
from shared.ids import new_id

ANSWER_CLOCK = "objection_answer"
"""The clock of a ruleset within which an objection that was received is answered."""


async def receive_objection(uow: EvaluationUow, actor: Actor, objection_id: UUID) -> ObjectionView:
    """The secretary of the level that scored takes the objection in: the clock for its answer starts.

    Raises NotFound, Forbidden, Conflict for the state.
    """
    dossier, view = await _held(uow, actor, objection_id)
    _require_secretary(actor, view)
    check_step(view.state, ObjectionState.RECEIVED)
    ruleset, today = await uow.rules.ruleset(dossier.ruleset_id), await uow.today()
    clock = ruleset.clock(ANSWER_CLOCK)
    due_on = legal_deadline(clock, today) if clock else None
    source = (clock.ref if clock else None) or ruleset.decision
    await _add(uow, actor, view, ObjectionState.RECEIVED, due_on=due_on, source=source)
    uow.publish(
        ObjectionReceived(
            objection_id=objection_id,
            dossier_id=dossier.id,
            product_name=dossier.product_name,
            level=Level(view.row.level),
            unit_code=view.row.unit_code,
            year=today.year,
            due_on=due_on,
            source=source,
        )
    )
    return view


async def examine_objection(uow: EvaluationUow, actor: Actor, objection_id: UUID, findings: str) -> ObjectionView:
    """The secretary writes down what the examination of the result came to. Raises NotFound, Forbidden, Conflict."""
    _, view = await _held(uow, actor, objection_id)
    _require_secretary(actor, view)
    check_step(view.state, ObjectionState.EXAMINED)
    await _add(uow, actor, view, ObjectionState.EXAMINED, words=findings)
    return view


async def answer_objection(
    uow: EvaluationUow, actor: Actor, objection_id: UUID, answer: str, reasons: str, remedy: str | None
) -> ObjectionView:
    """The head of the level that scored answers, with reasons. Upheld wholly or partly, a remedy follows.

    `reopening` puts the dossier back before a council of the same level at once; `correction` is then a decision of
    its own. Raises NotFound, Forbidden, Conflict for the state, Invalid where answer and remedy do not fit.
    """
    dossier, view = await _held(uow, actor, objection_id)
    if not heads_level(actor, view.row.level, view.row.unit_code):
        raise Forbidden(
            "Trả lời khiếu nại thuộc thẩm quyền người đứng đầu cấp đã đánh giá.",
            "The head of the level that scored answers an objection.",
            needs=sorted({role.value for role in RECOGNISING_ROLES.values()}),
            unit_code=view.row.unit_code,
        )
    state = ObjectionState(answer)
    check_step(view.state, state)
    if (state is ObjectionState.REFUSED) != (remedy is None):
        text = Text(
            "khiếu nại được chấp nhận thì nêu cách khắc phục, không chấp nhận thì để trống",
            "an objection upheld names its remedy, one refused has none",
        )
        raise Invalid(faults=[Fault("remedy", "does_not_fit", text)])
    await _add(uow, actor, view, state, words=reasons, remedy=remedy)
    if remedy == Remedy.REOPENING:
        await reopen(uow, actor, dossier, view.row.level, "objection", reasons, objection_id)
    uow.publish(
        ObjectionAnswered(
            objection_id=objection_id,
            dossier_id=dossier.id,
            producer_id=dossier.producer_id,
            answer=state.value,
            remedy=remedy,
            answered_on=await uow.today(),
        )
    )
    return view


async def _held(uow: EvaluationUow, actor: Actor, objection_id: UUID) -> tuple[DossierRow, ObjectionView]:
    """The objection with its dossier held FOR UPDATE: steps on one dossier follow one another."""
    dossier_id = await uow.objections.dossier_of(actor, objection_id)
    dossier = await uow.dossiers.visible_to(actor).get(dossier_id, lock=True)
    return dossier, await uow.objections.view(dossier_id, objection_id)


def _require_secretary(actor: Actor, view: ObjectionView) -> None:
    if not is_secretary(actor, view.row.level, view.row.unit_code):
        raise Forbidden(
            "Việc này của thư ký cấp đã đánh giá.",
            "This is for the secretary of the level that scored.",
            needs=[SECRETARIES[Level(view.row.level)].value],
            unit_code=view.row.unit_code,
        )


async def _add(uow: EvaluationUow, actor: Actor, view: ObjectionView, step: ObjectionState, **values: object) -> None:
    row = ObjectionStepRow(
        id=new_id(),
        objection_id=view.row.id,
        step=step.value,
        on_day=await uow.today(),
        person_id=actor.person_id,
        **values,
    )
    uow.objections.add(row)
    view.steps.append(row)
    details = {"objection_id": str(view.row.id)}
    await uow.audit(str(actor.person_id), f"objection.{step.value}", "dossier", view.row.dossier_id, details)
    await uow.flush()
