"""The inbox as a stream, over real sockets and through the origin."""

import asyncio
import json
import random
import socket
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
import uvicorn
from deploy.origin.app import create_app as create_origin
from deploy.origin.settings import OriginSettings

from notifier.api import inbox_stream
from notifier.main import create_app
from notifier.settings import Settings
from notifier.use_cases import follow_inbox
from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.testing.people import headers_for, person, test_verifier, token_for
from shared.testing.plugin import TestDatabase

PATH = "/api/notifier/v1/inbox"
PATIENCE = 10.0


@asynccontextmanager
async def served(app: Any, lifespan: str = "on") -> AsyncIterator[str]:
    """The address of an application on a free port, spoken to as in production."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(
            app,
            http="deploy.protocol:JoinedHttp",
            log_config=None,
            ws="none",
            lifespan=lifespan,
            timeout_graceful_shutdown=1,
        )
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:  # noqa: ASYNC110  # it has no event to wait for
            await asyncio.sleep(0.005)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        await task


@dataclass
class Reader:
    """A client of the stream: what it was told, and the id it would resume from."""

    url: str
    actor: Actor
    last: str | None = None
    told: list[tuple[str, Any]] = field(default_factory=list)
    lifetime: int = 600
    comments: int = 0
    ended: bool = False
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator["Reader"]:
        """Connected meanwhile, in the background."""
        task = asyncio.create_task(self._read())
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _read(self) -> None:
        headers = {"Authorization": f"Bearer {token_for(self.actor, self.lifetime)}"}
        if self.last is not None:
            headers["Last-Event-ID"] = self.last
        self.ended = False
        async with (
            httpx.AsyncClient(timeout=30) as http,
            http.stream("GET", f"{self.url}{PATH}/events", headers=headers) as answer,
        ):
            self.status, self.headers = answer.status_code, dict(answer.headers)
            event: dict[str, str] = {}
            async for line in answer.aiter_lines():
                if line:
                    name, _, value = line.partition(":")
                    event[name] = value.removeprefix(" ")
                    continue
                self._take(event)
                event = {}
        self.ended = True

    def _take(self, event: dict[str, str]) -> None:
        if "" in event:
            self.comments += 1
        if "id" in event:
            self.last = event["id"]
        if "data" in event:
            self.told.append((event["event"], json.loads(event["data"])))

    def of(self, kind: str) -> list[Any]:
        """What was told of a kind."""
        return [data for event, data in self.told if event == kind]

    async def until(self, said: Any) -> None:
        """Wait until it was told so much."""
        async with asyncio.timeout(PATIENCE):
            while not said():  # noqa: ASYNC110  # the condition is the test's
                await asyncio.sleep(0.005)


@dataclass
class World:
    """A served notifier and somebody with an inbox."""

    notifier: Any
    url: str
    origin: str
    app: Any
    actor: Actor
    admin_url: str

    def reader(self, **more: Any) -> Reader:
        """A client that goes through the origin."""
        return Reader(self.origin, more.pop("actor", self.actor), **more)

    async def write(self, *numbers: int, connection: Any = None) -> None:
        """Notices in the person's inbox, told apart by their step."""
        for number in numbers:
            await (connection or self.notifier.admin).execute(
                "INSERT INTO notifier.notices SELECT (jsonb_populate_record(n, jsonb_build_object("
                "'id', uuidv7(), 'step', $1::int))).* FROM notifier.notices n"
                " WHERE n.channel = 'inbox' AND n.person_id = $2 AND n.step = -7",
                number,
                self.actor.person_id,
            )

    async def read(self, notice_id: str) -> httpx.Response:
        """The person reads a notice."""
        async with httpx.AsyncClient() as http:
            path = f"{self.url}{PATH}/{notice_id}/reading"
            return await http.post(path, headers=headers_for(self.actor, key=True))

    async def steps(self, reader: Reader) -> list[int]:
        """Which notices it was told, in order."""
        ids = [UUID(one["id"]) for one in reader.of("notice")]
        rows = await self.notifier.rows("SELECT id, step FROM notices WHERE id = ANY($1)", ids)
        steps = {row["id"]: row["step"] for row in rows}
        return [steps[one] for one in ids]


