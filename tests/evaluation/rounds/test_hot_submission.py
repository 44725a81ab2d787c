"""POST /score-sheets is answered in front of the framework or behind it: the caller cannot tell which."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from evaluation.api import score_sheets
from shared.auth.actors import Actor
from shared.http.hot import MOST_BODY
from shared.ids import new_id

TRACE = {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}
ORDINARY = {"Content-Type": "application/json; charset=utf-8"}
"""A content type the hot route leaves to the ordinary one."""
NEW = ("id", "member_id", "submitted_at", "content_hash")


@pytest.fixture
async def council(shared_stage: Any) -> Any:
    return await shared_stage.council()


@pytest.fixture
async def dossier(shared_stage: Any) -> Any:
    return await shared_stage.dossier()


@pytest.fixture
def ordinary(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The submissions that reached the ordinary route."""
    seen: list[Any] = []
    act = score_sheets.submit_score_sheet

    async def noted(*args: Any) -> Any:
        seen.append(args)
        return await act(*args)

    monkeypatch.setattr(score_sheets, "submit_score_sheet", noted)
    return seen


async def send(stage: Any, actor: Actor | None, raw: bytes, *, slow: bool = False, **headers: Any) -> httpx.Response:
    told = {"Content-Type": "application/json"} | TRACE | (ORDINARY if slow else {}) | headers
    answer: httpx.Response = await stage.world.call("POST", "/score-sheets", actor, content=raw, headers=told)
    return answer


def shown(answer: httpx.Response) -> tuple[Any, ...]:
    return answer.status_code, dict(answer.headers), answer.content


def without_new(answer: httpx.Response) -> Any:
    sheet = answer.json()
    assert set(NEW) <= set(sheet)
    return {name: value for name, value in sheet.items() if name not in NEW}


def without_length(answer: httpx.Response) -> dict[str, str]:
    """The headers, less the length, which a new sheet's instant decides: it is written without trailing zeros."""
    told = dict(answer.headers)
    assert int(told.pop("content-length")) == len(answer.content)
    return told


async def test_a_sheet_is_stored_and_told_the_same_either_way(
    shared_stage: Any, council: Any, dossier: Any, ordinary: list[Any]
) -> None:
    round_id = await shared_stage.round(council, dossier)
    body = shared_stage.body(round_id, dossier, 72) | {"remarks": 'Tốt "lắm" \\ \u2028'}
    body["notes"] = {next(iter(body["choices"])): "Rõ nguồn gốc"}
    raw = json.dumps(body).encode()
    fast = await send(shared_stage, council.members[0], raw)
    assert (fast.status_code, len(ordinary)) == (201, 0)
    slow = await send(shared_stage, council.members[1], raw, slow=True)
    assert (slow.status_code, len(ordinary)) == (201, 1)
    assert without_new(fast) == without_new(slow)
    assert list(fast.json()) == list(slow.json())
    assert without_length(fast) == without_length(slow)
    stored = [
        await shared_stage.one(
            "SELECT s.total, s.remarks, (SELECT json_agg(json_build_array(c.criterion, c.choice, c.points, c.note)"
            " ORDER BY c.criterion) FROM score_choices c WHERE c.sheet_id = s.id)::text AS answers,"
            " (SELECT e.traceparent FROM outbox_events e WHERE e.payload->>'round_id' = s.round_id::text"
            " AND e.payload->>'member_id' = s.member_id::text) ~ :trace AS traced"
            " FROM score_sheets s WHERE s.id = :id",
            id=answer.json()["id"],
            trace=f"^00-{'a' * 32}-",
        )
        for answer in (fast, slow)
    ]
    assert tuple(stored[0]) == tuple(stored[1])
    assert (stored[0].total, stored[0].traced) == (72, True)
    count = await shared_stage.world.client.get("/metrics")
    assert 'method="POST",route="/api/evaluation/v1/score-sheets",status="201"' in count.text


async def test_a_repeat_is_answered_word_for_word_whichever_way_the_first_and_the_second_went(
    shared_stage: Any, council: Any, dossier: Any
) -> None:
    round_id = await shared_stage.round(council, dossier)
    raw = json.dumps(shared_stage.body(round_id, dossier, 66)).encode()
    for member, slow in ((council.members[0], False), (council.members[1], True)):
        key = {"Idempotency-Key": str(new_id())}
        first = await send(shared_stage, member, raw, slow=slow, **key)
        again = [await send(shared_stage, member, raw, slow=way, **key) for way in (False, True)]
        assert shown(again[0]) == shown(again[1])
        assert (again[0].status_code, again[0].content) == (201, first.content)
        assert (again[0].headers["idempotent-replay"], "idempotent-replay" in first.headers) == ("true", False)
        other = [await send(shared_stage, member, raw + b" ", slow=way, **key) for way in (False, True)]
        assert shown(other[0]) == shown(other[1])
        assert other[0].json()["type"] == "/problems/idempotency-key-reused"


