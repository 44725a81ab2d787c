"""Products over HTTP: registering with a baseline, scope, money, search, pages."""

import asyncio
from typing import Any

import pytest

from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import person
from shared.testing.statements import counted_statements

SECRETARY = person(Role.PROVINCE_SECRETARY, "49", Level.PROVINCE)


async def test_registering_tells_the_baseline_and_places_the_product_where_its_producer_is(world: Any) -> None:
    made = await world.product()
    assert (made["taxonomy"], made["set_no"], made["years"]) == ("qd148-2023", 9, [2023])
    assert made["baseline"] == {"revenue": 200_000_000, "profit": 40_000_000, "measured_on": "2022-12-31"}
    assert (made["commune_code"], made["district_code"], made["province_code"]) == ("20794", "513", "49")
    (told,) = await world.sql(
        "SELECT payload::text AS body, payload ->> 'revision' AS revision FROM outbox_events"
        " WHERE type = 'registry.product_registered' AND payload ->> 'product_id' = $1",
        made["id"],
    )
    assert told["revision"] == str(made["version"])
    assert '"baseline_revenue": 200000000' in told["body"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"group_path": "I.9.z"}, "group_path"),
        ({"group_path": "I.4.a", "set_no": 1}, "set_no"),
        ({"baseline": {"revenue": -1, "profit": 0, "measured_on": "2022-12-31"}}, "baseline.revenue"),
        ({"baseline": {"revenue": 10**15 + 1, "profit": 0, "measured_on": "2022-12-31"}}, "baseline.revenue"),
        ({"baseline": {"revenue": 1, "profit": 0, "measured_on": "2023-10-21"}}, "baseline.measured_on"),
        ({"baseline": {"revenue": 1, "profit": 0, "measured_on": "2022-12-31T10:00:00"}}, "baseline.measured_on"),
        ({"year": 2025}, "year"),
        ({"year": 1999}, "year"),
    ],
)
async def test_a_product_that_breaks_a_rule_is_refused_with_the_field(
    world: Any, change: dict[str, Any], field: str
) -> None:
    owner, producer = await world.producer()
    body = {
        "producer_id": producer["id"],
        "name": "Chả bò",
        "group_path": "I.3.d",
        "year": 2023,
        "baseline": {"revenue": 1, "profit": 1, "measured_on": "2022-12-31"},
    }
    answer = await world.post("/products", owner, body | change)
    assert answer.status_code == 422, answer.text
    assert field in {fault["field"] for fault in answer.json()["errors"]}


async def test_a_tourism_association_may_register_tourism_only(world: Any) -> None:
    owner, _ = await world.producer(kind="association", name="Hội Du lịch cộng đồng (thử nghiệm)")
    body = {"producer_id": str(next(iter(owner.producers()))), "name": "Mật ong", "group_path": "I.2.b", "year": 2023}
    baseline = {"baseline": {"revenue": 0, "profit": 0, "measured_on": "2022-12-31"}}
    refused = await world.post("/products", owner, body | baseline)
    assert (refused.status_code, refused.json()["state"]) == (409, "association")
    assert "cooperative" in refused.json()["allowed"]
    allowed = await world.post("/products", owner, body | baseline | {"group_path": "VI.1", "name": "Làng quê"})
    assert allowed.status_code == 201


async def test_nobody_registers_a_product_of_another_producer(world: Any) -> None:
    _, producer = await world.producer()
    stranger, _ = await world.producer()
    body = {
        "producer_id": producer["id"],
        "name": "Của người khác",
        "group_path": "I.4.a",
        "year": 2023,
        "baseline": {"revenue": 0, "profit": 0, "measured_on": "2022-12-31"},
    }
    assert (await world.post("/products", stranger, body)).status_code == 404
    chair = person(Role.PROVINCE_CHAIR, "49", Level.PROVINCE)
    assert (await world.post("/products", chair, body)).status_code == 403
    officer = person(Role.COMMUNE_OFFICER, "20794", Level.COMMUNE)
    assert (await world.post("/products", officer, body)).status_code == 201


