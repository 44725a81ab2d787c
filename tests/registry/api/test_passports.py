"""The public passport: which star is true on which day, by any code, as JSON, page and QR code."""

import io
import struct
import zlib
from typing import Any

import pytest
import segno

from shared.contracts.roles import Level, Role
from shared.testing.people import person
from shared.testing.statements import counted_statements

SECRETARY = person(Role.PROVINCE_SECRETARY, "49", Level.PROVINCE)


@pytest.fixture(scope="module")
async def upgraded(world: Any) -> Any:
    """3 stars from 2021-12-20, upgraded to 4 stars on 2023-09-15; its two codes and the product."""
    owner, _ = await world.producer(name="HTX Cửa Khe")
    made = await world.product(owner, name="Nước mắm Cửa Khe")
    old = await world.certificate(made["id"], decided_on="2021-12-20", issued_on="2021-12-20")
    new = await world.certificate(made["id"], star=4, decision_number="77/QĐ-UBND", replaces=old["id"])
    return made, old["product_code"], new["product_code"]


@pytest.mark.parametrize(
    ("on", "status", "star"),
    [
        ("2021-12-19", "not_yet", None),
        ("2021-12-20", "valid", 3),
        ("2023-09-14", "valid", 3),
        ("2023-09-15", "valid", 4),
        ("2024-12-20", "valid", 4),
        ("2026-09-15", "valid", 4),
        ("2026-09-16", "expired", None),
        (None, "valid", 4),
    ],
)
async def test_the_star_is_the_days_own_by_either_code(
    world: Any, upgraded: Any, on: str | None, status: str, star: int | None
) -> None:
    _, old, new = upgraded
    for code in (old, new):
        answer = await world.get(f"/passports/{code}", params={"on": on} if on else {})
        body = answer.json()
        assert (body["status"], body["star"], body["mark_allowed"]) == (status, star, star is not None)
        assert body["on"] == (on or "2023-10-20")
        assert [h["star"] for h in body["history"]] == [3, 4]
    assert answer.headers["cache-control"].startswith("public, max-age=60")


async def test_the_passport_follows_the_programmes_clock(world: Any, upgraded: Any) -> None:
    try:
        await world.set_clock("2026-09-16")
        assert (await world.get(f"/passports/{upgraded[2]}")).json()["status"] == "expired"
    finally:
        await world.set_clock("2023-10-20")


async def test_a_revoked_product_says_so_from_its_day_on(world: Any) -> None:
    made = await world.product()
    code = (await world.certificate(made["id"]))["product_code"]
    await world.sql(
        "UPDATE certificates SET ended_on = '2023-10-01', ended_reason = 'revoked' WHERE product_code = $1", code
    )
    assert (await world.get(f"/passports/{code}", params={"on": "2023-09-30"})).json()["status"] == "valid"
    body = (await world.get(f"/passports/{code}", params={"on": "2023-10-01"})).json()
    assert (body["status"], body["star"], body["mark_allowed"]) == ("revoked", None, False)
    page = (await world.get(f"/p/{code}")).text
    assert "Đã bị thu hồi công nhận" in page


async def test_it_names_the_business_and_no_person(world: Any, upgraded: Any) -> None:
    body = (await world.get(f"/passports/{upgraded[2]}")).json()
    assert body["producer"] == {
        "name": "HTX Cửa Khe",
        "commune": "Xã Bình Dương",
        "district": "Huyện Thăng Bình",
        "province": "Tỉnh Quảng Nam",
    }
    page = await world.get(f"/p/{upgraded[2]}")
    for secret in ("0905 000 000", "Nguyễn Văn Thử", "demo.ocop.example"):
        assert secret not in str(body)
        assert secret not in page.text


