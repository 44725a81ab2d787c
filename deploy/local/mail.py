"""A mail server for development: it keeps every mail as a file and sends none.

`python -m deploy.local.mail HOST PORT FOLDER` for a container; `make run` has it beside the origin.
"""

import asyncio
import itertools
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session


class _Keep:
    """Writes each message to `<time>-<number>.eml`, complete or not at all."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._numbers = itertools.count(1)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S}-{next(self._numbers):04}.eml"
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n"
        draft = self._folder / f".{name}"
        draft.write_bytes(head.encode() + (envelope.original_content or b""))
        draft.rename(self._folder / name)
        return f"250 kept as {name}"


@asynccontextmanager
async def keeping_mail(listener: socket.socket, folder: Path) -> AsyncIterator[None]:
    """Accept mail on `listener` meanwhile."""
    keep = _Keep(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(keep, hostname="localhost", enable_SMTPUTF8=True, loop=loop), sock=listener
    )
    async with server:
        yield


async def _keep_until_told(listener: socket.socket, folder: Path) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with keeping_mail(listener, folder):
        await stop.wait()


def main() -> None:
    """The command."""
    host, port, folder = sys.argv[1:]
    listener = socket.create_server((host, int(port)))
    listener.setblocking(False)
    asyncio.run(_keep_until_told(listener, Path(folder)))


if __name__ == "__main__":
    main()
