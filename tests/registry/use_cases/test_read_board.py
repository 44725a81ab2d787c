"""The board on a small example computed by hand: every target of the plan of 2023, by unit, in two statements."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from registry.domain.boards import TargetResult
from registry.main import create_app
from registry.persistence.unit_of_work import RegistryUow
from registry.settings import Settings
from registry.use_cases.draft_plan import draft_plan
from registry.use_cases.load_units import load_units
from registry.use_cases.publish_plan import publish_plan
from registry.use_cases.read_board import Board, read_board
from registry.use_cases.read_plan_template import read_plan_template
from shared.contracts.roles import Role
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.people import person
from shared.testing.plugin import OpenDatabases, TestDatabase, fresh_database, loaded_template
from shared.testing.statements import counted_statements

A, B, C, D = (UUID(int=number) for number in range(1, 5))
A1, A2, B1, C1, D1 = (UUID(int=number) for number in range(11, 16))
PLACE = {"502": ("20335", "502"), "503": ("20398", "503"), "504": ("20437", "504")}
PRODUCERS = {A: ("502", "2023-05-15"), B: ("502", None), C: ("503", None), D: ("504", "2022-02-01")}
PRODUCTS = {A1: A, A2: A, B1: B, C1: C, D1: D}
TAKING_PART = [(A1, 2023, 200, 40), (A2, 2023, 1, 1), (B1, 2023, 1, 1), (C1, 2023, 100, 10), (D1, 2023, 999, 999)]
BEFORE = [(D1, 2022, 100, 20)]
CERTIFICATES = [
    (A1, 3, 2023, "2023-08-10", None, True),
    (B1, 3, 2023, "2023-08-11", "2023-09-01", True),
    (C1, 4, 2023, "2023-09-05", None, False),
    (D1, 3, 2022, "2022-06-01", None, True),
]
SUPPORTS = [
    (D1, D, "product_development", "2023-05-15"),
    (A1, A, "packaging_label", "2023-05-15"),
    (A2, A, "product_development", "2023-05-15"),
    (D1, D, "product_development", "2022-05-15"),
    (None, A, "organisation_upgraded", "2023-06-01"),
    (None, D, "organisation_founded", "2022-06-01"),
]
OUTLETS = [("502", "2023-05-01", None), ("502", "2023-06-01", None), ("503", "2023-05-01", "2023-10-01")]
TRADE = [
    ("themed_fair", "Hội chợ lần 1", "2023-06-10", 2023),
    ("themed_fair", "Hội chợ năm trước", "2022-06-10", 2022),
    ("promotion_abroad", "Xúc tiến tại Lào", "2023-09-01", 2023),
    ("conference", "Hội nghị Tổng kết năm 2023", "2023-10-19", 2023),
    ("conference", "Hội nghị về chương trình", "2023-10-30", 2023),
]
GROWTH = [
    (A1, "2023-09-30", 300, 60),
    (C1, "2023-09-30", 150, 30),
    (D1, "2022-12-31", 1, 1),
    (D1, "2023-09-30", 180, 20),
    (B1, "2023-09-30", 9_000, None),
    (D1, "2023-10-01", None, None),
]
COMMUNES_OF_519 = ("20656", "20659", "20662", "20665", "20668", "20671", "20672")


async def run(uow: RegistryUow, statement: str, **values: Any) -> None:
    await uow.session.execute(text(statement), values)


async def add_producers_and_products(uow: RegistryUow) -> None:
    place = "commune_code, commune_name, district_code, district_name, province_code, province_name"
    for producer, (unit, committed) in PRODUCERS.items():
        commune, district = PLACE[unit]
        await run(
            uow,
            f"INSERT INTO producers (id, version, {place}, name, kind, address, representative, registered_on,"
            " food_safety_committed_on, demonstration)"
            " VALUES (:id, 1, :commune, 'x', :district, 'y', '49', 'z', 'HTX', 'cooperative', '-', '-', '2022-01-01',"
            " CAST(CAST(:committed AS text) AS date), true)",
            id=producer,
            commune=commune,
            district=district,
            committed=committed,
        )
    for product, producer in PRODUCTS.items():
        commune, district = PLACE[PRODUCERS[producer][0]]
        await run(
            uow,
            f"INSERT INTO products (id, version, {place}, producer_id, name, producer_name, producer_kind, taxonomy,"
            " group_path, set_no, registered_on, demonstration)"
            " VALUES (:id, 1, :commune, 'x', :district, 'y', '49', 'z', :producer, 'SP', 'HTX', 'cooperative',"
            " 'qd148-2023', 'I.4.a', 9, '2022-01-01', true)",
            id=product,
            commune=commune,
            district=district,
            producer=producer,
        )
    for product, year, revenue, profit in TAKING_PART + BEFORE:
        await run(
            uow,
            "INSERT INTO participations VALUES (:product, :year, :revenue, :profit, make_date(:year - 1, 12, 31),"
            " make_date(:year, 3, 1))",
            product=product,
            year=year,
            revenue=revenue,
            profit=profit,
        )


async def add_recognitions(uow: RegistryUow) -> None:
    place = "commune_code, commune_name, district_code, district_name, province_code, province_name"
    for number, (product, star, year, issued, ended, traceable) in enumerate(CERTIFICATES):
        commune, district = PLACE[PRODUCERS[PRODUCTS[product]][0]]
        await run(
            uow,
            f"INSERT INTO certificates (id, version, {place}, product_id, producer_id, product_name, star,"
            " product_code, decision_number, decided_on, decided_by, year, issued_on, valid_to, ended_on,"
            " ended_reason, traceable)"
            " SELECT uuidv7(), 1, :commune, 'x', :district, 'y', '49', 'z', :product, :producer, 'SP', :star, :code,"
            " '1/QĐ', day, 'UBND', :year, day, (day + interval '36 months')::date - 1, over,"
            " CASE WHEN over IS NOT NULL THEN 'revoked' END, :traceable"
            " FROM (SELECT CAST(CAST(:issued AS text) AS date) AS day,"
            " CAST(CAST(:ended AS text) AS date) AS over) dates",
            commune=commune,
            district=district,
            product=product,
            producer=PRODUCTS[product],
            star=star,
            code=f"49-{number}",
            year=year,
            issued=issued,
            ended=ended,
            traceable=traceable,
        )
    for of_product, producer, kind, day in SUPPORTS:
        commune, district = PLACE[PRODUCERS[producer][0]]
        await run(
            uow,
            f"INSERT INTO supports (id, {place}, product_id, producer_id, kind, supported_on) VALUES (uuidv7(),"
            " :commune, 'x', :district, 'y', '49', 'z', :product, :producer, :kind, CAST(CAST(:day AS text) AS date))",
            commune=commune,
            district=district,
            product=of_product,
            producer=producer,
            kind=kind,
            day=day,
        )


async def add_officers_and_trainings(uow: RegistryUow) -> None:
    seats = [("district_secretary", "502"), ("district_secretary", "503"), ("district_secretary", "519")]
    communes = await uow.session.execute(text("SELECT code FROM units WHERE parent_code = '519' AND level = 'commune'"))
    seats += [("commune_officer", code) for code in communes.scalars()]
    people: dict[str, UUID] = {}
    for role, unit in seats:
        people[unit] = new_id()
        await run(uow, "INSERT INTO people (id, name) VALUES (:id, 'Cán bộ')", id=people[unit])
        await run(
            uow,
            "INSERT INTO appointments (id, person_id, role, level, unit_code, valid_from, revision, version)"
            " VALUES (uuidv7(), :person, :role, split_part(:role, '_', 1), :unit, '2023-02-01', 1, 1)",
            person=people[unit],
            role=role,
            unit=unit,
        )
    for kind, day in (("officers", "2023-05-09"), ("producers", "2023-05-14"), ("officers", "2022-05-09")):
        training = new_id()
        await run(
            uow,
            "INSERT INTO trainings (id, title, held_on, kind, unit_codes, recorded_by, recorded_for)"
            " VALUES (:id, 'Tập huấn', CAST(CAST(:day AS text) AS date), :kind, '{}', :id, '49')",
            id=training,
            day=day,
            kind=kind,
        )
        trained = ["502", "519", "20656"] if day.startswith("2023") else ["503"]
        for unit in trained if kind == "officers" else []:
            await run(uow, "INSERT INTO trained_people VALUES (:t, :p)", t=training, p=people[unit])
        for producer in (A, D) if kind == "producers" else ():
            await run(uow, "INSERT INTO trained_producers VALUES (:t, :p)", t=training, p=producer)


async def add_projections(uow: RegistryUow) -> None:
    for unit, opened, closed in OUTLETS:
        await run(
            uow,
            "INSERT INTO outlet_projection VALUES (uuidv7(), 'Điểm bán', '20335', :unit, '49',"
            " CAST(CAST(:opened AS text) AS date), 1, CAST(CAST(:closed AS text) AS date), 1)",
            unit=unit,
            opened=opened,
            closed=closed,
        )
    for kind, name, day, year in TRADE:
        await run(
            uow,
            "INSERT INTO trade_event_projection VALUES (uuidv7(), :kind, :name, '49',"
            " CAST(CAST(:day AS text) AS date), 1, 1, :year, 1)",
            kind=kind,
            name=name,
            day=day,
            year=year,
        )
    for product, until, revenue, profit in GROWTH:
        await run(
            uow,
            "INSERT INTO growth_projection VALUES (uuidv7(), :product, '2021-01-01',"
            " CAST(CAST(:until AS text) AS date), coalesce(:revenue, 0), coalesce(:profit, 0),"
            " CASE WHEN :measured THEN 'x' END, CASE WHEN :measured THEN 'x' END, '502', '49', 2024, 1)",
            product=product,
            until=until,
            revenue=revenue,
            profit=profit,
            measured=profit is not None,
        )
    for unit, state, late in (("502", "met", False), ("503", "met", True), ("504", "missed", False)):
        await run(
            uow,
            "INSERT INTO obligation_projection VALUES (uuidv7(), 'district_evaluation', '2023', :unit, 2023,"
            " '2023-07-31', :state, NULL, :late)",
            unit=unit,
            state=state,
            late=late,
        )
    for unit, results in (("502", '{"district": 3}'), ("502", "{}"), ("503", '{"district": 3, "province": 4}')):
        await run(
            uow,
            "INSERT INTO dossier_projection VALUES (uuidv7(), uuidv7(), 2023, :commune, :unit, '49', 'first', 'x',"
            " '2023-06-01', '{}', CAST(:results AS jsonb))",
            commune=PLACE[unit][0],
            unit=unit,
            results=results,
        )


async def set_clock(database: Database, instant: str) -> None:
    async with database.session() as session:
        await session.execute(
            text("UPDATE public.programme_clock SET ahead = CAST(CAST(:to AS text) AS timestamptz) - now()"),
            {"to": instant},
        )


async def _fill(fresh: TestDatabase) -> None:
    database = Database(fresh.urls["registry"], name="load")
    await set_clock(database, "2023-04-20T08:00:00+07:00")
    async with RegistryUow.open(database) as uow:
        await load_units(uow)
        await uow.flush()
        plan = await draft_plan(uow, person(Role.PROVINCE_SECRETARY), read_plan_template("plan-2023"))
        await publish_plan(uow, person(Role.PROVINCE_CHAIR), plan.id)
        await add_producers_and_products(uow)
        await add_recognitions(uow)
        await add_officers_and_trainings(uow)
        await add_projections(uow)
    await set_clock(database, "2023-10-20T08:00:00+07:00")
    await database.stop()


@pytest.fixture
async def database(admin_url: str) -> AsyncIterator[TestDatabase]:
    """A registry with the plan of 2023 in force and the example's facts, on 20 October 2023."""
    async with fresh_database(admin_url, await loaded_template(admin_url, "board", _fill)) as fresh:
        yield fresh