async def test_an_unchanged_passport_answers_304_and_a_changed_one_does_not(world: Any) -> None:
    owner, producer = await world.producer()
    made = await world.product(owner)
    code = (await world.certificate(made["id"]))["product_code"]
    tag = (await world.get(f"/passports/{code}")).headers["etag"]
    same = await world.get(f"/passports/{code}", headers={"If-None-Match": tag})
    assert (same.status_code, same.content) == (304, b"")
    renamed = await world.patch(f"/producers/{producer['id']}", owner, 1, {"name": "HTX Tên mới"})
    assert renamed.status_code == 200
    changed = await world.get(f"/passports/{code}", headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json()["producer"]["name"]) == (200, "HTX Tên mới")


@pytest.mark.parametrize("code", ["48-00000-1-2026", "x", "a" * 80, "%00%00%00%00", "..%2f..%2fetc", "ma san pham"])
async def test_a_code_that_was_never_given_is_a_problem_and_a_friendly_page(world: Any, code: str) -> None:
    answer = await world.get(f"/passports/{code}")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    page = await world.get(f"/p/{code}")
    if "%2f" not in code:
        assert (page.status_code, "Không có sản phẩm OCOP nào" in page.text) == (404, True)
        assert (await world.get(f"/passports/{code}/qr.svg")).status_code == 404


async def test_the_fast_way_and_the_ordinary_route_give_the_same_answer(world: Any, upgraded: Any) -> None:
    path = f"/passports/{upgraded[2]}"
    fast = await world.get(path, params={"on": "2023-09-15"}, headers={"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"})
    slow = await world.get(path, params={"x": "1", "on": "2023-09-15"})
    assert fast.content == slow.content
    assert fast.headers["x-trace-id"] == "a" * 32
    for name in ("etag", "cache-control", "content-type", "content-length"):
        assert fast.headers[name] == slow.headers[name], name
    tag = fast.headers["etag"]
    for params in ({"on": "2023-09-15"}, {"x": "1", "on": "2023-09-15"}):
        for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
            again = await world.get(path, params=params, headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b""), known
        again = await world.get(path, params=params, headers={"If-None-Match": f'"x{tag[1:]}'})
        assert again.status_code == 200
    count = await world.client.get("/metrics")
    assert 'route="/api/registry/v1/passports/{code}",status="304"' in count.text


