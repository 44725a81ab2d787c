"""A page deep in a list reads no more than the first one."""

import json
from typing import Any

import asyncpg
import pytest
from sqlalchemy import event

from registry.domain.product_access import READERS, scope_of
from registry.persistence.passports import passport_page
from registry.persistence.products import Products
from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.db.pages import PageRequest, encode_cursor
from shared.testing.people import person

PRODUCTS = 4000
FILL = """
WITH model AS (SELECT * FROM products LIMIT 1), made AS (
    INSERT INTO products (id, version, commune_code, commune_name, district_code, district_name, province_code,
        province_name, producer_id, name, producer_name, producer_kind, taxonomy, group_path, set_no, registered_on,
        demonstration)
    SELECT uuidv7(interval '-1 day' + n * interval '1 second'), 1, commune_code, commune_name, district_code,
        district_name, province_code, province_name, producer_id, 'Mật ong ' || n, producer_name, producer_kind,
        taxonomy, group_path, set_no, registered_on, true
    FROM model, generate_series(1, $1::int) AS n RETURNING *),
joined AS (
    INSERT INTO participations (product_id, year, baseline_revenue, baseline_profit, baseline_on, registered_on)
    SELECT id, 2023, 0, 0, '2022-12-31', '2023-01-01' FROM made)
INSERT INTO certificates (id, version, commune_code, commune_name, district_code, district_name, province_code,
    province_name, product_id, producer_id, product_name, star, product_code, decision_number, decided_on, decided_by,
    year, issued_on, valid_to, traceable)
SELECT uuidv7(), 1, commune_code, commune_name, district_code, district_name, province_code, province_name, id,
    producer_id, name, 3, 'M-' || id, '1/QĐ', '2023-01-01', 'UBND', 2023, '2023-01-01', '2999-12-31', false
FROM made
"""
READ = {"Shared Hit Blocks", "Shared Read Blocks"}


@pytest.fixture
async def many(world: Any) -> Any:
    if not await world.sql("SELECT FROM products WHERE name = 'Mật ong 1'"):
        await world.product()
        # the superuser's connection has no limit of time
        admin = await asyncpg.connect(world.admin_url, server_settings={"search_path": "registry, public"})
        await admin.execute(FILL, PRODUCTS)
        await admin.execute("VACUUM ANALYZE")
        await admin.close()
    return world


async def blocks(world: Any, what: str, cursor: str | None) -> int:
    """Blocks that Postgres reads for a page."""
    sent: list[tuple[str, Any]] = []
    engine = world.database.engine.sync_engine

    def keep(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", keep)
    try:
        async with world.database.session() as session:
            rows, after = await page_of(session, what, person(Role.PROVINCE_SECRETARY, "49", Level.PROVINCE), cursor)
    finally:
        event.remove(engine, "before_cursor_execute", keep)
    assert len(rows) == 50
    assert after
    statement, parameters = sent[-1]
    explained = await world.sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT json) {statement}", *parameters)
    plan = json.loads(explained[0][0])[0]["Plan"]
    return sum(plan[name] for name in READ)


async def page_of(session: Any, what: str, actor: Actor, cursor: str | None) -> Any:
    page = PageRequest(cursor=cursor)
    if what == "passports":
        return await passport_page(session, page, q=None, star=None)
    star, year = (3 if what == "star" else None), (2023 if what == "year" else None)
    return await Products(session).page(scope_of(actor, READERS), page, q=None, star=star, year=year)


@pytest.mark.parametrize("what", ["all", "star", "year", "passports"])
async def test_a_deep_page_reads_what_the_first_reads(many: Any, what: str) -> None:
    last = (await many.sql("SELECT id FROM products ORDER BY id DESC OFFSET 2000 LIMIT 1"))[0]["id"]
    first, deep = await blocks(many, what, None), await blocks(many, what, encode_cursor([last]))
    assert deep <= first * 1.5 + 20, f"{deep} blocks against {first}"
