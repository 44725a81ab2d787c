"""Postgres from its binaries, in a data folder of ours."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from shared.embedded.accounts import Account, account_for_servers
from shared.embedded.binaries import find_postgres
from shared.embedded.errors import EmbeddedError
from shared.embedded.folders import ServerFolder
from shared.embedded.ports import LOOPBACK, choose_port
from shared.embedded.processes import end_orphan, end_process, plain_environment, start_process, wait_until

_SETTINGS = {
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # paths of sockets have a length limit that a deep checkout breaks
    "shared_buffers": "64MB",
    "max_connections": "160",
    "io_method": "sync",  # no extra I/O processes for one person's machine
    "io_workers": "1",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "max_wal_size": "256MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",  # no DETAIL: it shows whole rows, of people too
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_READY_LINE = 7  # the eighth line of postmaster.pid says how far the start has come
_STOP_STEPS = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
_ONE_PATIENCE = 10.0


class EmbeddedPostgres:
    """One Postgres server on 127.0.0.1 with one superuser, `postgres`, and a random password.

    `durable=False` is for tests: faster, but a kill or a power cut loses the last commits, or the folder.
    `settings` overrides any server setting.
    """

    def __init__(
        self,
        data: Path,
        *,
        port: int | None = None,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._folder = ServerFolder(data, "Postgres")
        self._wanted_port = port
        self._durable = durable
        self._settings = {**_SETTINGS, **({} if durable else _NOT_DURABLE), **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._url = ""

    def start(self) -> str:
        """Start, making the data folder at first; answers the superuser's URL once queries are accepted.

        Recovers after any kill: of the server, of our own process, or of the machine. Raises EmbeddedError.
        """
        if self.is_running():
            return self._url
        self._folder.lock()
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self._url

    def stop(self) -> None:
        """Stop, ending the sessions of all clients; a server that is not running is fine."""
        if self._process is not None:
            end_process(self._process, _STOP_STEPS)
            self._process = None
        self._folder.unlock()

    def is_running(self) -> bool:
        """Whether the server we started is alive."""
        return self._process is not None and self._process.poll() is None

    def _start(self) -> None:
        # After a death, the addresses that clients hold must stay true.
        wanted = self._wanted_port if self._process is None else self._folder.last_port()
        account = self._account()
        programs = find_postgres(account)
        password = self._folder.password()
        if not (self._folder.work / "PG_VERSION").exists():
            self._create_cluster(programs, account, password)
        end_orphan(self._folder.work / "postmaster.pid", self._folder.work, signal.SIGINT, seconds=20)
        patience = time.monotonic() + _ONE_PATIENCE
        while True:
            port = choose_port(wanted, self._folder.last_port())
            said = self._try_start(programs, account, port)
            if said is None:
                break
            # Someone took the port since we looked, or backends of a killed server have not all gone yet.
            passing = "Address already in use" in said or "still in use" in said
            if not passing or time.monotonic() > patience:
                raise EmbeddedError(f"Postgres does not start in {self._folder.path}. It says:\n{said}")
            time.sleep(0.2)
        self._folder.remember_port(port)
        self._url = f"postgresql://postgres:{password}@{LOOPBACK}:{port}/postgres"

    def _account(self) -> Account | None:
        """Whom to run as: root hands an existing cluster to the user it already belongs to."""
        account = account_for_servers()
        if account is not None and self._folder.work.exists():
            owner = self._folder.work.stat()
            if owner.st_uid != 0:
                return Account(str(owner.st_uid), owner.st_uid, owner.st_gid)
        return account

    def _create_cluster(self, programs: Path, account: Account | None, password: str) -> None:
        """initdb in a folder beside, renamed when complete: a kill leaves nothing half-made."""
        shutil.rmtree(self._folder.path / "work.new", ignore_errors=True)
        draft = self._folder.make_work(account, "work.new")
        with tempfile.TemporaryFile() as secret:
            secret.write(password.encode() + b"\n")
            secret.flush()
            secret.seek(0)
            if account is not None:
                account.own(secret.fileno())
            done = subprocess.run(  # noqa: S603  # initdb found by shared.embedded.binaries
                [
                    *(
                        programs / "initdb",
                        "-D",
                        _as_seen_inside(draft, account),
                        "-U",
                        "postgres",
                        "-E",
                        "UTF8",
                    ),
                    *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
                    *("--auth=scram-sha-256", f"--pwfile=/dev/fd/{secret.fileno()}"),
                    *(() if self._durable else ("--no-sync",)),
                ],
                check=False,
                cwd=draft,
                env=plain_environment(),
                pass_fds=[secret.fileno()],
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                **(account.as_process_options() if account else {}),
            )
        if done.returncode != 0:
            raise EmbeddedError(f"Postgres cannot make its data folder {self._folder.path}:\n{done.stdout[-2000:]}")
        if self._folder.work.exists():
            shutil.rmtree(self._folder.work)
        draft.rename(self._folder.work)

    def _try_start(self, programs: Path, account: Account | None, port: int) -> str | None:
        """Start once on `port`; None when it accepts queries, else what it said before it gave up."""
        offset = self._folder.log.stat().st_size if self._folder.log.exists() else 0
        settings = {**self._settings, "port": str(port)}
        self._process = start_process(
            [
                programs / "postgres",
                "-D",
                _as_seen_inside(self._folder.work, account),
                *(f"--{name}={settings[name]}" for name in settings),
            ],
            self._folder,
            account,
            stop_signal=signal.SIGINT,
        )
        try:
            if wait_until(self._accepts_queries, self._process, seconds=60):
                return None
        except TimeoutError as error:
            raise EmbeddedError(f"Postgres in {self._folder.path} was not ready within 60 seconds.") from error
        return self._folder.log_since(offset) or f"(nothing; exit code {self._process.returncode})"

    def _accepts_queries(self) -> bool:
        try:
            lines = (self._folder.work / "postmaster.pid").read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return False
        ours = self._process is not None and lines[0] == str(self._process.pid)
        return ours and len(lines) > _READY_LINE and lines[_READY_LINE].strip() == "ready"


def _as_seen_inside(folder: Path, account: Account | None) -> str:
    """The name by which the server reaches its data folder.

    The account may not be allowed to walk the path to it (a checkout below /root). The working directory is
    set before root's rights are given up, and Linux lets a process name it without walking.
    """
    return "/proc/self/cwd" if account is not None and sys.platform == "linux" else os.fspath(folder)
