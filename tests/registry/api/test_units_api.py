"""Units over HTTP: on a day, in Vietnamese order, found however they are typed."""

from typing import Any

import pytest


async def test_units_differ_by_day(registry: Any) -> None:
    assert len((await registry.get("/units", level="district", limit=100))["items"]) == 18
    assert len((await registry.get("/units", level="district", on="2025-03-01"))["items"]) == 17
    assert (await registry.get("/units", level="district", on="2025-07-01"))["items"] == []
    unit = await registry.get("/units/20341")
    assert (unit["full_name"], unit["district_code"], unit["parent_code"]) == ("Phường An Mỹ", "502", "502")
    assert [one["full_name"] for one in unit["successors"]] == ["Phường Tam Kỳ"]
    later = await registry.get("/units/20341", on="2025-07-01")
    assert (later["full_name"], later["district_code"], later["parent_code"]) == ("Phường Tam Kỳ", None, "48")
    assert later["successors"] == []


async def test_a_district_that_ended_names_what_it_joined(registry: Any) -> None:
    ended = await registry.get("/units/519", on="2024-12-31")
    assert [(s["code"], s["from"]) for s in ended["successors"]] == [("509", "2025-01-01")]
    gone = await registry.send("GET", "/units/519?on=2025-01-01")
    assert gone.status_code == 404
    moved = await registry.get("/units/20656", on="2025-01-01")
    assert (moved["full_name"], moved["parent_code"]) == ("Thị trấn Trung Phước", "509")


@pytest.mark.parametrize("typed", ["ch'ơm", "Ch’ơm", "CHOM", "xa chom"])
async def test_search_passes_over_apostrophes_case_and_diacritics(registry: Any, typed: str) -> None:
    found = await registry.get("/units", level="commune", q=typed)
    assert [unit["name"] for unit in found["items"]] == ["Ch'ơm"]


@pytest.mark.parametrize(
    ("typed", "name"), [("hoà thuận", "Hoà Thuận"), ("Hòa Thuận", "Hoà Thuận"), ("avuong", "A Vương"), ("%", None)]
)
async def test_search_passes_over_tone_placement_and_spaces(registry: Any, typed: str, name: str | None) -> None:
    found = await registry.get("/units", level="commune", parent="502" if name == "Hoà Thuận" else "504", q=typed)
    assert [unit["name"] for unit in found["items"]] == ([name] if name else [])


async def test_units_come_in_vietnamese_order_page_by_page(registry: Any) -> None:
    names: list[str] = []
    path = "/units?level=district&limit=7"
    pages = 0
    cursor = ""
    while True:
        page = await registry.get(path + cursor)
        names += [unit["name"] for unit in page["items"]]
        pages += 1
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert pages == 3
    assert names[:6] == ["Bắc Trà My", "Duy Xuyên", "Đại Lộc", "Điện Bàn", "Đông Giang", "Hiệp Đức"]
    assert len(names) == len(set(names)) == 18


async def test_an_unchanged_unit_is_answered_with_304(registry: Any) -> None:
    first = await registry.send("GET", "/units/502")
    again = await registry.send("GET", "/units/502", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


async def test_an_impossible_code_is_refused_with_its_field(registry: Any) -> None:
    refused = await registry.send("GET", "/units/abc")
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"].endswith("code")
