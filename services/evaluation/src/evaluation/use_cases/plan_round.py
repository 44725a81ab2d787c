"""The secretary puts dossiers before a council."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from evaluation.domain.dossier_states import TRANSITIONS, Step, next_state
from evaluation.domain.round_access import is_secretary
from evaluation.domain.units_of_levels import unit_at
from evaluation.persistence.tables.councils import CouncilRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.rounds import RoundDossierRow, RoundRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.contracts.roles import Level
from shared.errors import Conflict, Fault, Forbidden, Invalid, Text
from shared.ids import new_id


async def plan_round(
    uow: EvaluationUow, actor: Actor, council_id: UUID, due_on: date, dossier_ids: Sequence[UUID]
) -> RoundRow:
    """Plan a round of a council: the dossiers it will score and by when (26/2026 Art. 5).

    Every dossier must wait at the council's level for the council's unit. A dossier is in one live round at a time.
    Raises NotFound, Forbidden, Invalid for a date that has passed, Conflict naming each dossier that cannot join.
    """
    council: CouncilRow = (await uow.councils.read(actor, council_id))[0]
    if not is_secretary(actor, council.level, council.unit_code):
        raise Forbidden("Việc này của thư ký đơn vị.", "This is for the unit's secretary.")
    if due_on < await uow.today():
        late = Text("hạn chấm điểm đã qua", "the day has passed")
        raise Invalid(faults=[Fault("due_on", "passed", late)])
    dossiers = await uow.dossiers.visible_to(actor).get_many(dossier_ids, lock=True)
    level = Level(council.level)
    strangers = [dossier for dossier in dossiers if not waits_for(dossier, council)]
    if strangers:
        raise Conflict(
            "Có hồ sơ không chờ Hội đồng này chấm điểm.",
            "Some dossiers do not wait for this council.",
            dossiers=[{"dossier_id": str(d.id), "state": d.state, "level": d.level} for d in strangers],
        )
    unit = unit_at(level, dossiers[0])
    assert unit is not None
    round_row = RoundRow(
        id=new_id(),
        council_id=council.id,
        level=council.level,
        unit_code=council.unit_code,
        unit_name=unit.name,
        province_code=None if level is Level.CENTRAL else dossiers[0].province_code,
        year=council.year,
        due_on=due_on,
        state="planned",
        created_by=actor.person_id,
    )
    entries = []
    for dossier in dossiers:
        before, dossier.state = dossier.state, next_state(dossier.state, Step.JOIN_ROUND)
        assert dossier.ruleset_hash is not None
        assert dossier.sheet_hash is not None
        entries.append(
            RoundDossierRow(
                round_id=round_row.id,
                dossier_id=dossier.id,
                ruleset_id=dossier.ruleset_id,
                ruleset_hash=dossier.ruleset_hash,
                sheet_id=dossier.sheet_id,
                sheet_hash=dossier.sheet_hash,
                state_before=before,
            )
        )
    await uow.rounds.add(round_row, entries)
    details = {"council_id": str(council.id), "dossiers": [str(dossier.id) for dossier in dossiers]}
    await uow.audit(str(actor.person_id), "round.planned", "round", round_row.id, details)
    return round_row


def waits_for(dossier: DossierRow, council: CouncilRow) -> bool:
    """Whether a dossier waits at the council's level for the council's unit."""
    unit = unit_at(Level(council.level), dossier)
    at_level = dossier.level == council.level and unit is not None and unit.code == council.unit_code
    return at_level and dossier.state in TRANSITIONS[Step.JOIN_ROUND]