@pytest.mark.parametrize(
    ("role", "unit", "level", "product", "summary", "money"),
    [
        (Role.COMMUNE_OFFICER, "20794", Level.COMMUNE, 200, 200, False),
        (Role.COMMUNE_OFFICER, "20797", Level.COMMUNE, 404, 404, False),
        (Role.DISTRICT_SECRETARY, "513", Level.DISTRICT, 200, 200, True),
        (Role.DISTRICT_SECRETARY, "502", Level.DISTRICT, 404, 404, False),
        (Role.DISTRICT_CHAIR, "513", Level.DISTRICT, 200, 200, True),
        (Role.PROVINCE_SECRETARY, "49", Level.PROVINCE, 200, 200, True),
        (Role.TRADE_OFFICER, "49", Level.PROVINCE, 200, 200, True),
        (Role.NATIONAL_OFFICER, "VN", Level.CENTRAL, 200, 200, False),
        (Role.COUNCIL_MEMBER, "49", Level.PROVINCE, 404, 200, False),
        (Role.COUNCIL_MEMBER, "513", Level.DISTRICT, 404, 200, False),
        (Role.COUNCIL_MEMBER, "502", Level.DISTRICT, 404, 404, False),
    ],
)
async def test_who_sees_a_product_its_summary_and_its_money(
    world: Any, role: Role, unit: str, level: Level, product: int, summary: int, money: bool
) -> None:
    made = await world.product()
    actor = person(role, unit, level)
    read = await world.get(f"/products/{made['id']}", actor)
    assert read.status_code == product
    assert (await world.get(f"/products/{made['id']}/summary", actor)).status_code == summary
    if product == 200:
        assert (read.json()["baseline"] is not None) == money


async def test_absent_and_foreign_products_look_the_same_and_strangers_must_sign_in(world: Any) -> None:
    made = await world.product()
    stranger, _ = await world.producer()
    for product_id in (made["id"], new_id()):
        assert (await world.get(f"/products/{product_id}", stranger)).status_code == 404
        assert (await world.patch(f"/products/{product_id}", stranger, 1, {"name": "Khác"})).status_code == 404
    assert (await world.get(f"/products/{made['id']}")).status_code == 401


async def test_renaming_the_producer_shows_in_its_products_and_raises_their_revision(world: Any) -> None:
    owner, producer = await world.producer()
    made = await world.product(owner)
    renamed = await world.patch(f"/producers/{producer['id']}", owner, 1, {"name": "HTX Đổi tên"})
    assert renamed.status_code == 200
    read = (await world.get(f"/products/{made['id']}", owner)).json()
    assert (read["producer_name"], read["version"]) == ("HTX Đổi tên", made["version"] + 1)
    told = await world.sql(
        "SELECT payload ->> 'producer_name' AS name, payload ->> 'revision' AS revision FROM outbox_events"
        " WHERE type = 'registry.product_registered' AND payload ->> 'product_id' = $1 ORDER BY seq",
        made["id"],
    )
    assert [(t["name"], t["revision"]) for t in told][-1] == ("HTX Đổi tên", str(read["version"]))


async def test_a_stale_edit_of_a_product_is_refused(world: Any) -> None:
    owner, _ = await world.producer()
    made = await world.product(owner)
    path = f"/products/{made['id']}"
    first = await world.patch(path, owner, made["version"], {"description": "Ủ chượp 12 tháng"})
    assert (first.status_code, first.json()["version"]) == (200, made["version"] + 1)
    assert (await world.patch(path, owner, made["version"], {"description": "x"})).status_code == 412


async def test_another_year_keeps_the_first_baseline_and_takes_the_present_taxonomy(world: Any) -> None:
    owner, _ = await world.producer()
    made = await world.product(owner)
    again = await world.post(f"/products/{made['id']}/participations", owner, {"year": 2023})
    assert (again.status_code, again.json()["state"]) == (409, "joined")
    try:
        await world.set_clock("2026-06-01")
        joined = await world.post(f"/products/{made['id']}/participations", owner, {"year": 2026})
    finally:
        await world.set_clock("2023-10-20")
    body = joined.json()
    assert (body["years"], body["taxonomy"]) == ([2023, 2026], "qd26-2026")
    assert (body["commune_name"], body["district_code"], body["province_code"]) == ("Xã Thăng An", None, "48")
    assert body["baseline"] == made["baseline"]


