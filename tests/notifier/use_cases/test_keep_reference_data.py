"""Reference data is loaded once, planned anew when it changed, and a loaded template never changes."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from notifier.domain.working_days import DayNote, YearCalendar
from notifier.use_cases.import_calendar import import_calendar
from notifier.use_cases.keep_reference_data import keep_reference_data
from shared.contracts.roles import Role
from shared.testing.people import person


async def test_loading_again_changes_nothing(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-05-01T08:00:00+07:00")
    await notifier.tell(make.deadline("502"))
    await notifier.turn()
    before = await notifier.rows("SELECT version, next_step_at FROM obligations")
    async with notifier.context.uow() as uow:
        await keep_reference_data(uow)
    assert await notifier.rows("SELECT id FROM obligations WHERE NOT settled") == []
    await notifier.turn()
    assert await notifier.rows("SELECT version, next_step_at FROM obligations") == before


async def test_a_changed_policy_plans_outstanding_duties_anew(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-05-01T08:00:00+07:00")
    await notifier.tell(make.deadline("502"))
    await notifier.turn()
    (right,) = await notifier.rows("SELECT next_step_at FROM obligations")
    async with notifier.context.uow() as uow:
        await uow.session.execute(text("UPDATE reminder_policies SET send_at = '05:00'"))
        await uow.session.execute(text("DELETE FROM reminder_policy_steps WHERE step = -30"))
        await uow.settlement.unsettle_outstanding()
    await notifier.turn()
    (other,) = await notifier.rows("SELECT next_step_at FROM obligations")
    assert other != right
    async with notifier.context.uow() as uow:
        await keep_reference_data(uow)
    await notifier.turn()
    assert await notifier.rows("SELECT next_step_at FROM obligations") == [right]


async def test_a_loaded_template_that_reads_differently_is_refused(notifier: Any) -> None:
    async with notifier.context.uow() as uow:
        await uow.session.execute(text("UPDATE notice_templates SET digest = 'other' WHERE code = 'reminder'"))
    with pytest.raises(ValueError, match=r"reminder v[12] was changed"):
        async with notifier.context.uow() as uow:
            await keep_reference_data(uow)


WORKED = "SELECT day::text, works_on(day) FROM unnest(CAST(:days AS date[])) AS day ORDER BY day"


async def worked(notifier: Any, *days: str) -> list[bool]:
    async with notifier.context.uow() as uow:
        rows = await uow.session.execute(text(WORKED), {"days": [date.fromisoformat(day) for day in days]})
        return [row.works_on for row in rows]


async def test_an_imported_year_decides_its_office_days_and_loading_again_leaves_them(notifier: Any) -> None:
    monday, saturday, national_day, a_year_later = "2024-06-03", "2024-06-08", "2024-09-02", "2025-09-02"
    days = (monday, saturday, national_day, a_year_later)
    assert await worked(notifier, *days) == [True, False, False, False]
    calendar = YearCalendar(
        2024, (DayNote(date(2024, 6, 3), "thử"),), (DayNote(date(2024, 6, 8), "làm bù"),), "thông báo thử"
    )
    async with notifier.context.uow() as uow:
        await import_calendar(uow, person(Role.PROVINCE_SECRETARY, "49"), calendar, 0)
    for _ in range(2):
        assert await worked(notifier, *days) == [False, True, True, False], "its notice alone decides the year"
        async with notifier.context.uow() as uow:
            await keep_reference_data(uow)


async def test_an_imported_day_is_found_whatever_the_sessions_date_style(notifier: Any) -> None:
    calendar = YearCalendar(2024, (DayNote(date(2024, 6, 3), "thử"),), (), "thông báo thử")
    async with notifier.context.uow() as uow:
        await import_calendar(uow, person(Role.PROVINCE_SECRETARY, "49"), calendar, 0)
        await uow.session.execute(text("SET LOCAL datestyle = 'German'"))
        assert not (await uow.session.execute(text("SELECT works_on(date '2024-06-03')"))).scalar_one()
