"""Finding a dossier for an act of the officials of the level at which it waits."""

from collections.abc import Sequence
from uuid import UUID

from evaluation.domain.access import OFFICERS, require_unit
from evaluation.domain.dossier_states import DossierState, possible_steps
from evaluation.domain.errors import invalid
from evaluation.domain.faults import ScoreError
from evaluation.domain.repair_items import Item, check_items
from evaluation.domain.units_of_levels import unit_at
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.contracts.roles import Level
from shared.errors import Conflict

FORMS = ("registration_form", "self_score", "self_assessment", "samples")
"""Fields of a dossier whose inner paths an official may point at."""


def holds_office(actor: Actor, level: Level, dossier: DossierRow) -> bool:
    """Whether the person is official of the dossier's unit at this level."""
    unit = unit_at(level, dossier)
    return unit is not None and unit.code in actor.units(OFFICERS[level])


def offices_of(actor: Actor, dossier: DossierRow) -> list[Level]:
    """The levels at which the person is official of the dossier's unit, rising."""
    return [level for level in OFFICERS if holds_office(actor, level, dossier)]


def require_waiting_here(actor: Actor, dossier: DossierRow, rule: str) -> Level:
    """The level at which the dossier waits, if the person is official there.

    Raises Conflict for an official of another level of the same dossier, at which it waited or will wait, when it has
    moved on; Forbidden for everybody else.
    """
    if dossier.level is None:
        raise _waits_elsewhere(dossier, rule)
    level = Level(dossier.level)
    if holds_office(actor, level, dossier):
        return level
    passed = [office for office in offices_of(actor, dossier) if office.value in dossier.reached]
    ranks = list(Level)
    if any(ranks.index(office) < ranks.index(level) for office in passed) or (
        holds_office(actor, Level.COMMUNE, dossier) and level is not Level.COMMUNE
    ):
        raise _waits_elsewhere(dossier, rule)
    unit = unit_at(level, dossier)
    require_unit(actor, OFFICERS[level], None if unit is None else unit.code)
    return level


async def require_known_items(uow: EvaluationUow, dossier: DossierRow, items: Sequence[Item]) -> None:
    """Raise Invalid, listing all, unless each item is one of the dossier."""
    sheet = await uow.rules.sheet(dossier.sheet_id)
    criteria = {criterion.code for criterion in sheet.criteria} | {part.code for part in sheet.parts}
    papers = {paper.id for paper in await uow.evidence.of_dossier(dossier.id)}
    if faults := check_items(items, FORMS, criteria, papers):
        raise invalid(ScoreError(faults))


async def in_hand(uow: EvaluationUow, actor: Actor, dossier_id: UUID, *, lock: bool = False) -> DossierRow:
    """A dossier visible to the person that was filed. Raises NotFound, Conflict for a draft."""
    dossier = await uow.dossiers.visible_to(actor).get(dossier_id, lock=lock)
    if dossier.state == DossierState.DRAFT:
        raise Conflict(
            "Hồ sơ chưa nộp.",
            "The dossier was not filed yet.",
            state=dossier.state,
            allowed=possible_steps(dossier.state),
        )
    return dossier


def _waits_elsewhere(dossier: DossierRow, rule: str) -> Conflict:
    return Conflict(
        "Hồ sơ này không chờ ở cấp của bạn.",
        "This dossier does not wait at your level.",
        rule=rule,
        state=dossier.state,
        level=dossier.level,
        allowed=possible_steps(dossier.state),
    )
