"""Lookups asked for while others are under way share one statement, and nobody sees more for it."""

import asyncio
from typing import Any

import pytest

from registry.persistence import statements
from registry.persistence.statements import Lookup

ROW = Lookup("SELECT :keys AS key, :scope AS scope")


class Reads:
    """A database that answers when it is let: `(key, scope)` for each known key."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.fails: Exception | None = None
        self.turn = asyncio.Semaphore(0)

    async def fetch(self, _sql: str, keys: list[str], scope: str) -> list[tuple[str, str]]:
        self.asked.append(keys)
        await self.turn.acquire()
        if self.fails is not None:
            raise self.fails
        return [(key, scope) for key in dict.fromkeys(keys) if key != "unknown"]


async def start(reads: Any, *keys: str, scope: str = "all") -> list[asyncio.Task[Any]]:
    tasks = [asyncio.create_task(ROW.of(reads, key, scope=scope)) for key in keys]
    await asyncio.sleep(0.01)
    return tasks


async def test_keys_asked_for_meanwhile_go_together_and_never_join_a_statement_already_sent() -> None:
    reads = Reads()
    first = await start(reads, "a")
    assert reads.asked == [["a"]]
    later = await start(reads, "b", "a", "unknown", "b")
    assert reads.asked == [["a"]]
    reads.turn.release()
    await asyncio.gather(*first)
    assert not any(task.done() for task in later)  # also the second "a": what it asks for may have changed by now
    reads.turn.release()
    assert await asyncio.gather(*later) == [("b", "all"), ("a", "all"), None, ("b", "all")]
    assert reads.asked == [["a"], ["b", "a", "unknown", "b"]]
    assert not ROW._waiting


async def test_one_scope_never_waits_for_or_answers_another() -> None:
    reads = Reads()
    tasks = await start(reads, "a", scope="51") + await start(reads, "a", scope="52")
    assert reads.asked == [["a"], ["a"]]
    reads.turn.release()
    reads.turn.release()
    assert await asyncio.gather(*tasks) == [("a", "51"), ("a", "52")]


async def test_a_failure_is_told_to_all_who_asked_and_the_next_are_served() -> None:
    reads = Reads()
    reads.fails = ConnectionRefusedError()
    tasks = await start(reads, "a", "b", "c")
    reads.turn.release()
    reads.turn.release()
    told = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(one) for one in told] == [ConnectionRefusedError] * 3
    reads.fails = None
    (again,) = await start(reads, "a")
    reads.turn.release()
    assert await again == ("a", "all")


async def test_who_goes_away_takes_no_answer_from_others() -> None:
    reads = Reads()
    first, second = await start(reads, "a", "b")
    (third,) = await start(reads, "b")
    first.cancel()
    second.cancel()
    reads.turn.release()
    reads.turn.release()
    assert await third == ("b", "all")
    assert (first.cancelled(), second.cancelled()) == (True, True)


async def test_a_statement_takes_only_so_many_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST_KEYS", 3)
    reads = Reads()
    tasks = await start(reads, *"abcdefgh")
    for _ in range(3):
        reads.turn.release()
    assert [row[0] for row in await asyncio.gather(*tasks)] == list("abcdefgh")
    assert [len(keys) for keys in reads.asked] == [3, 3, 2]
