"""The demonstration's past: invented producers with recognitions of 2020 to 2022."""

from datetime import date
from typing import Any

from registry.domain.validity import Holding
from registry.load import load
from registry.persistence.unit_of_work import RegistryUow


async def test_loading_twice_loads_once_and_everything_says_that_it_is_invented(registry: Any) -> None:
    database = registry.app.state.database
    async with RegistryUow.open(database) as uow:
        await load(uow, demonstration=True)
    counts = await database.reads.fetchrow(
        "SELECT (SELECT count(*) FROM producers WHERE demonstration) AS producers,"
        " (SELECT count(*) FROM products WHERE demonstration) AS products,"
        " (SELECT count(*) FROM certificates) AS certificates,"
        " (SELECT count(DISTINCT district_code) FROM producers) AS districts,"
        " (SELECT count(*) FROM producers WHERE name NOT LIKE '%(minh họa)'"
        "     OR representative NOT LIKE '%(minh họa)') AS unmarked,"
        " (SELECT count(*) FROM products WHERE description NOT LIKE 'Dữ liệu minh họa%') AS undescribed"
    )
    assert tuple(counts) == (24, 30, 33, 17, 0, 0)


async def test_its_products_were_recognised_under_1048_and_some_have_expired_by_the_plans_start(registry: Any) -> None:
    rows = await registry.app.state.database.reads.fetch("SELECT * FROM certificates")
    assert all(row["decided_on"] < date(2023, 2, 24) for row in rows)
    held = [Holding(r["star"], r["issued_on"], r["valid_to"], r["ended_on"], r["ended_reason"]) for r in rows]
    stars = sorted(h.star for h in held if h.holds_on(date(2023, 4, 20)))
    assert (len(stars), stars.count(4)) == (28, 9)
    page = await registry.get("/passports", limit=100)
    assert len(page["items"]) == 28


async def test_its_people_act_for_its_producers(registry: Any) -> None:
    mine = await registry.get("/producers", by="producer-1")
    assert len(mine["items"]) == 2
    assert {item["phone"] for item in mine["items"]} == {None}
    products = await registry.get("/products", by="producer-1")
    assert {item["name"] for item in products["items"]} >= {"Nước mắm cá cơm Bình Dương"}
    assert (await registry.get("/products", by="producer-21"))["items"] == []
