"""A producer objects to a result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from evaluation.domain.access import require_producer
from evaluation.domain.calendars import legal_deadline
from evaluation.domain.clocks import Clock
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.settlement_errors import ObjectionClosed
from evaluation.domain.units_of_levels import unit_at
from evaluation.persistence.objections import ObjectionView
from evaluation.persistence.settlements import Judged
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.objections import ObjectionRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.contracts.roles import Level
from shared.contracts.settlements import ObjectionFiled
from shared.errors import Conflict, Fault, Invalid, Text
from shared.ids import new_id

WINDOW_CLOCK = "objection_file"
"""The clock of a ruleset within which a producer may object to a result that was released."""


@dataclass(frozen=True, slots=True)
class ObjectionWindow:
    """Until when, inclusive, a result may be objected to, and by which rule."""

    until: date
    source: str


def objection_window(ruleset: Ruleset, released_on: date) -> ObjectionWindow | None:
    """The window of a result released on a day; None where the ruleset sets none, so that there is no objection."""
    clock: Clock | None = ruleset.clock(WINDOW_CLOCK)
    if clock is None:
        return None
    return ObjectionWindow(legal_deadline(clock, released_on), clock.ref or ruleset.decision)


async def file_objection(
    uow: EvaluationUow, actor: Actor, dossier_id: UUID, grounds: str, criteria: Sequence[str]
) -> ObjectionView:
    """Object to the dossier's newest released result, within the window of the ruleset's clock, once.

    `criteria` name what the producer contests. Raises NotFound, Forbidden, ObjectionClosed with the dates, Invalid.
    """
    dossier = await uow.dossiers.visible_to(actor).get(dossier_id, lock=True)
    require_producer(actor, dossier.producer_id)
    judged, released_on = await newest_released(uow, dossier)
    ruleset, today = await uow.rules.ruleset(dossier.ruleset_id), await uow.today()
    window = objection_window(ruleset, released_on)
    if window is None:
        raise ObjectionClosed(
            f"{ruleset.decision} chưa đặt thời hạn khiếu nại.", f"{ruleset.id} sets no window.", state=dossier.state
        )
    if today > window.until:
        raise ObjectionClosed(
            f"Đã hết thời hạn khiếu nại ngày {window.until:%d/%m/%Y}.",
            f"The window for objections ended on {window.until.isoformat()}.",
            rule=window.source,
            state=dossier.state,
            window_until=window.until.isoformat(),
        )
    if any(judged.row.id in (v.row.result_id, v.row.recorded_result_id) for v in await _of(uow, dossier)):
        raise ObjectionClosed(
            "Kết quả này đã có khiếu nại.", "This result was objected to already.", state=dossier.state, allowed=[]
        )
    _check_criteria(criteria, {one.code for one in (await uow.rules.sheet(dossier.sheet_id)).criteria})
    unit = unit_at(Level(judged.row.level), dossier)
    if unit is None:
        raise Conflict("Cấp đã đánh giá không còn ở địa bàn.", "The level that scored no longer exists there.")
    row = ObjectionRow(
        id=new_id(),
        dossier_id=dossier.id,
        **judged.keys,
        producer_id=dossier.producer_id,
        level=judged.row.level,
        unit_code=unit.code,
        grounds=grounds,
        criteria=list(criteria),
        filed_on=today,
        window_until=window.until,
        source=window.source,
        person_id=actor.person_id,
    )
    uow.objections.add(row)
    uow.publish(
        ObjectionFiled(
            objection_id=row.id,
            dossier_id=dossier.id,
            producer_id=dossier.producer_id,
            level=Level(row.level),
            unit_code=row.unit_code,
            filed_on=today,
        )
    )
    await uow.audit(str(actor.person_id), "objection.filed", "dossier", dossier.id, {"objection_id": str(row.id)})
    await uow.flush()
    return ObjectionView(row, [])


async def _of(uow: EvaluationUow, dossier: DossierRow) -> list[ObjectionView]:
    return await uow.objections.of_dossier(dossier.id)


async def newest_released(uow: EvaluationUow, dossier: DossierRow) -> tuple[Judged, date]:
    """The dossier's newest result and the day it was released. Raises ObjectionClosed before that."""
    judged = (await uow.settlements.judged([dossier.id])).get(dossier.id)
    released_on = None if judged is None else await uow.settlements.released_on(judged)
    if judged is None or released_on is None:
        raise ObjectionClosed(
            "Chưa có kết quả được công bố cho chủ thể.", "No result was released yet.", state=dossier.state, allowed=[]
        )
    return judged, released_on


def _check_criteria(criteria: Sequence[str], known: set[str]) -> None:
    faults = [
        Fault(f"criteria[{n}]", "unknown_criterion", Text(f"phiếu không có tiêu chí {code}", f"no criterion {code}"))
        for n, code in enumerate(criteria)
        if code not in known
    ]
    if faults:
        raise Invalid(faults=faults)
