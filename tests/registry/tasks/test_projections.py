"""What other services tell is kept once, whatever the order it comes in and however often."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from registry.persistence.unit_of_work import RegistryUow
from registry.tasks import TASKS
from shared.contracts.commerce import GrowthMeasured, OutletClosed, OutletOpened, TradeEventHeld
from shared.contracts.evaluation import DossierFiled, DossierForwarded, ResultReleased
from shared.contracts.notifier import ObligationLifted, ObligationMet, ObligationMissed
from shared.contracts.roles import Level
from shared.ids import new_id
from shared.testing.plugin import OpenDatabases

THING, PRODUCT, PRODUCER = new_id(), new_id(), new_id()
PLACE = {"commune_code": "20335", "district_code": "502", "province_code": "49"}


async def rows_after(open_database: OpenDatabases, table: str, events: list[Any]) -> set[str]:
    """The table's rows after every order of the events, each told twice."""
    database = await open_database("registry")
    states = set()
    for order in itertools.permutations(events):
        async with RegistryUow.open(database) as uow:
            await uow.session.execute(text(f"DELETE FROM {table}"))
            for event in (*order, *order):
                await TASKS.handlers[event.type][1](uow, event)
            rows = await uow.session.execute(text(f"SELECT jsonb_agg(to_jsonb(t))::text FROM {table} t"))
            states.add(rows.scalar_one())
    return states


async def test_outlets(open_database: OpenDatabases) -> None:
    opened = {
        "outlet_id": THING,
        "commune_code": "20335",
        "unit_code": "502",
        "province_code": "49",
        "opened_on": date(2023, 5, 1),
        "year": 2023,
    }
    (state,) = await rows_after(
        open_database,
        "outlet_projection",
        [
            OutletOpened(**opened, name="Điểm bán", revision=1),
            OutletOpened(**opened, name="Điểm bán OCOP", revision=2),
            OutletClosed(
                outlet_id=THING, unit_code="502", closed_on=date(2023, 9, 1), reason="Hết hạn thuê", revision=3
            ),
        ],
    )
    assert '"name": "Điểm bán OCOP"' in state
    assert '"closed_on": "2023-09-01"' in state


async def test_trade_events(open_database: OpenDatabases) -> None:
    held = {
        "trade_event_id": THING,
        "kind": "themed_fair",
        "name": "Hội chợ",
        "province_code": "49",
        "held_on": date(2023, 5, 1),
        "exhibitors": 12,
        "year": 2023,
    }
    events = [TradeEventHeld(**held, sales=0, revision=1), TradeEventHeld(**held, sales=5_000_000_000, revision=2)]
    (state,) = await rows_after(open_database, "trade_event_projection", events)
    assert '"sales": 5000000000' in state


async def test_growth(open_database: OpenDatabases) -> None:
    figures = {
        "figures_id": THING,
        "product_id": PRODUCT,
        "period_from": date(2023, 11, 1),
        "period_to": date(2024, 10, 31),
        "profit": 1,
        "revenue_ratio": "3/2",
        "profit_ratio": None,
        "district_code": "502",
        "province_code": "49",
        "year": 2024,
    }
    events = [GrowthMeasured(**figures, revenue=10, revision=1), GrowthMeasured(**figures, revenue=30, revision=2)]
    (state,) = await rows_after(open_database, "growth_projection", events)
    assert '"revenue": 30' in state


async def test_a_duty_that_was_met_stays_met(open_database: OpenDatabases) -> None:
    duty = {
        "obligation_id": THING,
        "code": "district_evaluation",
        "period": "2023",
        "unit_code": "504",
        "due_on": date(2023, 7, 31),
        "year": 2023,
    }
    events = [ObligationMissed(**duty), ObligationMet(**duty, met_on=date(2023, 8, 9), late=True)]
    (state,) = await rows_after(open_database, "obligation_projection", events)
    assert '"late": true' in state
    assert '"state": "met"' in state


@pytest.mark.parametrize(
    ("told", "stands"),
    [
        (["missed 31", "moved 40"], "open"),
        (["missed 31", "moved 40", "missed 40"], "missed"),
        (["missed 31", "waived 31"], "waived"),
        (["missed 31", "moved 40", "missed 40", "waived 40"], "waived"),
        (["waived 31", "moved 40"], "open"),
        (["moved 60", "moved 40", "missed 40"], "missed"),
        (["missed 31", "moved 40", "met 40"], "met"),
    ],
)
async def test_duties_that_were_waived_or_moved(open_database: OpenDatabases, told: list[str], stands: str) -> None:
    events: list[Any] = []
    for revision, (what, days) in enumerate(one.split() for one in told):
        due_on = date(2023, 7, 1) + timedelta(days=int(days))
        duty: dict[str, Any] = {"obligation_id": THING, "code": "district_evaluation", "period": "2023"}
        duty |= {"unit_code": "506", "due_on": due_on, "year": 2023}
        if what != "met":
            duty["revision"] = revision + 1
        if what == "missed":
            events.append(ObligationMissed(**duty))
        elif what == "met":
            events.append(ObligationMet(**duty, met_on=due_on, late=False))
        else:
            events.append(ObligationLifted(**duty, because=what))
    (state,) = await rows_after(open_database, "obligation_projection", events)
    assert f'"state": "{stands}"' in state


async def test_dossiers(open_database: OpenDatabases) -> None:
    about = {"dossier_id": THING, "product_id": PRODUCT, "year": 2023}
    named = about | {"producer_id": PRODUCER, "product_name": "Nước mắm", **PLACE}
    result = named | {"mean": "275/3"}
    district = {"district_code": "502", "province_code": "49"}
    (state,) = await rows_after(
        open_database,
        "dossier_projection",
        [
            DossierFiled(**named, kind="first", ruleset="qd148-2023", sheet="x", filed_on=date(2023, 6, 1)),
            ResultReleased(**result, level=Level.DISTRICT, star=3),
            DossierForwarded(**about, **district, from_level=Level.DISTRICT, to_level=Level.PROVINCE, mean="275/3"),
            ResultReleased(**result, level=Level.PROVINCE, star=4),
        ],
    )
    assert '"results": {"district": 3, "province": 4}' in state
    assert '"forwarded": {"province": "275/3"}' in state
    assert '"commune_code": "20335"' in state
