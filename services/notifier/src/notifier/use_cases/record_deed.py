"""Keep something that happened, whether or not a duty for it is known yet."""

from datetime import date, datetime
from uuid import UUID

from notifier.domain.deadlines import instant_of
from notifier.domain.fulfilments import Deed
from notifier.persistence.unit_of_work import NotifierUow
from shared.clock import start_of
from shared.contracts.base import Event
from shared.contracts.commerce import OutletClosed, OutletOpened


async def record_deed(
    uow: NotifierUow,
    event: Event,
    *,
    item: object,
    about: tuple[UUID | str | None, ...],
    at: datetime | None = None,
    on: date | None = None,
    year: int | None = None,
    period: str | None = None,
    code: str | None = None,
    person_id: UUID | None = None,
    revision: int = 0,
    repeats: bool = False,
) -> None:
    """The event meets every duty that waits for its type and is about one of `about`.

    It counts at `at`, or the instant it happened at its publisher; `on`, where the event names a date, is the date
    it counts for. `year`, `period`, `code` and `person_id` must agree with the duty's where they are given.
    `repeats`: the same item may do so several times (a dossier filed again), and each time is kept.
    """
    happened_at = at or uow.caused_at or await uow.now()
    uow.fulfilments.record(
        Deed(
            event_type=event.type,
            item=f"{item}:{happened_at.isoformat()}" if repeats else str(item),
            abouts=tuple(str(thing) for thing in about if thing is not None),
            at=instant_of(on, happened_at) if on else happened_at,
            year=year,
            period=period,
            code=code,
            person_id=person_id,
            revision=revision,
        )
    )


async def withdraw_outlet(uow: NotifierUow, event: OutletClosed) -> None:
    """An outlet that closed before the deadline does not meet the duty to have one."""
    await uow.fulfilments.withdraw(OutletOpened.type, str(event.outlet_id), event.unit_code, start_of(event.closed_on))
