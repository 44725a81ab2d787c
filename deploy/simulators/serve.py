"""The simulators on a listener, with their callbacks."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from deploy.simulators.eoffice import OfficeSimulator
from deploy.simulators.mail import Mailbox
from deploy.simulators.sms import SmsSimulator
from deploy.simulators.zns import ZnsSimulator

NEVER_DELIVERED = "84900000000"
"""An SMS to this number is taken and then not delivered: with a chain sms → zns, the notice goes on by Zalo."""


class _Guest(uvicorn.Server):
    """A server that leaves the signals to the process it is a guest of."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def listening(listener: socket.socket, routes: Sequence[Route]) -> AsyncIterator[None]:
    """Answer on `listener` meanwhile. What hangs is cut off at the end."""
    config = uvicorn.Config(
        Starlette(routes=list(routes)),
        access_log=False,
        log_config=None,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = _Guest(config)
    serving = asyncio.create_task(server.serve([listener]))
    while not server.started and not serving.done():  # noqa: ASYNC110  # it has no event to wait for
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await serving


@asynccontextmanager
async def playing_providers(listener: socket.socket, mails: Path) -> AsyncIterator[None]:
    """Play the providers meanwhile, as NOTIFIER_… of the environment expects them, and show the mails kept."""
    sms = SmsSimulator(
        key=os.environ["NOTIFIER_SMS_KEY"],
        secret=os.environ["NOTIFIER_SMS_SECRET"],
        brand=os.environ["NOTIFIER_SMS_BRAND"],
        undelivered={NEVER_DELIVERED},
    )
    zns = ZnsSimulator(
        refresh=os.environ["NOTIFIER_ZNS_REFRESH_TOKEN"],
        app_id=os.environ["NOTIFIER_ZNS_APP_ID"],
        secret=os.environ["NOTIFIER_ZNS_SECRET"],
        events_secret=os.environ["NOTIFIER_ZNS_EVENTS_SECRET"],
    )
    office = OfficeSimulator(key=os.environ["NOTIFIER_EOFFICE_KEY"])
    client = httpx.AsyncClient(timeout=5, verify=os.environ["NOTIFIER_URL"].startswith("https:"))
    routes = [*sms.routes(), *zns.routes(), *office.routes(), *Mailbox(mails).routes()]
    async with listening(listener, routes), client:
        telling = asyncio.create_task(_tell(sms, zns, office, client))
        try:
            yield
        finally:
            telling.cancel()


async def _tell(sms: SmsSimulator, zns: ZnsSimulator, office: OfficeSimulator, client: httpx.AsyncClient) -> None:
    """The callbacks, each second."""
    receipts = f"{os.environ['NOTIFIER_URL']}/api/notifier/v1/receipts"
    while True:
        await asyncio.sleep(1)
        with suppress(httpx.HTTPError):  # told again in a second
            await sms.tell(client)
            await zns.tell(client, f"{receipts}/zns")
            if office.work():
                await office.call_back(client, f"{receipts}/eoffice", os.environ["NOTIFIER_RECEIPTS_SECRET"])
