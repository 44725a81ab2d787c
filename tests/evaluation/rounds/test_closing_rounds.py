"""Closing: what the charter asks for first, one result per dossier, no race that loses a sheet."""

import asyncio
import random
from typing import Any

import asyncpg
import pytest

from evaluation.domain.catalogue import default_charter, shipped_rulesets, shipped_sheets
from evaluation.domain.result_records import compute, record_of


@pytest.fixture
async def july(stage: Any) -> Any:
    """A stage in July 2023."""
    await stage.world.move_clock("2023-07-20")
    return stage


async def closing(stage: Any, council: Any, round_id: str, status: int = 409) -> Any:
    return await stage.refused(status, "POST", f"/rounds/{round_id}/closing", council.chair)


async def test_closing_wants_the_quorum_of_the_charter_with_the_chair_on_every_dossier(july: Any) -> None:
    council = await july.council(size=6)
    full, half, headless = [await july.dossier() for _ in range(3)]
    round_id = await july.round(council, full, half, headless)
    for number, member in enumerate(council.members):
        await july.submit(member, july.body(round_id, full, 60))
        if number < 3:
            await july.submit(member, july.body(round_id, half, 60))
        if number > 0:
            await july.submit(member, july.body(round_id, headless, 60))
    problem = await closing(july, council, round_id)
    assert problem["type"] == "/problems/quorum-not-met"
    assert {(d["dossier_id"], d["present"], d["needed"], d["chair_missing"]) for d in problem["dossiers"]} == {
        (str(half), 3, 4, False),
        (str(headless), 5, 4, True),
    }


async def test_closing_names_the_criteria_on_which_nothing_is_agreed(july: Any) -> None:
    council, dossier = await july.council(), await july.dossier()
    round_id = await july.round(council, dossier)
    for member in council.members:
        await july.submit(member, july.body(round_id, dossier, 60))
    problem = await closing(july, council, round_id)
    assert problem["type"] == "/problems/options-not-agreed"
    floors = [criterion.code for criterion in july.sheets[dossier].floor_criteria]
    assert problem["dossiers"] == [{"dossier_id": str(dossier), "criteria": floors}]
    path = f"/rounds/{round_id}/dossiers/{dossier}/agreed-options"
    await july.refused(403, "PUT", path, council.members[1], {"options": {}})
    await july.refused(403, "PUT", path, council.secretary, {"options": {}})
    faulty = await july.refused(422, "PUT", path, council.chair, {"options": {floors[0]: 99, "z": 1}})
    assert {fault["field"] for fault in faulty["errors"]} == {f'options["{floors[0]}"]', 'options["z"]'}
    choices = july.body(round_id, dossier, 60)["choices"]
    first = await july.ok("PUT", path, council.chair, {"options": {floors[0]: choices[floors[0]]}})
    assert (first["version"], first["missing"]) == (1, floors[1:])
    everything = {"options": {code: choices[code] for code in floors}}
    await july.refused(428, "PUT", path, council.chair, everything)
    await july.refused(412, "PUT", path, council.chair, everything, version=0)
    assert (await july.ok("PUT", path, council.chair, everything, version=1))["missing"] == []
    assert (await july.ok("GET", path, council.chair))["version"] == 2
    (result,) = await july.close(council, round_id)
    assert result["star"] == 3


async def test_totals_too_far_apart_are_scored_again_and_the_old_sheets_are_kept(july: Any) -> None:
    council = await july.council()
    apart, close = await july.dossier(), await july.dossier()
    round_id = await july.round(council, apart, close)
    await july.score(council, round_id, apart, 52, 60, 63)
    await july.score(council, round_id, close, 60, 65, 70)
    problem = await closing(july, council, round_id)
    assert problem["type"] == "/problems/scores-diverge"
    assert problem["dossiers"] == [{"dossier_id": str(apart), "spread": 11, "limit": 10}]
    order = {"dossier_id": str(apart), "reason": "Hội đồng đã thảo luận về nguồn nguyên liệu"}
    path = f"/rounds/{round_id}/rescorings"
    await july.refused(403, "POST", path, council.members[1], order)
    problem = await july.refused(409, "POST", path, council.chair, order)
    assert (problem["type"], problem["allowed"]) == ("/problems/discussion-missing", ["discussions"])
    await july.discuss(council, round_id, apart)
    assert (await july.ok("POST", path, council.chair, order))["attempt"] == 2
    assert (await closing(july, council, round_id))["type"] == "/problems/quorum-not-met"
    for member in council.members:
        answer = await july.submit(member, july.body(round_id, apart, 60))
        assert (answer.status_code, answer.json()["attempt"]) == (201, 2)
    results = {result["dossier_id"]: result for result in await july.close(council, round_id)}
    assert results[str(apart)]["mean"] == "60"
    row = await july.one("SELECT count(*) AS sheets FROM score_sheets WHERE dossier_id = :id", id=apart)
    assert row.sheets == 6


