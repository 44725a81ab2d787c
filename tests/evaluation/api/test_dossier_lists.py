"""Lists of dossiers: filters, search without diacritics, pages, and how many statements they cost."""

from typing import Any

from tests.evaluation.worlds import World, officer_of, producer_of

from shared.contracts.roles import Role
from shared.testing.people import person
from shared.testing.statements import counted_statements

SECRETARY = person(Role.PROVINCE_SECRETARY, "49")


async def names(world: World, query: str, actor: Any = SECRETARY) -> list[str]:
    answer = await world.call("GET", f"/dossiers?{query}", actor)
    assert answer.status_code == 200, answer.text
    return [item["product_name"] for item in answer.json()["items"]]


async def test_filters_and_search_narrow_the_list(fresh_world: World) -> None:
    await fresh_world.move_clock("2023-04-20")
    sauce = fresh_world.product(product_name="Nước mắm Cửa Khe", commune_code="20801", district_code="513")
    tea = fresh_world.product(product_name="Trà dược liệu 100%", set_no=12)
    await fresh_world.filed(sauce)
    await fresh_world.drafted(tea)
    third = fresh_world.product(product_name="Đũa tre Đại Lộc")
    await fresh_world.filed(third)
    await fresh_world.call(
        "POST", f"/dossiers/{await _id(fresh_world, third)}/returns", officer_of(third), {"reasons": "x"}
    )
    assert await names(fresh_world, "") == ["Đũa tre Đại Lộc", "Nước mắm Cửa Khe"]
    assert await names(fresh_world, "q=nuoc+mam") == ["Nước mắm Cửa Khe"]
    assert await names(fresh_world, "q=DAI+dua") == ["Đũa tre Đại Lộc"]
    assert await names(fresh_world, "q=htx") == ["Đũa tre Đại Lộc", "Nước mắm Cửa Khe"]
    assert await names(fresh_world, "q=%25") == []
    assert await names(fresh_world, "q=%5C") == []
    assert await names(fresh_world, "q=100%25", producer_of(tea)) == ["Trà dược liệu 100%"]
    assert await names(fresh_world, "state=returned") == ["Đũa tre Đại Lộc"]
    assert await names(fresh_world, "level=commune&year=2023") == ["Nước mắm Cửa Khe"]
    assert await names(fresh_world, "commune_code=20801") == ["Nước mắm Cửa Khe"]
    assert await names(fresh_world, "district_code=511") == ["Đũa tre Đại Lộc"]
    assert await names(fresh_world, "year=2024") == []
    assert (await fresh_world.call("GET", "/dossiers?state=lost", SECRETARY)).status_code == 422


async def _id(world: World, product: Any) -> str:
    items = (await world.call("GET", "/dossiers", producer_of(product))).json()["items"]
    return str(items[0]["id"])


async def test_pages_neither_skip_nor_repeat_while_rows_are_added(world: World) -> None:
    products = [world.product(producer_id=PRODUCER) for _ in range(5)]
    actor = producer_of(products[0])
    made = [(await world.drafted(product))["id"] for product in products]
    first = await world.call("GET", f"/dossiers?limit=2&producer_id={PRODUCER}", actor)
    assert 'rel="next"' in first.headers["link"]
    await world.drafted(world.product(producer_id=PRODUCER))
    seen = [item["id"] for item in first.json()["items"]]
    cursor = first.json()["next"]
    while cursor:
        page = (await world.call("GET", f"/dossiers?limit=2&cursor={cursor}", actor)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert seen == made[::-1]
    assert (await world.call("GET", "/dossiers?cursor=nonsense", actor)).status_code == 422


PRODUCER = person(Role.PRODUCER).person_id


async def test_a_list_costs_one_statement_and_a_read_one_and_its_audit(world: World) -> None:
    product = world.product()
    filed = await world.filed(product)
    with counted_statements() as seen:
        await world.call("GET", "/dossiers", SECRETARY)
    assert len(seen) == 1
    with counted_statements() as seen:
        await world.call("GET", f"/dossiers/{filed['id']}", producer_of(product))
    assert len(seen) == 1
    with counted_statements() as seen:
        await world.call("GET", f"/dossiers/{filed['id']}", SECRETARY)
    assert [statement.split()[0] for statement in seen] == ["SELECT", "INSERT"]
