"""Record a training that was held."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from registry.domain.access import RECORDS_TRAININGS
from registry.persistence.tables.plans import TrainingRow
from registry.persistence.unit_of_work import RegistryUow
from shared.auth.actors import Actor
from shared.errors import Fault, Invalid, Text
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class TrainingDraft:
    """What was taught when, to whom."""

    title: str
    held_on: date
    kind: str
    person_ids: tuple[UUID, ...]
    producer_ids: tuple[UUID, ...]
    unit_codes: tuple[str, ...]


async def record_training(uow: RegistryUow, actor: Actor, draft: TrainingDraft) -> TrainingRow:
    """Record it (plan 2023 II.2). Raises Invalid for a day to come and for unknown people, producers or units."""
    people, producers = await uow.trainings.unknown(draft.person_ids, draft.producer_ids)
    units = await uow.units.unknown(draft.unit_codes, draft.held_on)
    faults = [
        *_unknown("person_ids", draft.person_ids, people),
        *_unknown("producer_ids", draft.producer_ids, producers),
        *_unknown("unit_codes", draft.unit_codes, units),
    ]
    if draft.held_on > await uow.today():
        faults.append(Fault("held_on", "future", Text("Chưa đến ngày này", "This day has not come yet")))
    if faults:
        raise Invalid(faults=faults)
    row = TrainingRow(
        id=new_id(),
        title=draft.title,
        held_on=draft.held_on,
        kind=draft.kind,
        unit_codes=list(draft.unit_codes),
        recorded_by=actor.person_id,
        recorded_for=min(actor.units(*RECORDS_TRAININGS)),
    )
    await uow.trainings.add(row, draft.person_ids, draft.producer_ids)
    return row


def _unknown(field: str, given: tuple[object, ...], unknown: set[UUID] | set[str]) -> list[Fault]:
    return [
        Fault(f"{field}[{number}]", "unknown", Text("Không có trong hệ thống", "Not known"))
        for number, one in enumerate(given)
        if one in unknown
    ]