@pytest.fixture
async def world(notifier: Any, database: TestDatabase, make: Any) -> AsyncIterator[World]:
    await notifier.clock("2023-07-24T08:01:00+07:00")
    await notifier.tell(*make.deadlines(["502", "503"]))
    await notifier.turn()
    settings = Settings(database_url=database.urls["notifier"], environment="development")
    app = create_app(settings, verifier=test_verifier())
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(served(app))
        origin = await stack.enter_async_context(
            served(create_origin(OriginSettings({"notifier": url})), lifespan="on")
        )
        actor = person(Role.DISTRICT_SECRETARY, "502", Level.DISTRICT, person_id=make.known("sec502"))
        yield World(notifier, url, origin, app, actor, database.admin_url)


async def test_a_new_notice_its_reading_and_the_count_arrive_through_the_origin(world: World) -> None:
    async with world.reader().reading() as reader:
        await reader.until(lambda: reader.of("badge"))
        assert reader.headers["content-type"].startswith("text/event-stream")
        assert "no-transform" in reader.headers["cache-control"]
        assert reader.of("badge") == [{"unread": 1}]
        began = time.monotonic()
        await world.write(1)
        await reader.until(lambda: reader.of("notice"))
        assert time.monotonic() - began < 2
        (notice,) = reader.of("notice")
        assert notice["subject"].startswith("[OCOP]")
        assert (await world.read(notice["id"])).status_code == 201
        await reader.until(lambda: reader.of("read"))
        assert reader.of("read")[0]["id"] == notice["id"]
        await reader.until(lambda: len(reader.of("badge")) == 3)
        assert [one["unread"] for one in reader.of("badge")] == [1, 2, 1]


async def test_others_inboxes_are_not_heard(world: World, make: Any) -> None:
    other = person(Role.DISTRICT_SECRETARY, "503", Level.DISTRICT, person_id=make.known("sec503"))
    async with world.reader(actor=other).reading() as theirs, world.reader().reading() as own:
        await theirs.until(lambda: theirs.of("badge"))
        await own.until(lambda: own.of("badge"))
        await world.write(1)
        await own.until(lambda: own.of("notice"))
        await asyncio.sleep(0)
        assert not theirs.of("notice")


async def test_without_a_token_there_is_no_stream(world: World) -> None:
    async with httpx.AsyncClient() as http:
        assert (await http.get(f"{world.origin}{PATH}/events")).status_code == 401


async def test_what_came_during_a_break_follows_once(world: World) -> None:
    reader = world.reader()
    async with reader.reading():
        await reader.until(lambda: reader.of("badge"))
        await world.write(1)
        await reader.until(lambda: reader.of("notice"))
    await world.write(2, 3)
    async with reader.reading():
        await reader.until(lambda: len(reader.of("notice")) == 3)
        await world.write(4)
        await reader.until(lambda: len(reader.of("notice")) == 4)
    assert await world.steps(reader) == [1, 2, 3, 4]


async def test_a_transaction_that_began_first_and_committed_last_is_not_lost(world: World) -> None:
    """Numbers taken while transactions run would let a reader pass the slow one by."""
    slow = await asyncpg.connect(world.admin_url)
    reader = world.reader()
    async with reader.reading():
        await reader.until(lambda: reader.of("badge"))
        async with slow.transaction():
            await world.write(1, connection=slow)
            await world.write(2)
            await reader.until(lambda: len(reader.of("notice")) == 1)
    await slow.close()
    async with reader.reading():
        await reader.until(lambda: len(reader.of("notice")) == 2)
    assert await world.steps(reader) == [2, 1]


async def test_every_notice_written_while_clients_come_and_go_is_seen_exactly_once(world: World) -> None:
    chance = random.Random(7)
    writers, each = 6, 25

    async def write(number: int) -> None:
        connection = await asyncpg.connect(world.admin_url)
        for n in range(each):
            async with connection.transaction():
                await world.write(1000 + number * each + n, connection=connection)
                await asyncio.sleep(chance.random() * 0.02)  # commits overtake each other
        await connection.close()

    readers = [world.reader() for _ in range(3)]
    for reader in readers:
        async with reader.reading():
            await reader.until(lambda r=reader: r.of("badge"))
    writing = asyncio.gather(*(write(n) for n in range(writers)))

    async def follow(reader: Reader) -> None:
        breaks = random.Random(id(reader) % 97)
        while not writing.done():
            async with reader.reading():
                await asyncio.sleep(breaks.random() * 0.15)
        async with reader.reading():
            await reader.until(lambda: len(reader.of("notice")) >= writers * each)

    await asyncio.gather(writing, *(follow(reader) for reader in readers))
    wanted = sorted(range(1000, 1000 + writers * each))
    for reader in readers:
        assert sorted(await world.steps(reader)) == wanted
    orders = [[one["id"] for one in reader.of("notice")] for reader in readers]
    assert orders[0] == orders[1] == orders[2], "all see the same order"


