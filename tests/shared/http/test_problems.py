"""Every error is one shape, in the caller's language, with the path of each fault and nothing of our insides."""

import json
from typing import Any

import pytest
from tests.commerce.world import TRADE, V1, World, outlet_draft

from shared.http.app import BODY_LIMIT
from shared.ids import new_id
from shared.testing.people import headers_for, token_for


def assert_problem(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["type"].startswith("/problems/")
    assert body["title"]
    assert body["detail"]
    assert body["instance"] == f"urn:trace:{answer.headers['x-trace-id']}"
    for inside in ("SELECT", "Traceback", "asyncpg", "sqlalchemy"):
        assert inside not in answer.text
    return body


async def send(world: World, content: bytes, **headers: str) -> Any:
    all_headers = headers_for(TRADE, key=True) | {"Content-Type": "application/json"} | headers
    return await world.client.post(f"{V1}/outlets", content=content, headers=all_headers)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "vi"),
        ("", "vi"),
        ("fr", "vi"),
        ("*", "vi"),
        ("en", "en"),
        ("en-GB, vi;q=0.5", "en"),
        ("vi, en;q=0.9", "vi"),
        ("en;q=0.2, vi;q=0.8", "vi"),
        ("en;q=nonsense", "vi"),
        ("en;q=0", "vi"),
        ("EN-us", "en"),
    ],
)
async def test_the_language_is_vietnamese_unless_english_is_preferred(
    world: World, header: str | None, language: str
) -> None:
    headers = {} if header is None else {"Accept-Language": header}
    answer = await world.client.get(f"{V1}/outlets/{new_id()}", headers=headers)
    body = assert_problem(answer, 404)
    assert answer.headers["content-language"] == language
    assert body["title"] == {"vi": "Không tìm thấy", "en": "Not found"}[language]


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_all_faults_are_told_at_once_each_with_its_path_and_words(world: World, language: str) -> None:
    faulty = outlet_draft(kind="shop", name="", opened_on="2023-02-30", colour="red")
    del faulty["address"]
    answer = await send(world, json.dumps(faulty).encode(), **{"Accept-Language": language})
    told = {fault["field"]: (fault["code"], fault["detail"]) for fault in assert_problem(answer, 422)["errors"]}
    words = {
        "vi": {
            "kind": ("literal_error", "Phải là một trong: 'outlet' or 'centre'"),
            "name": ("string_too_short", "Cần ít nhất 1 ký tự"),
            "opened_on": ("date_from_datetime_parsing", "Không phải ngày (YYYY-MM-DD)"),
            "address": ("missing", "Thiếu trường này"),
            "colour": ("extra_forbidden", "Không có trường này"),
        },
        "en": {
            "kind": ("literal_error", "Input should be 'outlet' or 'centre'"),
            "name": ("string_too_short", "String should have at least 1 character"),
            "opened_on": (
                "date_from_datetime_parsing",
                "Input should be a valid date or datetime, day value is outside expected range",
            ),
            "address": ("missing", "Field required"),
            "colour": ("extra_forbidden", "Extra inputs are not permitted"),
        },
    }
    assert told == words[language]


@pytest.mark.parametrize("content", [b"{", b"", b"not json", b'{"a": 1,}', b"\xff\xfe", b"[" * 100_000, b"NaN"])
async def test_a_body_that_is_no_json_is_a_fault_of_the_body(world: World, content: bytes) -> None:
    assert_problem(await send(world, content), 422)


@pytest.mark.parametrize("content", [b"[]", b"null", b'"text"', b"5"])
async def test_json_that_is_no_object_is_a_fault_of_the_body(world: World, content: bytes) -> None:
    assert assert_problem(await send(world, content), 422)["errors"][0]["field"] == "body"


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "\ud800", "a\udfffb"])
async def test_text_that_cannot_be_stored_is_refused_not_a_failure(world: World, text: str) -> None:
    body = assert_problem(await send(world, json.dumps(outlet_draft(operator=text)).encode()), 422)
    assert body["errors"]


async def test_text_that_cannot_be_stored_is_refused_in_a_query_too(world: World) -> None:
    assert_problem(await world.get("/outlets", q="a\x00b"), 422)


async def test_a_number_too_large_for_the_database_is_refused(world: World) -> None:
    body = {"kind": "conference", "sales": 10**30, "summary": "x"}
    answer = await world.post(f"/trade-events/{new_id()}/result", body, TRADE)
    assert_problem(answer, 422)


async def test_a_body_above_the_limit_is_refused_and_one_at_the_limit_is_read(world: World) -> None:
    draft = json.dumps(outlet_draft()).encode()
    assert (await send(world, draft + b" " * (BODY_LIMIT - len(draft)))).status_code == 201
    draft = json.dumps(outlet_draft()).encode()
    assert_problem(await send(world, draft + b" " * (BODY_LIMIT - len(draft) + 1)), 413)


async def test_a_body_above_the_limit_that_does_not_tell_its_length_is_refused(world: World) -> None:
    async def pieces() -> Any:
        for _ in range(12):
            yield b" " * 100_000

    headers = headers_for(TRADE, key=True) | {"Content-Type": "application/json"}
    assert_problem(await world.client.post(f"{V1}/outlets", content=pieces(), headers=headers), 413)


async def test_a_body_of_another_kind_is_refused(world: World) -> None:
    answer = await send(world, json.dumps(outlet_draft()).encode(), **{"Content-Type": "text/plain"})
    assert answer.status_code in (415, 422)
    assert_problem(answer, answer.status_code)


@pytest.mark.parametrize("path", ["/", "/nothing", f"{V1}/nothing", f"{V1}/outlets/", f"{V1}/outlets/%00/x/y"])
async def test_an_unknown_address_is_a_problem_too(world: World, path: str) -> None:
    assert assert_problem(await world.client.get(path), 404)["type"] == "/problems/not-found"


async def test_a_method_that_is_not_offered_is_405_and_tells_which_are(world: World) -> None:
    answer = await world.client.delete(f"{V1}/outlets")
    assert assert_problem(answer, 405)["type"] == "/problems/method-not-allowed"
    assert answer.headers["allow"] == "GET, POST"


async def test_an_id_that_is_no_uuid_names_its_field(world: World) -> None:
    answer = await world.get("/outlets/12")
    assert assert_problem(answer, 422)["errors"][0] == {
        "field": "path.outlet_id",
        "code": "uuid_parsing",
        "detail": "Không phải mã UUID",
    }


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (None, "token-missing"),
        ("Basic abc", "token-missing"),
        ("Bearer", "token-missing"),
        ("Bearer nonsense", "token-invalid"),
        ("expired", "token-expired"),
    ],
)
async def test_who_is_not_signed_in_learns_what_is_wrong_with_the_token(
    world: World, header: str | None, code: str
) -> None:
    if header == "expired":
        header = f"Bearer {token_for(TRADE, lifetime=-5)}"
    headers = {} if header is None else {"Authorization": header}
    answer = await world.client.get(f"{V1}/trade-events", headers=headers)
    assert assert_problem(answer, 401)["code"] == code
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_a_trace_the_caller_began_is_continued(world: World) -> None:
    trace = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{trace}-b7ad6b7169203331-01"}
    answer = await world.client.get(f"{V1}/outlets/{new_id()}", headers=headers)
    assert answer.headers["x-trace-id"] == trace