Change = Callable[[dict[str, Any]], Any]


def _with(**changes: Any) -> Change:
    return lambda body: body | changes


def _broken(body: dict[str, Any]) -> dict[str, Any]:
    first, second, third, *_ = body["choices"]
    choices = {code: choice for code, choice in body["choices"].items() if code != third}
    return body | {"choices": choices | {first: 99, second: "\ud800", "z": 1}, "notes": {"y": "ghi chú"}}


@pytest.mark.parametrize(
    ("status", "change"),
    [
        pytest.param(422, _broken, id="every fault of a sheet"),
        pytest.param(422, _with(remarks="a\x00b"), id="what the database cannot store"),
        pytest.param(422, _with(remarks="x" * 4001, more=1), id="faults of the payload"),
        pytest.param(422, _with(choices={"1.1": float("nan")}), id="not a number"),
        pytest.param(422, lambda _body: [], id="no object"),
        pytest.param(404, _with(round_id=str(new_id())), id="unknown round"),
    ],
)
async def test_a_refusal_reads_the_same_either_way(
    shared_stage: Any, council: Any, dossier: Any, status: int, change: Change
) -> None:
    round_id = await shared_stage.round(council, dossier)
    raw = json.dumps(change(shared_stage.body(round_id, dossier, 66))).encode()
    fast, slow = [await send(shared_stage, council.chair, raw, slow=way) for way in (False, True)]
    assert shown(fast) == shown(slow)
    assert (fast.status_code, fast.headers["content-type"]) == (status, "application/problem+json")
    assert fast.json()["instance"] == f"urn:trace:{'a' * 32}"
    english = [
        await send(shared_stage, council.chair, raw, slow=way, **{"Accept-Language": "en"}) for way in (False, True)
    ]
    assert shown(english[0]) == shown(english[1])
    assert english[0].headers["content-language"] == "en"


async def test_who_may_not_or_no_more_submit_is_refused_the_same_either_way(
    shared_stage: Any, council: Any, dossier: Any
) -> None:
    round_id = await shared_stage.round(council, dossier)
    raw = json.dumps(shared_stage.body(round_id, dossier, 66)).encode()
    assert (await send(shared_stage, council.members[1], raw)).status_code == 201
    planned = await shared_stage.round(await shared_stage.council(), await shared_stage.dossier(), opened=False)
    early = json.dumps(json.loads(raw) | {"round_id": planned}).encode()
    cases: list[tuple[int, Actor | None, bytes, dict[str, Any]]] = [
        (409, council.members[1], raw, {}),
        (404, council.chair, early, {}),
        (404, council.secretary, raw, {}),
        (401, None, raw, {}),
        (401, None, raw, {"Authorization": "Basic eA=="}),
        (401, None, b"{}", {"Authorization": "Bearer x.y.z"}),
        (401, council.chair, raw, {"Authorization": "Bearer x.y.z"}),
        (400, council.chair, raw, {"Idempotency-Key": ""}),
        (400, council.chair, raw, {"Idempotency-Key": "ké".encode()}),
        (422, council.chair, raw, {"Idempotency-Key": "k" * 256}),
        (422, council.chair, b"{", {}),
        (422, council.chair, b"", {}),
        (422, council.chair, b"\xff\xfe", {}),
    ]
    for status, actor, sent, headers in cases:
        fast, slow = [await send(shared_stage, actor, sent, slow=way, **headers) for way in (False, True)]
        assert shown(fast) == shown(slow), (status, headers, sent[:20])
        assert fast.status_code == status, fast.text


@pytest.mark.parametrize(("size", "status"), [(MOST_BODY + 1, 201), (1_000_001, 413)])
async def test_a_big_body_goes_the_ordinary_way(
    shared_stage: Any, council: Any, dossier: Any, ordinary: list[Any], size: int, status: int
) -> None:
    round_id = await shared_stage.round(council, dossier)
    raw = json.dumps(shared_stage.body(round_id, dossier, 66)).encode()
    answer = await send(shared_stage, council.chair, raw + b" " * (size - len(raw)))
    assert (answer.status_code, len(ordinary)) == (status, int(status == 201))


async def test_the_whole_council_can_submit_at_once(
    shared_stage: Any, council: Any, dossier: Any, ordinary: list[Any]
) -> None:
    round_id = await shared_stage.round(council, dossier)
    raw = json.dumps(shared_stage.body(round_id, dossier, 66)).encode()
    answers = await asyncio.gather(*(send(shared_stage, member, raw) for member in council.members))
    assert {(a.status_code, a.json()["member_id"]) for a in answers} == {
        (201, str(member.person_id)) for member in council.members
    }
    assert not ordinary