async def test_an_id_that_cannot_be_taken_up_says_to_read_anew(world: World) -> None:
    await world.write(1, 2)
    for last in ("999999", "x", "-1"):
        async with world.reader(last=last).reading() as reader:
            await reader.until(lambda r=reader: r.of("badge"))
            assert len(reader.of("anew")) == 1
            assert not reader.of("notice")
    await world.notifier.admin.execute("UPDATE notifier.inbox_changes SET created_at = now() - interval '40 days'")
    async with world.notifier.context.uow() as uow:
        await uow.inbox_changes.number()
    async with world.notifier.context.uow() as uow:
        await uow.inbox_changes.forget()
    async with world.reader(last="1").reading() as reader:
        await reader.until(lambda: reader.of("badge"))
        assert len(reader.of("anew")) == 1


async def test_the_stream_ends_with_its_token(world: World) -> None:
    async with world.reader(lifetime=2).reading() as reader:
        await reader.until(lambda: reader.ended)
        assert reader.told[-1] == ("end", {"because": "token-expired"})


async def test_heartbeats_keep_an_idle_stream_alive(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_stream, "HEARTBEAT_SECONDS", 0.05)
    async with world.reader().reading() as reader:
        await reader.until(lambda: reader.comments > 3)


async def test_a_person_has_so_many_streams_and_a_closed_one_makes_room(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follow_inbox, "MOST_STREAMS", 1)
    hub = world.app.state.inbox_hub
    async with world.reader().reading() as first:
        await first.until(lambda: first.of("badge"))
        async with world.reader().reading() as second:
            await second.until(lambda: second.ended)
            assert second.status == 429
    await first.until(lambda: not len(hub))
    async with world.reader().reading() as third:
        await third.until(lambda: third.of("badge"))


async def test_idle_streams_hold_one_connection_together_and_none_when_all_have_left(world: World) -> None:
    asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1"
    hub = world.app.state.inbox_hub
    async with AsyncExitStack() as stack:
        readers = [await stack.enter_async_context(world.reader().reading()) for _ in range(5)]
        for reader in readers:
            await reader.until(lambda r=reader: r.of("badge"))
        pool = world.app.state.database.engine.pool
        await readers[0].until(lambda: pool.checkedout() == 0)
        assert await world.notifier.admin.fetchval(asked, "notifier-inbox") == 1
    async with asyncio.timeout(PATIENCE):
        while len(hub) or await world.notifier.admin.fetchval(asked, "notifier-inbox"):  # noqa: ASYNC110  # Postgres says
            await asyncio.sleep(0.01)


async def test_a_listener_that_lost_its_connection_listens_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow_inbox, "AGAIN_SECONDS", 0.05)
    monkeypatch.setattr(follow_inbox, "POLL_SECONDS", 0.1)
    async with world.reader().reading() as reader:
        await reader.until(lambda: reader.of("badge"))
        await world.notifier.admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'notifier-inbox'"
            " AND datname = current_database()"
        )
        await world.write(1)
        await reader.until(lambda: reader.of("notice"))
        await world.write(2)
        await reader.until(lambda: len(reader.of("notice")) == 2)


async def test_who_joins_in_the_moment_the_last_one_leaves_is_rung_too(world: World) -> None:
    hub = world.app.state.inbox_hub
    hub.leave(hub.join(world.actor.person_id))
    follower = hub.join(world.actor.person_id)
    await hub.begin(follower, None)
    await world.write(1)
    async with asyncio.timeout(PATIENCE):
        while not (news := await hub.next(follower)).changes:
            await follower.rung.wait()
            follower.rung.clear()
    assert len(news.changes) == 1
    hub.leave(follower)


async def test_a_process_that_is_told_to_stop_ends_its_streams(world: World) -> None:
    async with world.reader().reading() as reader:
        await reader.until(lambda: reader.of("badge"))
        world.app.state.inbox_hub.stop()
        await reader.until(lambda: reader.ended)
        assert reader.told[-1] == ("end", {"because": "restart"})