async def test_the_summary_is_the_contract_other_services_read(world: Any) -> None:
    from shared.contracts.registry import ProductSummary

    made = await world.product()
    await world.certificate(made["id"])
    summary = ProductSummary.model_validate((await world.get(f"/products/{made['id']}/summary", SECRETARY)).json())
    assert (summary.set_no, summary.year, str(summary.live_certificate_valid_to)) == (9, 2023, "2026-09-15")
    assert (summary.commune_name, summary.district_name) == ("Xã Bình Dương", "Huyện Thăng Bình")


async def test_the_summary_names_the_units_of_today(world: Any) -> None:
    made = await world.product()
    try:
        await world.set_clock("2026-06-01")
        city = person(Role.PROVINCE_SECRETARY, "48", Level.PROVINCE)
        summary = (await world.get(f"/products/{made['id']}/summary", city)).json()
    finally:
        await world.set_clock("2023-10-20")
    assert (summary["commune_name"], summary["district_code"]) == ("Xã Thăng An", None)
    assert (summary["province_code"], summary["province_name"]) == ("48", "Thành phố Đà Nẵng")


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("nuoc mam", "Nước mắm Cửa Khe"),
        ("NƯỚC MẮM", "Nước mắm Cửa Khe"),
        ("cua khe nuoc", "Nước mắm Cửa Khe"),
        ("Đẳng sâm", "Đẳng sâm Tr'Hy"),
        ("dang sam", "Đẳng sâm Tr'Hy"),
        ("TrHy", "Đẳng sâm Tr'Hy"),
        ("Tr’Hy", "Đẳng sâm Tr'Hy"),
        ("tr'hy", "Đẳng sâm Tr'Hy"),
        ("ba kich chom", "Rượu ba kích Ch'ơm"),
        ("Ch'ơm", "Rượu ba kích Ch'ơm"),
        ("kich cho", "Rượu ba kích Ch'ơm"),
        ("Thử Tìm", "Nước mắm Cửa Khe"),
    ],
)
async def test_search_finds_names_with_and_without_diacritics_and_apostrophes(
    searched: Any, q: str, found: str
) -> None:
    answer = await searched.get("/products", SECRETARY, params={"q": q})
    assert found in {item["name"] for item in answer.json()["items"]}, answer.text


async def test_search_for_what_nobody_has_finds_nothing_and_wildcards_are_letters(searched: Any) -> None:
    for q in ("khong co gi nhu the", "%%%%", "____", "\\\\\\"):
        answer = await searched.get("/products", SECRETARY, params={"q": q})
        assert (answer.status_code, answer.json()["items"]) == (200, []), q


@pytest.fixture(scope="module")
async def searched(world: Any) -> Any:
    owner, _ = await world.producer(name="HTX Thử Tìm Kiếm")
    for name in ("Nước mắm Cửa Khe", "Đẳng sâm Tr'Hy", "Rượu ba kích Ch'ơm"):
        await world.product(owner, name=name)
    return world


@pytest.mark.parametrize("near", [1, 3, 3000])
@pytest.mark.parametrize("dense", [1, 2, 12])
@pytest.mark.parametrize("few", [1, 2500])
async def test_pages_follow_one_another_without_gaps_however_many_match_and_however_they_are_found(
    world: Any, monkeypatch: pytest.MonkeyPatch, near: int, dense: int, few: int
) -> None:
    monkeypatch.setattr("registry.persistence.search.NEAR", near)
    monkeypatch.setattr("registry.persistence.search.DENSE", dense)
    monkeypatch.setattr("registry.persistence.search.FEW", few)
    owner, producer = await world.producer(name="HTX Nhiều trang")
    made = {(await world.product(owner, name=f"Bánhtráng số {n}"))["id"] for n in range(7)}
    for params in ({"producer_id": producer["id"]}, {"q": "nhtran"}, {"q": "nhieu trang"}):
        seen: list[str] = []
        query: dict[str, Any] = {**params, "limit": 3}
        while True:
            answer = await world.get("/products", owner, params=query)
            seen += [item["id"] for item in answer.json()["items"]]
            assert ('rel="next"' in answer.headers.get("link", "")) == (answer.json()["next"] is not None)
            if answer.json()["next"] is None:
                break
            query["cursor"] = answer.json()["next"]
        assert set(seen) == made, params
        assert len(seen) == 7