@pytest.fixture
async def example(open_database: OpenDatabases) -> Database:
    """The service's connections to it."""
    return await open_database("registry")


async def board_of(database: Database, year: int = 2023, province: str | None = "49") -> Board:
    async with RegistryUow.open(database) as uow:
        return await read_board(uow, year, province)


def by_unit(target: TargetResult) -> dict[str, float | None]:
    return {unit.unit_code: unit.value for unit in target.by_unit if unit.value}


async def test_every_target_has_the_value_computed_by_hand(example: Database) -> None:
    targets = {target.code: target for target in (await board_of(example)).targets}
    assert {code: target.value for code, target in targets.items()} == {
        "apparatus": round(1 / 18, 4),
        "officers_trained": round(3 / 9, 4),
        "new_producers_trained": round(1 / 3, 4),
        "products_supported": 2,
        "registered_reaching_3": 2 / 5,
        "four_star": 1,
        "organisations": 1,
        "food_safety_commitment": 2 / 4,
        "packaging_label": 1 / 4,
        "outlets_per_district": 1,
        "growth": round(110 / 70, 4),
        "themed_fairs": 1,
        "promotion_abroad": 1,
        "review_conference": 1,
        "programme_conference": 0,
        "traceability": round(2 / 3, 4),
    }
    assert {code for code, target in targets.items() if target.met} == {
        "growth",
        "promotion_abroad",
        "review_conference",
    }
    assert targets["products_supported"].share == round(2 / 333, 4)
    assert (targets["growth"].target, targets["registered_reaching_3"].target) == (1.5, 0.7)


