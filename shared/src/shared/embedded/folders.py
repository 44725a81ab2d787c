"""The data folder of one embedded server: one user at a time, its password, its port and its log."""

import fcntl
import os
import secrets
from pathlib import Path

from shared.embedded.accounts import Account
from shared.embedded.errors import EmbeddedError

_LOG_LIMIT = 5_000_000


class ServerFolder:
    """`data/` holds `lock`, `password` (0600), `port`, `log`, and `work/`, the server's own.

    Only the holder of the lock may start or stop a server here. The kernel drops the lock when its holder
    dies, so a server that a new holder finds alive is an orphan.
    """

    def __init__(self, data: Path, server: str) -> None:
        self.path = data.absolute()
        self.server = server
        self.work = self.path / "work"
        self.log = self.path / "log"
        self._lock: int | None = None

    def lock(self) -> None:
        """Become the only user of the folder. Raises EmbeddedError when someone else is."""
        if self._lock is not None:
            return
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise EmbeddedError(
                f"The folder {self.path} for {self.server} cannot be used ({error.strerror}). Was it made by "
                "another user, such as root? Remove it, or set OCOP_HOME to another folder."
            ) from error
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            raise EmbeddedError(
                f"{self.server} in {self.path} is in use by another running system. "
                "Stop that one, or set OCOP_HOME to another folder."
            ) from error
        self._lock = handle

    def unlock(self) -> None:
        """Let the next one in."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def password(self) -> str:
        """The server's password: random, made once, readable by our own user only."""
        file = self.path / "password"
        if not file.exists():
            draft = self.path / "password.new"
            draft.unlink(missing_ok=True)
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(handle, "w", encoding="ascii") as out:
                out.write(secrets.token_urlsafe(24))
            draft.rename(file)
        return file.read_text(encoding="ascii").strip()

    def last_port(self) -> int | None:
        """The port of the last start, if there was one."""
        try:
            return int((self.path / "port").read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def remember_port(self, port: int) -> None:
        """Keep the port for the next start, so that addresses people wrote down stay good."""
        (self.path / "port").write_text(str(port), encoding="ascii")

    def make_work(self, account: Account | None, name: str = "work") -> Path:
        """An inner folder, private to the account that runs the server."""
        folder = self.path / name
        folder.mkdir(mode=0o700, exist_ok=True)
        if account is not None and folder.stat().st_uid != account.uid:
            account.own(folder)
        return folder

    def open_log(self) -> int:
        """A descriptor that appends to the log; one older log is kept once it has grown."""
        if self.log.exists() and self.log.stat().st_size > _LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".old"))
        return os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def log_since(self, offset: int, limit: int = 2000) -> str:
        """What the server wrote after `offset` bytes, at most the last `limit` characters."""
        with self.log.open(encoding="utf-8", errors="replace") as lines:
            lines.seek(offset)
            return lines.read()[-limit:].strip()