async def test_a_passport_is_unavailable_not_broken_while_the_database_is_away(
    world: Any, upgraded: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_args: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr(world.database.reads, "fetch", away)
    answer = await world.get(f"/passports/{upgraded[2]}")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


async def test_a_day_that_is_none_is_refused_in_json_and_on_the_page(world: Any, upgraded: Any) -> None:
    answer = await world.get(f"/passports/{upgraded[2]}", params={"on": "31/02/2023"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "query.on")
    page = await world.get(f"/p/{upgraded[2]}", params={"on": "31/02/2023"})
    assert (page.status_code, "Ngày tra cứu chưa đúng" in page.text) == (422, True)


async def test_the_page_tells_star_validity_decision_and_history_and_loads_nothing_from_elsewhere(
    world: Any, upgraded: Any
) -> None:
    page = await world.get(f"/p/{upgraded[1]}")
    assert page.status_code == 200
    for words in (
        "Đạt OCOP 4 sao",
        "Có hiệu lực đến hết",
        "15/09/2026",
        "77/QĐ-UBND",
        "Ủy ban nhân dân tỉnh Quảng Nam",
        "Thay bằng công nhận mới từ 15/09/2023",
        "Xã Bình Dương, huyện Thăng Bình, tỉnh Quảng Nam",
        f"Mã bạn quét: {upgraded[1]}",
        "<svg",
    ):
        assert words in page.text, words
    assert "http" not in page.text.replace("http://www.w3.org", "")
    assert 'viewBox="' in page.text, "without it a browser that scales the QR code cuts it off"
    assert "<script" not in page.text
    assert "default-src 'none'" in page.headers["content-security-policy"]
    before = await world.get(f"/p/{upgraded[1]}", params={"on": "2020-01-01"})
    assert "Chưa được công nhận vào ngày này" in before.text
    after = await world.get(f"/p/{upgraded[1]}", params={"on": "2026-09-16"})
    assert "Đã hết hạn công nhận" in after.text


async def test_hostile_names_are_shown_as_text(world: Any) -> None:
    owner, _ = await world.producer(name="<img src=x onerror=alert(1)> & Sons")
    made = await world.product(owner, name="</title><script>alert(1)</script>")
    code = (await world.certificate(made["id"], decision_number="<b>1</b>"))["product_code"]
    page = (await world.get(f"/p/{code}")).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert "<b>1</b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    missing = (await world.get("/p/%3Cscript%3Ealert(1)%3C%2Fscript%3E")).text
    assert "<script" not in missing


def grey_rows(png: bytes) -> list[list[bool]]:
    """Dark pixels of a 1-bit PNG, row by row."""
    width, height, depth = struct.unpack(">IIB", png[16:25])
    assert depth == 1
    data, at = b"", 8
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += size + 12
    raw, line = zlib.decompress(data), (width + 7) // 8 + 1
    rows = []
    above = bytes(line - 1)
    for y in range(height):
        assert raw[y * line] in {0, 2}, "only unfiltered rows and differences to the row above are expected"
        bits = raw[y * line + 1 : (y + 1) * line]
        if raw[y * line] == 2:
            bits = bytes((a + b) % 256 for a, b in zip(bits, above, strict=True))
        above = bits
        rows.append([not bits[x // 8] >> (7 - x % 8) & 1 for x in range(width)])
    return rows


async def test_the_qr_code_is_that_of_the_page_at_the_public_origin(world: Any, upgraded: Any) -> None:
    expected = segno.make(f"https://ocop.example/p/{upgraded[1]}", error="m", micro=False)
    png = await world.get(f"/passports/{upgraded[1]}/qr.png")
    assert png.headers["content-type"] == "image/png"
    rows = grey_rows(png.content)
    modules = [row[4::8] for row in rows[4::8]]
    bordered = [[bool(module) for module in row] for row in expected.matrix_iter(border=4)]
    assert modules == bordered
    svg = await world.get(f"/passports/{upgraded[1]}/qr.svg")
    out = io.BytesIO()
    expected.save(out, kind="svg", scale=8, border=4)
    assert svg.content == out.getvalue()
    assert svg.headers["content-type"].startswith("image/svg+xml")


async def test_a_passport_is_one_statement_and_a_list_at_most_two(world: Any, upgraded: Any) -> None:
    for path in (f"/passports/{upgraded[2]}", f"/passports/{upgraded[2]}?on=2022-01-01", f"/p/{upgraded[2]}"):
        with counted_statements() as sent:
            assert (await world.get(path)).status_code == 200
        assert len(sent) == 1, sent
    for path in ("/passports", "/passports?q=nuoc%20mam", "/passports?q=khongcogi", "/passports?star=4"):
        with counted_statements() as sent:
            assert (await world.get(path)).status_code == 200
        assert len(sent) <= 2, sent


async def test_the_public_list_shows_only_products_that_may_carry_the_mark_today(world: Any, upgraded: Any) -> None:
    gone = await world.certificate(
        (await world.product(name="Hết hạn"))["id"], decided_on="2020-01-10", issued_on="2020-01-10"
    )
    listed = (await world.get("/passports", params={"limit": 100})).json()["items"]
    codes = {item["product_code"] for item in listed}
    assert upgraded[2] in codes
    assert upgraded[1] not in codes
    assert gone["product_code"] not in codes
    found = (await world.get("/passports", params={"q": "cua khe", "star": 4})).json()["items"]
    assert {item["product_code"] for item in found} == {upgraded[2]}
    assert "phone" not in str(found)


async def test_the_public_reads_are_in_the_openapi_document(world: Any) -> None:
    paths = world.app.openapi()["paths"]
    assert "/api/registry/v1/passports/{code}" in paths
    assert "/api/registry/v1/passports/{code}/qr.svg" in paths