async def test_units_and_months_have_their_own_values(example: Database) -> None:
    targets = {target.code: target for target in (await board_of(example)).targets}
    assert by_unit(targets["apparatus"]) == {"519": 1}
    assert by_unit(targets["officers_trained"]) == {"502": 1, "519": round(2 / 7, 4)}
    assert by_unit(targets["registered_reaching_3"]) == {"502": round(1 / 3, 4), "503": 1}
    assert by_unit(targets["products_supported"]) == {"502": 1, "504": 1}
    assert by_unit(targets["outlets_per_district"]) == {"502": 2}
    assert by_unit(targets["growth"]) == {}
    assert by_unit(targets["themed_fairs"]) == {"49": 1}
    assert by_unit(targets["traceability"]) == {"502": 1, "504": 1}
    assert len(targets["outlets_per_district"].by_unit) == 18
    assert [point.value for point in targets["registered_reaching_3"].trend] == [0] * 7 + [0.2, 0.4, 0.4]
    assert targets["themed_fairs"].by_unit[0].unit_name == "Tỉnh Quảng Nam"
    assert [unit.change for unit in targets["review_conference"].by_unit] == [1]


async def test_deadlines_show_who_met_who_was_late_and_who_missed(example: Database) -> None:
    board = await board_of(example)
    (evaluation,) = [d for d in board.deadlines if d["code"] == "district_evaluation"]
    states = {unit["unit_code"]: unit["state"] for unit in evaluation["units"]}
    assert (states["502"], states["503"], states["504"], states["505"]) == ("met", "met_late", "missed", "open")
    assert len(states) == 18
    assert [(d["unit_code"], d["filed"], d["decided"]) for d in board.dossiers] == [("502", 2, 1), ("503", 1, 1)]


