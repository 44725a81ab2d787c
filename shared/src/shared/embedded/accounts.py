"""Which user runs the servers: Postgres refuses to be root, and neither server needs to be."""

import os
import pwd
from dataclasses import dataclass
from typing import Any

from shared.embedded.errors import EmbeddedError

_HARMLESS = ("nobody", "daemon")


@dataclass(frozen=True, slots=True)
class Account:
    """An unprivileged user that root can hand a process and its files to."""

    name: str
    uid: int
    gid: int

    def own(self, path: str | int | os.PathLike[str]) -> None:
        """Make this account the owner of a path or an open file."""
        os.chown(path, self.uid, self.gid)

    def as_process_options(self) -> dict[str, Any]:
        """The arguments of `subprocess` that start a program as this account, in none of root's groups."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def account_for_servers() -> Account | None:
    """The account the servers run as, or None: we are an ordinary user, and they run as ourselves.

    Raises EmbeddedError when we are root and the machine has no account without rights.
    """
    if os.geteuid() != 0:
        return None
    for name in _HARMLESS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid)
    raise EmbeddedError(
        "Running as root, and this machine has no user 'nobody' to run Postgres as. "
        "Run as an ordinary user, or set DATABASE_URL and REDIS_URL to servers of your own."
    )
