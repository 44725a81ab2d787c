"""ETag, If-None-Match, If-Match and cursors."""

import base64
import json

import pytest
from tests.commerce.world import V1, World, figures_draft, producer_of

from shared.testing.people import headers_for


async def figures_path(world: World) -> tuple[str, dict[str, str]]:
    product = await world.product()
    me = producer_of(product)
    made = await world.post("/figures", figures_draft(product.product_id), me)
    assert made.status_code == 201
    assert made.headers["etag"] == '"v1"'
    return made.headers["location"], headers_for(me)


@pytest.mark.parametrize("header", ['"v1"', 'W/"v1"', '"other", "v1"', "*"])
async def test_a_caller_who_has_the_version_gets_304_and_no_body(world: World, header: str) -> None:
    path, headers = await figures_path(world)
    answer = await world.client.get(path, headers=headers | {"If-None-Match": header})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"v1"')


async def test_a_caller_who_has_another_version_gets_the_body(world: World) -> None:
    path, headers = await figures_path(world)
    answer = await world.client.get(path, headers=headers | {"If-None-Match": '"v2"'})
    assert (answer.status_code, answer.json()["version"]) == (200, 1)


async def test_a_list_carries_the_etag_of_its_content(world: World) -> None:
    first = await world.get("/outlets", q="khong co gi nhu vay")
    again = await world.client.get(
        f"{V1}/outlets", params={"q": "khong co gi nhu vay"}, headers={"If-None-Match": first.headers["etag"]}
    )
    assert (first.json(), again.status_code) == ({"items": [], "next": None}, 304)


@pytest.mark.parametrize(
    ("if_match", "status"),
    [
        (None, 428),
        ('"v2"', 412),
        ('"v0"', 412),
        ('"nonsense"', 412),
        ("*", 412),
        ('"v99999999999999"', 412),
        ('"v１"', 412),
        ('W/"v1"', 200),
        ('"v1"', 200),
    ],
)
async def test_an_edit_names_the_version_it_changes(world: World, if_match: str | None, status: int) -> None:
    path, headers = await figures_path(world)
    if if_match is not None:
        headers["If-Match"] = if_match
    raw = [(k.encode(), v.encode()) for k, v in headers.items()]
    answer = await world.client.patch(path, json={"revenue": 5, "reason": "x"}, headers=raw)
    assert answer.status_code == status
    after = (await world.client.get(path, headers={"Authorization": headers["Authorization"]})).json()
    assert after["version"] == (2 if status == 200 else 1)


def cursor_of(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "cursor",
    [
        "garbage",
        "%00",
        "ééé",
        "====",
        cursor_of([]),
        cursor_of(["a"]),
        cursor_of(["a", "b"]),
        cursor_of(["a", 5]),
        cursor_of([5, "01a20ac2-116a-72c4-bf1a-97c525247834"]),
        cursor_of([None, None]),
        cursor_of({"a": 1}),
        cursor_of([["a"], {}]),
        cursor_of(["nul\x00", "01a20ac2-116a-72c4-bf1a-97c525247834"]),
        base64.urlsafe_b64encode(b"[" * 500).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        "a" * 1001,
    ],
)
async def test_a_cursor_that_is_none_of_ours_is_a_fault_of_the_caller(world: World, cursor: str) -> None:
    answer = await world.get("/outlets", cursor=cursor)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5"])
async def test_a_page_has_one_to_a_hundred_rows(world: World, limit: str) -> None:
    answer = await world.get("/outlets", limit=limit)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.limit")