async def test_a_chair_who_has_not_scored_learns_of_no_spread(july: Any) -> None:
    charter = default_charter()
    assert charter.chair_required, "else the chair could close without scoring"
    council, dossier = await july.council(), await july.dossier()
    round_id = await july.round(council, dossier)
    for member, total in zip(council.members[1:], (50, 90), strict=True):
        await july.submit(member, july.body(round_id, dossier, total))
    problem = await closing(july, council, round_id)
    assert problem["type"] == "/problems/quorum-not-met"
    assert "spread" not in str(problem)


async def test_only_the_chair_closes_and_only_once(july: Any) -> None:
    council, dossier = await july.council(), await july.dossier()
    round_id = await july.round(council, dossier)
    await july.score(council, round_id, dossier, 60)
    for actor in (council.members[1], council.secretary):
        await july.refused(403, "POST", f"/rounds/{round_id}/closing", actor)
    await july.refused(404, "POST", f"/rounds/{round_id}/closing", (await july.council("district", "512")).chair)
    path = f"/api/evaluation/v1/rounds/{round_id}/closing"
    answers = await asyncio.gather(
        *(july.world.client.post(path, json={}, headers=july.headers(council.chair)) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    row = await july.one("SELECT count(*) AS results FROM results WHERE round_id = :id", id=round_id)
    assert row.results == 1


SLOW_INSERT = """
CREATE FUNCTION evaluation.wait_a_little() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END $$;
CREATE TRIGGER slow BEFORE INSERT ON evaluation.score_sheets
    FOR EACH ROW EXECUTE FUNCTION evaluation.wait_a_little();
"""
"""Widens the gap between the check of the round's state and the sheet's row, in which closing would slip through."""


async def test_no_sheet_is_lost_when_members_submit_while_the_chair_closes(july: Any) -> None:
    council = await july.council()
    chance = random.Random(148)
    closed = 0
    admin = await asyncpg.connect(july.world.admin_url)
    await admin.execute(SLOW_INSERT)
    await admin.close()
    for _ in range(50):
        dossier = await july.dossier()
        round_id = await july.round(council, dossier)
        first = await july.submit(council.chair, july.body(round_id, dossier, 60))
        await july.agree(council, round_id, dossier, 60)
        bodies = [july.body(round_id, dossier, total) for total in (61, 62)]

        async def later(coroutine: Any, delay: float = chance.random() / 20) -> Any:
            await asyncio.sleep(delay)
            return await coroutine

        path = f"/api/evaluation/v1/rounds/{round_id}/closing"
        *sheets, end = await asyncio.gather(
            *(july.submit(member, body) for member, body in zip(council.members[1:], bodies, strict=True)),
            later(july.world.client.post(path, json={}, headers=july.headers(council.chair))),
        )
        stored = {answer.json()["id"] for answer in (first, *sheets) if answer.status_code == 201}
        assert {answer.status_code for answer in sheets} <= {201, 409}
        assert end.status_code in {200, 409}, end.text
        if end.status_code == 409:
            assert end.json()["type"] == "/problems/quorum-not-met"
            continue
        closed += 1
        row = await july.one("SELECT inputs, totals FROM results WHERE round_id = :id", id=round_id)
        assert {entry["sheet_id"] for entry in row.inputs["score_sheets"]} == stored
        assert len(row.totals) == len(stored) >= 2
    assert closed, "no round was closed: the race proves nothing"


async def test_a_result_is_reproduced_from_what_is_stored(july: Any) -> None:
    council, dossier = await july.council(size=5), await july.dossier()
    round_id = await july.round(council, dossier)
    await july.score(council, round_id, dossier, 60, 61, 63, 64, 69)
    await july.close(council, round_id)
    row = await july.one("SELECT * FROM results WHERE round_id = :id", id=round_id)
    ruleset = next(r for r in shipped_rulesets() if r.content_hash == row.ruleset_hash)
    sheet = next(s for s in shipped_sheets() if s.content_hash == row.sheet_hash)
    again = record_of(ruleset, row.level, compute(ruleset, sheet, default_charter(), row.inputs))
    for name in again.__dataclass_fields__:
        assert getattr(again, name) == getattr(row, name), name
    assert (row.mean_numerator, row.mean_denominator) == (317, 5)
    assert sum(row.totals.values()) == 317
    assert [entry["member"] for entry in row.inputs["score_sheets"]] == ["TV1", "TV2", "TV3", "TV4", "TV5"]


async def test_a_dossier_is_in_one_live_round_at_a_time(july: Any) -> None:
    council, dossier = await july.council(), await july.dossier()
    body = {"council_id": council.id, "due_on": "2023-07-31", "dossier_ids": [str(dossier)]}
    path = "/api/evaluation/v1/rounds"
    answers = await asyncio.gather(
        *(july.world.client.post(path, json=body, headers=july.headers(council.secretary)) for _ in range(5))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
