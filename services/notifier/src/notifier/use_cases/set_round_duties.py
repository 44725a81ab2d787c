"""Duties that the schedule of a round causes."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from notifier.domain.duties import Duty
from notifier.persistence.unit_of_work import NotifierUow
from notifier.use_cases.set_duties import duty_kinds, revision_at
from shared.contracts.evaluation import RoundScheduled


async def set_round_duties(uow: NotifierUow, event: RoundScheduled) -> None:
    """A meeting for all who attend, reports for the heads of the advisory team; told again, the days move."""
    duties: list[Duty] = []
    if event.meeting_on is not None:
        duties += _duties(uow, event, "council_meeting", event.attending, event.meeting_on, place=event.place or "")
    if event.advisory_due_on is not None and event.dossier_ids:
        count = len(event.dossier_ids)
        duties += _duties(
            uow, event, "advisory_report", event.adviser_ids, event.advisory_due_on, total=count, dossiers=count
        )
    if duties:
        await uow.obligations.set(duties)


def _duties(
    uow: NotifierUow,
    event: RoundScheduled,
    code: str,
    people: Sequence[UUID],
    due_on: date,
    total: int = 1,
    **details: object,
) -> list[Duty]:
    kind = duty_kinds()[code]
    title, title_en = kind.titles(**details)
    return [
        Duty(
            source_kind=code,
            source_id=f"{event.round_id}:{person_id}",
            revision=revision_at(uow.caused_at),
            deadline_key=f"{code}:{event.round_id}",
            code=code,
            title=title,
            title_en=title_en,
            source=kind.source,
            year=event.year,
            period=str(event.year),
            unit_code=event.unit_code,
            unit_name=event.unit_name,
            level=event.level,
            responsible=kind.responsible,
            superior=kind.superiors.get(event.level),
            superior_unit_code=event.unit_code,
            person_id=person_id,
            due_on=due_on,
            about=str(event.round_id),
            fulfilled_by=kind.fulfilled_by,
            allowed_acts=kind.officials_may,
            counts_from=uow.caused_at if code == "advisory_report" else None,
            waived_by=kind.waived_by,
            waived_about=str(event.round_id),
            total=total,
        )
        for person_id in people
    ]
