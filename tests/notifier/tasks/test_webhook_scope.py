"""A system of a unit hears of it and of what lies within it on the day; never of what is above or beside it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from tests.notifier.duties.conftest import Directory, unit
from tests.notifier.outward import Systems, systems_for

from notifier.integrations.resources import Resources
from notifier.tasks.units import copy_units, find_units_to_copy
from shared.contracts.evaluation import RoundFinished
from shared.contracts.roles import Level
from shared.tasks.declarations import TaskContext

FINISHED = "evaluation.round_finished"
NORTH, SOUTH, UNKNOWN = "20602", "20700", "29999"
ENDPOINTS: dict[str, list[str] | None] = {
    "north": [NORTH],
    "south": [SOUTH],
    "502": ["502"],
    "503": ["503"],
    "49": ["49"],
    "48": ["48"],
    "two": [SOUTH, "502"],
    "all": None,
}
# unit an event names -> who hears of it, in 2024 with districts, and in 2026 without, the communes in another province
BEFORE = {
    NORTH: {"north", "502", "49", "two", "all"},
    SOUTH: {"south", "503", "49", "two", "all"},
    "502": {"502", "49", "two", "all"},
    "503": {"503", "49", "all"},
    "49": {"49", "all"},
    "48": {"48", "all"},
    UNKNOWN: {"all"},
}
AFTER = {
    NORTH: {"north", "48", "all"},
    SOUTH: {"south", "48", "two", "all"},
    "502": {"502", "two", "all"},
    "503": {"503", "all"},
    "49": {"49", "all"},
    "48": {"48", "all"},
    UNKNOWN: {"all"},
}
LEVELS = {2: Level.PROVINCE, 3: Level.DISTRICT, 5: Level.COMMUNE}


class Scoped:
    """Systems of several units, and a registry whose units can be copied."""

    def __init__(self, notifier: Any, systems: Systems, directory: Directory) -> None:
        self.notifier, self.systems, self.directory = notifier, systems, directory
        self.names: dict[Any, str] = {}
        context = notifier.context
        resources = Resources(context.resources, directory)  # type: ignore[arg-type]  # stands for it
        self.copying = TaskContext(context.database, context.uow_type, resources)

    async def copy(self) -> int:
        """What the worker does within a minute; how many copies it made."""
        async with self.copying.uow() as uow:
            ids = await find_units_to_copy(uow)
        for one in ids:
            await copy_units(self.copying, one)
        return len(ids)

    async def heard(self, make: Any, unit_code: str, year: int = 2024) -> set[str]:
        """Who is told of what happened in a unit now."""
        before = {row["id"] for row in await self.systems.deliveries()}
        await self.notifier.tell(
            RoundFinished(
                round_id=make.known(f"round {unit_code} {year}"),
                level=LEVELS[len(unit_code)],
                unit_code=unit_code,
                year=year,
                finished_on=f"{year}-02-01",
            )
        )
        rows = [row for row in await self.systems.deliveries() if row["id"] not in before]
        assert len(rows) == len({row["endpoint_id"] for row in rows}), "each is told once"
        return {self.names[row["endpoint_id"]] for row in rows}


@pytest.fixture
async def scoped(notifier: Any) -> AsyncIterator[Scoped]:
    """In 2024, two communes in two districts of one province; registry was asked."""
    await notifier.clock("2024-02-01T09:00:00+07:00")
    directory = Directory()
    south = unit(SOUTH, Level.COMMUNE).model_copy(update={"district_code": "503", "parent_code": "503"})
    directory.known += [unit(NORTH, Level.COMMUNE), south]
    async with systems_for(notifier) as systems:
        made = Scoped(notifier, systems, directory)
        for name, units in ENDPOINTS.items():
            made.names[(await systems.register(f"https://{name}.example/hook", FINISHED, units=units))[0]] = name
        assert await made.copy() == 1
        yield made


@pytest.mark.parametrize("unit_code", BEFORE)
async def test_who_hears_of_what_happens_in_a_unit(scoped: Scoped, make: Any, unit_code: str) -> None:
    assert await scoped.heard(make, unit_code) == BEFORE[unit_code]


async def test_after_a_merger_it_is_heard_where_the_unit_lies_then(scoped: Scoped, notifier: Any, make: Any) -> None:
    """Registry had not said beforehand that the districts would end."""
    await notifier.clock("2026-02-01T09:00:00+07:00")
    moved = {"district_code": None, "province_code": "48"}
    scoped.directory.known = [
        unit("48", Level.PROVINCE),
        *(unit(c, Level.COMMUNE, valid_from="2025-07-01").model_copy(update=moved) for c in (NORTH, SOUTH)),
    ]
    assert await scoped.copy() == 1
    assert {code: await scoped.heard(make, code, 2026) for code in AFTER} == AFTER


async def test_units_are_copied_once_a_day_and_asked_for_again_while_registry_is_silent(
    scoped: Scoped, notifier: Any, make: Any
) -> None:
    assert await scoped.copy() == 0
    await notifier.clock("2024-02-02T09:00:00+07:00")
    scoped.directory.down = True
    assert (await scoped.copy(), await scoped.copy()) == (1, 1)
    assert await scoped.heard(make, NORTH) == BEFORE[NORTH], "what was known stands"
    scoped.directory.down = False
    assert (await scoped.copy(), await scoped.copy()) == (1, 0)
    scoped.directory.known = []
    await notifier.clock("2024-02-03T09:00:00+07:00")
    await scoped.copy()
    assert await scoped.heard(make, NORTH, 2025) == BEFORE[NORTH], "an empty registry ends no unit"


async def test_before_registry_was_asked_a_system_hears_only_of_the_units_it_names(
    scoped: Scoped, notifier: Any, make: Any
) -> None:
    await notifier.admin.execute("DELETE FROM notifier.unit_projections")
    assert await scoped.heard(make, NORTH) == {"north", "all"}
