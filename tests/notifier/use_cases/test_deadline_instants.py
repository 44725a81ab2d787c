"""A deadline ends at midnight in Vietnam, to the microsecond, whatever the time zone of machine or session."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from typing import Any

import pytest
from sqlalchemy import text

from notifier.domain.deadlines import is_late, step_instant
from notifier.domain.duties import Duty
from notifier.domain.fulfilments import Deed
from shared.contracts.commerce import OutletOpened
from shared.contracts.evaluation import SheetSubmitted
from shared.contracts.roles import Level, Role

END = datetime(2023, 7, 31, 17, 0, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
INSTANTS = [END + (MICROSECOND * n) for n in range(-500, 500)]


def duty(number: int) -> Duty:
    return Duty(
        source_kind="deadline",
        source_id=str(number),
        revision=1,
        deadline_key="k",
        code="district_evaluation",
        title="t",
        source="",
        year=2023,
        period="2023",
        unit_code=f"u{number}",
        unit_name=None,
        level=Level.DISTRICT,
        responsible=Role.DISTRICT_SECRETARY,
        superior=Role.PROVINCE_SECRETARY,
        superior_unit_code="49",
        due_on=date(2023, 7, 31),
        about=f"u{number}",
        fulfilled_by=("commerce.trade_event_held",),
    )


@pytest.fixture(params=["UTC", "America/New_York", "Asia/Ho_Chi_Minh"])
def machine_zone(request: pytest.FixtureRequest) -> Iterator[str]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_the_pure_verdict_turns_at_the_boundary(machine_zone: str) -> None:
    assert [is_late(at, date(2023, 7, 31)) for at in INSTANTS] == [False] * 500 + [True] * 500


async def test_the_database_gives_the_same_verdict(notifier: Any, machine_zone: str) -> None:
    await notifier.clock("2023-08-02T08:00:00+07:00")
    # In this database alone: roles belong to the cluster, and other tests run beside this one.
    name = await notifier.admin.fetchval("SELECT current_database()")
    await notifier.admin.execute(f"ALTER ROLE notifier IN DATABASE {name} SET timezone = '{machine_zone}'")
    await notifier.database.engine.dispose()
    async with notifier.context.uow() as uow:
        assert (await uow.session.execute(text("SHOW timezone"))).scalar_one() == machine_zone
        await uow.obligations.set([duty(n) for n in range(1000)])
        for n, at in enumerate(INSTANTS):
            uow.fulfilments.record(Deed(event_type="commerce.trade_event_held", item=str(n), abouts=(f"u{n}",), at=at))
    await notifier.turn()
    rows = await notifier.rows("SELECT late FROM obligations ORDER BY substr(unit_code, 2)::int")
    assert [row["late"] for row in rows] == [is_late(at, date(2023, 7, 31)) for at in INSTANTS]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Ho_Chi_Minh", "Pacific/Auckland"])
async def test_the_programmes_clock_is_the_same_in_every_session(notifier: Any, zone: str) -> None:
    """A clock moved across a change of daylight saving was an hour off in a session that keeps it."""
    for instant in ("2023-07-24T08:00:00+07:00", "2023-01-24T08:00:00+07:00"):
        await notifier.clock(instant)
        async with notifier.context.uow() as uow:
            await uow.session.execute(text(f"SET LOCAL timezone = '{zone}'"))
            ahead = await uow.now() - datetime.fromisoformat(instant)
        assert timedelta(0) <= ahead < timedelta(minutes=5)


async def test_steps_fall_where_the_database_says(notifier: Any, machine_zone: str) -> None:
    days = [-365, -30, -7, -1, 0, 1, 7]
    rows = await notifier.rows(
        "SELECT step_instant('2023-07-31', d, '08:00') AS at FROM unnest($1::int[]) AS d ORDER BY d", days
    )
    expected = [step_instant(date(2023, 7, 31), step, clock_time(8)) for step in days]
    assert [row["at"] for row in rows] == expected
    assert expected[3] == datetime(2023, 7, 30, 1, tzinfo=UTC)


async def test_a_result_sent_in_the_last_second_is_in_time_even_when_it_arrives_after_midnight(
    notifier: Any, make: Any
) -> None:
    await notifier.clock("2023-08-01T00:00:05+07:00")
    await notifier.tell(*make.deadlines(["502"]))
    deed = OutletOpened(
        outlet_id=make.known("outlet"),
        name="Điểm bán hàng",
        commune_code="20000",
        unit_code="502",
        province_code="49",
        opened_on=date(2023, 7, 31),
        year=2023,
        revision=1,
    )
    duty = make.deadline("502", code="outlet_in_district", fulfilled_by="commerce.outlet_opened")
    await notifier.tell(duty, make.told(deed, datetime(2023, 7, 31, 16, 59, 59, tzinfo=UTC)))
    await notifier.turn()
    (row,) = await notifier.rows("SELECT state, late, met_at FROM obligations WHERE code = 'outlet_in_district'")
    assert row == {"state": "met", "late": False, "met_at": datetime(2023, 7, 31, 16, 59, 59, tzinfo=UTC)}


def test_events_cannot_carry_an_instant_without_zone_unnoticed() -> None:
    naive = {"round_id": "0" * 32, "dossier_id": "1" * 32, "member_id": "2" * 32, "submitted_at": "2023-07-31T23:59:59"}
    with pytest.raises(TypeError, match="naive"):
        is_late(SheetSubmitted.model_validate(naive).submitted_at, date(2023, 7, 31))