async def test_the_board_costs_two_statements_and_one_without_a_plan(example: Database) -> None:
    with counted_statements() as seen:
        await board_of(example)
    assert len(seen) == 2
    with counted_statements() as seen:
        empty = await board_of(example, 2022)
    assert len(seen) == 1
    assert (empty.targets, empty.deadlines, empty.title) == ((), (), None)


async def test_the_plan_decides_what_is_to_be_reached(example: Database) -> None:
    async with example.session() as session:
        await session.execute(
            text("UPDATE plan_targets SET at_least = 2 WHERE code IN ('products_supported', 'growth')")
        )
        await session.execute(
            text("UPDATE plan_targets SET parameters = CAST(:p AS jsonb) WHERE code = 'four_star'"),
            {"p": '{"star_from": 3, "star_to": 4}'},
        )
    targets = {target.code: target for target in (await board_of(example)).targets}
    assert targets["products_supported"].met
    assert not targets["growth"].met
    assert targets["four_star"].value == 2


async def test_next_year_the_board_still_shows_its_own_year(example: Database) -> None:
    before = {target.code: target.value for target in (await board_of(example)).targets}
    await set_clock(example, "2026-10-20T08:00:00+07:00")
    board = await board_of(example, province=None)
    after = {target.code: target.value for target in board.targets}
    assert after == before | {"programme_conference": 1}
    assert (board.province_code, board.as_of.year) == ("49", 2026)


async def test_the_page_and_the_json_show_the_same_to_anybody(example: Database, database: TestDatabase) -> None:
    app = create_app(Settings(database_url=database.urls["registry"], environment="development", log_level="WARNING"))
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
    async with app.router.lifespan_context(app), client as http:
        answer = await http.get("/api/registry/v1/boards/2023?province_code=49")
        assert answer.status_code == 200
        targets = {target["code"]: target for target in answer.json()["targets"]}
        assert targets["registered_reaching_3"]["share"] == round(0.4 / 0.7, 4)
        known = await http.get(
            "/api/registry/v1/boards/2023?province_code=49", headers={"If-None-Match": answer.headers["ETag"]}
        )
        assert known.status_code == 304
        page = await http.get("/board/2023")
        assert page.status_code == 200
        assert all(target["vi"] in page.text for target in targets.values())
        assert "Huyện Tây Giang ✗ quá hạn" in page.text
        assert "http" not in page.text.replace("http://www.w3.org", "")
        empty = await http.get("/board/2022")
        assert "Chưa có kế hoạch được công bố" in empty.text
        assert (await http.get("/api/registry/v1/boards/2022")).json()["targets"] == []