async def test_a_broken_cursor_is_refused(world: Any) -> None:
    for params in ({"cursor": "x"}, {"cursor": "~"}, {"cursor": "bnVsbA"}, {"cursor": "~x", "q": "nuoc mam"}):
        answer = await world.get("/products", SECRETARY, params=params)
        assert answer.status_code == 422, params


async def test_products_are_filtered_by_star_year_and_place(world: Any) -> None:
    owner, _ = await world.producer(commune_code="20437", name="HTX Cao nguyên")
    plain, starred = await world.product(owner, name="Gạo rẫy"), await world.product(owner, name="Măng khô")
    await world.certificate(starred["id"], star=4)

    async def names(**params: Any) -> set[str]:
        answer = await world.get("/products", SECRETARY, params={"commune_code": "20437", **params})
        return {item["id"] for item in answer.json()["items"]}

    assert await names() == {plain["id"], starred["id"]}
    assert await names(star=4) == {starred["id"]}
    assert await names(star=3) == set()
    assert await names(year=2023) == {plain["id"], starred["id"]}
    assert await names(year=2022) == set()
    assert await names(district_code="504", group_path="I.4.a") == {plain["id"], starred["id"]}


async def test_a_point_read_is_one_statement_and_a_list_at_most_two(world: Any) -> None:
    made = await world.product()
    owner = person(Role.COMMUNE_OFFICER, "20794", Level.COMMUNE)
    for path in (f"/products/{made['id']}", f"/products/{made['id']}/summary", f"/producers/{made['producer_id']}"):
        with counted_statements() as sent:
            assert (await world.get(path, owner)).status_code == 200
        assert len(sent) == 1, (path, sent)
    for path in ("/products", "/producers", "/products?q=nuoc", "/products?q=khongcogi", "/certificates", "/supports"):
        with counted_statements() as sent:
            assert (await world.get(path, owner)).status_code == 200
        assert len(sent) <= 2, (path, sent)


async def test_every_taxonomy_has_26_sheets_and_the_one_in_force_is_the_default(world: Any) -> None:
    for name in ("qd26-2026", "qd148-2023", "qd1048-2019"):
        body = (await world.get("/product-groups", params={"taxonomy": name})).json()
        assert sorted(group["set_no"] for group in body["groups"]) == list(range(1, 27))
    assert (await world.get("/product-groups")).json()["id"] == "qd148-2023"
    assert (await world.get("/product-groups", params={"taxonomy": "qd9"})).status_code == 422


async def test_readers_at_the_same_moment_each_see_their_own_scope(world: Any) -> None:
    owners = [(await world.producer())[0] for _ in range(2)]
    products = [(await world.product(owner))["id"] for owner in owners]
    officer = person(Role.COMMUNE_OFFICER, "20794", Level.COMMUNE)
    readers = [SECRETARY, *owners, officer]
    asked = [(reader, product) for reader in readers for product in products] * 4
    with counted_statements() as statements:
        answers = await asyncio.gather(*(world.get(f"/products/{product}", reader) for reader, product in asked))
    assert len(statements) < len(asked)
    for (reader, product), answer in zip(asked, answers, strict=True):
        if reader in owners and product != products[owners.index(reader)]:
            assert (answer.status_code, product in answer.text) == (404, False)
        else:
            assert (answer.status_code, answer.json()["id"]) == (200, product)
            assert (answer.json()["baseline"] is None) == (reader is officer)
        alone = await world.get(f"/products/{product}", reader)
        assert (alone.status_code, alone.headers.get("etag")) == (answer.status_code, answer.headers.get("etag"))
