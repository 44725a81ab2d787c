"""What the person at the terminal may choose, read once from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

SERVICES = ("registry", "evaluation", "commerce", "notifier")


class CannotStart(RuntimeError):
    """The system cannot start. The message is for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class LocalSettings:
    """One instance. Instances with different ports and homes run side by side."""

    port: int
    """Where clients reach it on this machine; 0 takes any free port."""
    home: Path
    """Its data, logs, mails, files and passwords."""
    database_url: str | None
    """Superuser URL of a Postgres of yours; None starts one."""
    redis_url: str | None
    """A Redis of yours; None starts one."""
    smtp_url: str | None
    """A mail server of yours; None keeps each mail as a file."""
    environment: Mapping[str, str]
    """The environment the children inherit."""

    @classmethod
    def from_environment(cls) -> "LocalSettings":
        """Read OCOP_PORT, OCOP_HOME, DATABASE_URL, REDIS_URL and SMTP_URL. Raises CannotStart."""
        port = os.environ.get("OCOP_PORT") or "8080"
        if not port.isdecimal() or int(port) > 65535:
            raise CannotStart(f"OCOP_PORT is {port!r}; it must be a number from 0 to 65535.")
        return cls(
            port=int(port),
            home=Path(os.environ.get("OCOP_HOME") or ".run").absolute(),
            database_url=os.environ.get("DATABASE_URL") or None,
            redis_url=os.environ.get("REDIS_URL") or None,
            smtp_url=os.environ.get("SMTP_URL") or None,
            environment=dict(os.environ),
        )

    def private(self, home: Path) -> "LocalSettings":
        """A throw-away instance beside this one: any port, its own home, its own servers."""
        return replace(self, port=0, home=home.absolute(), database_url=None, redis_url=None, smtp_url=None)
