"""Closing against submitting, closing and scoring again: forced to meet, one wins, and never half a result."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from evaluation.use_cases import close_round


@pytest.fixture
async def july(stage: Any) -> Any:
    """A stage in July 2023."""
    await stage.world.move_clock("2023-07-20")
    return stage


class Gate:
    """Holds a round's row so that whoever wants it queues, in the order in which they came."""

    def __init__(self, watcher: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.watcher = watcher
        self.waiting: list[asyncio.Task[Any]] = []

    async def queue(self, act: Awaitable[Any]) -> None:
        """Start an act and wait until it waits for the row."""
        self.waiting.append(asyncio.ensure_future(act))
        for _ in range(400):
            blocked = await self.watcher.fetchval(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if blocked >= len(self.waiting):
                return
            await asyncio.sleep(0.005)
        raise AssertionError("the act never came to the row: the race proves nothing")


@asynccontextmanager
async def held(stage: Any, round_id: str) -> AsyncIterator[Gate]:
    """The round's row, held until the block ends."""
    connection = await asyncpg.connect(stage.world.admin_url, server_settings={"search_path": "evaluation"})
    watcher = await asyncpg.connect(stage.world.admin_url)  # a transaction sees pg_stat_activity as it first saw it
    try:
        async with connection.transaction():
            await connection.execute("SELECT FROM rounds WHERE id = $1 FOR UPDATE", round_id)
            yield Gate(watcher)
    finally:
        await connection.close()
        await watcher.close()


def post(stage: Any, actor: Any, path: str, body: Any = None) -> Awaitable[Any]:
    return stage.world.call("POST", path, actor, body)  # type: ignore[no-any-return]  # a coroutine of the stage


async def outcome(stage: Any, round_id: str) -> Any:
    """What is stored of a round: its state, results with the sheets in them, dossiers' states, released events."""
    return await stage.one(
        "SELECT r.state, (SELECT count(*) FROM results x WHERE x.round_id = r.id) AS results,"
        " (SELECT array_agg(DISTINCT d.state) FROM round_dossiers rd JOIN dossiers d ON d.id = rd.dossier_id"
        "  WHERE rd.round_id = r.id) AS states,"
        " (SELECT array_agg(e ->> 'sheet_id') FROM results x, jsonb_array_elements(x.inputs -> 'score_sheets') e"
        "  WHERE x.round_id = r.id) AS sheets,"
        " (SELECT count(*) FROM outbox_events o WHERE o.type = 'evaluation.result_released') AS released"
        " FROM rounds r WHERE r.id = :id",
        id=round_id,
    )


@pytest.mark.parametrize("order", ["sheet closing sheet", "closing sheet sheet", "sheet sheet closing"])
async def test_a_sheet_and_a_conflict_come_in_while_the_chair_closes(july: Any, order: str) -> None:
    council, dossier = await july.council(size=5), await july.dossier()
    round_id = await july.round(council, dossier)
    early = [await july.submit(member, july.body(round_id, dossier, 40)) for member in council.members[:3]]
    extra = await july.submit(council.members[3], july.body(round_id, dossier, 41))
    await july.agree(council, round_id, dossier, 40)
    # the fifth member submits, the fourth takes his sheet back by declaring a conflict
    acts = {
        "sheet": [
            july.submit(council.members[4], july.body(round_id, dossier, 42)),
            post(
                july,
                council.members[3],
                f"/rounds/{round_id}/conflicts",
                {"dossier_id": str(dossier), "relation": "family", "reason": "Họ hàng (thử)"},
            ),
        ],
        "closing": [post(july, council.chair, f"/rounds/{round_id}/closing")],
    }
    answers: dict[str, list[Any]] = {"sheet": [], "closing": []}
    async with held(july, round_id) as gate:
        for what in order.split():
            await gate.queue(acts[what].pop(0))
    for what, task in zip(order.split(), gate.waiting, strict=True):
        answers[what].append(await task)
    (closing,) = answers["closing"]
    late, conflict = answers["sheet"]
    assert closing.status_code == 200, closing.text
    counted = {answer.json()["id"] for answer in early}
    counted |= {late.json()["id"]} if late.status_code == 201 else set()
    counted |= {extra.json()["id"]} if conflict.status_code == 409 else set()
    stored = await outcome(july, round_id)
    assert (stored.state, stored.results, stored.states) == ("closed", 1, ["not_recognised"])
    assert set(stored.sheets) == counted, "an acknowledged act is not in the result, or a refused one is"
    refused = [answer for answer in (late, conflict) if answer.status_code == 409]
    assert all(answer.json()["type"] == "/problems/round-not-open" for answer in refused)


async def test_of_two_chairs_who_close_one_wins_and_every_result_is_there_once(july: Any) -> None:
    council, dossiers = await july.council(), [await july.dossier() for _ in range(3)]
    round_id = await july.round(council, *dossiers)
    for dossier in dossiers:
        await july.score(council, round_id, dossier, 40)
    async with held(july, round_id) as gate:
        for _ in range(2):
            await gate.queue(post(july, council.chair, f"/rounds/{round_id}/closing"))
    answers = [await task for task in gate.waiting]
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    stored = await outcome(july, round_id)
    assert (stored.state, stored.results, stored.released) == ("closed", 3, 3)


@pytest.mark.parametrize("first", ["sheet", "rescoring"])
async def test_a_sheet_that_meets_the_order_to_score_again_counts_for_exactly_one_attempt(
    july: Any, first: str
) -> None:
    council, dossier = await july.council(), await july.dossier()
    round_id = await july.round(council, dossier)
    for member in council.members[:2]:
        await july.submit(member, july.body(round_id, dossier, 60))
    await july.discuss(council, round_id, dossier)
    order = {"dossier_id": str(dossier), "reason": "Đã thảo luận (thử)"}
    acts = {
        "sheet": july.submit(council.members[2], july.body(round_id, dossier, 69)),
        "rescoring": post(july, council.chair, f"/rounds/{round_id}/rescorings", order),
    }
    names = [first, *(name for name in acts if name != first)]
    async with held(july, round_id) as gate:
        for name in names:
            await gate.queue(acts[name])
    answers = {name: await task for name, task in zip(names, gate.waiting, strict=True)}
    assert answers["rescoring"].status_code == 201
    attempt = answers["sheet"].json()["attempt"]
    assert answers["sheet"].status_code == 201
    own = await july.ok("GET", f"/rounds/{round_id}/dossiers/{dossier}/score-sheet", council.members[2])
    assert own["attempt"] == 2
    assert own["state"] == ("submitted" if attempt == 2 else "to_score")
    if attempt == 1:
        await july.submit(council.members[2], july.body(round_id, dossier, 60))
    for member in council.members[:2]:
        await july.submit(member, july.body(round_id, dossier, 60))
    await july.agree(council, round_id, dossier, 60)
    (result,) = await july.close(council, round_id)
    assert result["mean"] == ("63" if attempt == 2 else "60")


async def test_a_failure_half_way_through_closing_leaves_everything_as_it_was(
    july: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(close_round, "BATCH", 1)
    council, dossiers = await july.council(), [await july.dossier() for _ in range(3)]
    round_id = await july.round(council, *dossiers)
    for dossier in dossiers:
        await july.score(council, round_id, dossier, 40)
    admin = await asyncpg.connect(july.world.admin_url, server_settings={"search_path": "evaluation"})
    try:
        await admin.execute(
            "CREATE FUNCTION fail_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF (SELECT count(*) FROM results) = 2 THEN RAISE EXCEPTION 'the disk is gone'; END IF; RETURN NEW;"
            " END $$; CREATE TRIGGER fail BEFORE INSERT ON results FOR EACH ROW EXECUTE FUNCTION fail_once()"
        )
        await july.refused(500, "POST", f"/rounds/{round_id}/closing", council.chair)
        stored = await outcome(july, round_id)
        assert (stored.state, stored.results, stored.states, stored.released) == ("open", 0, ["in_round"], 0)
        await admin.execute("DROP TRIGGER fail ON results")
    finally:
        await admin.close()
    assert len(await july.close(council, round_id)) == 3
    assert (await outcome(july, round_id)).released == 3
