"""Valkey (speaks the Redis protocol) from its binary, in a data folder of ours."""

import signal
import socket
import subprocess
import time
from pathlib import Path

from shared.embedded.accounts import Account, account_for_servers
from shared.embedded.binaries import find_valkey
from shared.embedded.errors import EmbeddedError
from shared.embedded.folders import ServerFolder
from shared.embedded.ports import LOOPBACK, choose_port
from shared.embedded.processes import end_orphan, end_process, start_process, wait_until

_STOP_STEPS = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0))
_PATIENCE = 10.0


class EmbeddedValkey:
    """One Valkey server on 127.0.0.1 with a random password.

    `durable` keeps an append-only file, synced each second; without it nothing is written, for tests.
    """

    def __init__(self, data: Path, *, port: int | None = None, durable: bool = True) -> None:
        self._folder = ServerFolder(data, "Valkey")
        self._wanted_port = port
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None
        self._url = ""

    def start(self) -> str:
        """Start; answers the URL with its password once commands are accepted. Raises EmbeddedError."""
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
        """Stop, writing what is owed to the disk first; a server that is not running is fine."""
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
        account = account_for_servers()
        program = find_valkey(account)
        password = self._folder.password()
        work = self._folder.make_work(account)
        end_orphan(work / "pid", work, signal.SIGTERM, seconds=10)
        patience = time.monotonic() + _PATIENCE
        while True:
            port = choose_port(wanted, self._folder.last_port())
            said = self._try_start(program, account, port, password)
            if said is None:
                break
            if "already in use" not in said or time.monotonic() > patience:
                raise EmbeddedError(f"Valkey does not start in {self._folder.path}. It says:\n{said}")
        self._folder.remember_port(port)
        self._url = f"redis://:{password}@{LOOPBACK}:{port}/0"

    def _try_start(self, program: Path, account: Account | None, port: int, password: str) -> str | None:
        """Start once on `port`; None when it answers, else what it said before it gave up."""
        offset = self._folder.log.stat().st_size if self._folder.log.exists() else 0
        # The configuration goes in by standard input: a password among the arguments is seen by every user.
        configuration = {
            "bind": LOOPBACK,
            "port": str(port),
            "requirepass": password,
            "pidfile": "pid",
            "save": '""',
            "appendonly": "yes" if self._durable else "no",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "loglevel": "warning",
        }
        self._process = start_process(
            [program, "-"],
            self._folder,
            account,
            stop_signal=signal.SIGTERM,
            standard_input="".join(f"{name} {value}\n" for name, value in configuration.items()),
        )
        try:
            if wait_until(lambda: _answers(port, password), self._process, seconds=30):
                return None
        except TimeoutError as error:
            raise EmbeddedError(f"Valkey in {self._folder.path} was not ready within 30 seconds.") from error
        return self._folder.log_since(offset) or f"(nothing; exit code {self._process.returncode})"


def _answers(port: int, password: str) -> bool:
    """Whether a server on the port accepts the password and has loaded its data."""
    try:
        with socket.create_connection((LOOPBACK, port), timeout=1) as connection:
            connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
            reply = b""
            while reply.count(b"\n") < 2:
                part = connection.recv(200)
                if not part:
                    return False
                reply += part
    except OSError:
        return False
    return reply == b"+OK\r\n+PONG\r\n"
