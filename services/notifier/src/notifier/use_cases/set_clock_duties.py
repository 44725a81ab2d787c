"""Duties that a clock of the law gives a unit: an answer, a decision, a re-evaluation."""

from uuid import UUID

from notifier.domain.duties import Duty
from notifier.persistence.unit_of_work import NotifierUow
from notifier.use_cases.set_duties import duty_kinds
from shared.contracts.settlements import ObjectionReceived, RenewalDecisionDue, RevocationProposed

ClockEvent = ObjectionReceived | RenewalDecisionDue | RevocationProposed


async def set_clock_duty(
    uow: NotifierUow,
    event: ClockEvent,
    code: str,
    *,
    about: UUID,
    unit_name: str | None,
    waived_about: UUID | None = None,
) -> None:
    """The unit the event names owes what `code` says by the event's day; None: listed and not reminded of."""
    kind = duty_kinds()[code]
    title, title_en = kind.titles(product=event.product_name)
    duty = Duty(
        source_kind=code,
        source_id=str(about),
        revision=int(uow.caused_at.timestamp() * 1_000_000) if uow.caused_at else 0,
        deadline_key=f"{code}:{about}",
        code=code,
        title=title,
        title_en=title_en,
        source=event.source,
        year=event.year,
        period=str(event.year),
        unit_code=event.unit_code,
        unit_name=unit_name,
        level=event.level,
        responsible=kind.responsible_at.get(event.level, kind.responsible),
        superior=kind.superiors.get(event.level),
        superior_unit_code=event.unit_code,
        due_on=event.due_on,
        about=str(about),
        fulfilled_by=kind.fulfilled_by,
        allowed_acts=kind.officials_may,
        counts_from=uow.caused_at,
        waived_by=kind.waived_by,
        waived_about=None if waived_about is None else str(waived_about),
    )
    await uow.obligations.set([duty])
