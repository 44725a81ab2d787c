"""What runs inside each child process."""

import asyncio
import ctypes
import importlib
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import uvicorn

_PR_SET_NAME = 15
_ORPHAN_GRACE = 5.0


@dataclass(frozen=True, slots=True)
class StandIns:
    """Where mail arrives and is kept, and where the simulated providers of SMS and Zalo listen, if anywhere."""

    mail: socket.socket
    folder: Path
    providers: socket.socket | None


def enter(name: str, log: Path, environment: Mapping[str, str], supervised: int) -> None:
    """Become the child `name`: own session, own environment, output to its log, ended with its supervisor.

    `supervised`: the reading end of a pipe that ends when the supervisor does.
    """
    os.setsid()
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.close(output)
    sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
    os.environ.clear()
    os.environ.update(environment)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_NAME, name.encode()[:15])
    threading.Thread(target=_end_with_supervisor, args=(supervised,), daemon=True, name="supervisor-watch").start()


def _end_with_supervisor(supervised: int) -> None:
    """Wait for the supervisor's death (even by kill -9), then end as if it had asked us to."""
    os.read(supervised, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_ORPHAN_GRACE)
    os._exit(1)


def serve_api(service: str, listener: socket.socket) -> None:
    """One service's API on a listener of the supervisor's: connections wait in it while we are restarted."""
    import uvicorn

    from deploy.local.applications import application

    config = uvicorn.Config(
        application(service),
        loop="uvloop",
        http="deploy.protocol:JoinedHttp",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
        timeout_keep_alive=75,  # longer than the origin keeps an idle connection, so that it is the one who closes
        timeout_graceful_shutdown=25,
    )
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    _refuse_unstarted(server)


def serve_origin(listeners: list[socket.socket], stand_ins: StandIns | None) -> None:
    """The one origin that clients see, and beside it what a province has elsewhere: mail, SMS, Zalo."""
    import uvicorn

    from deploy.origin.server import server_config

    server = uvicorn.Server(server_config(graceful_seconds=2))

    async def serve() -> None:
        async with AsyncExitStack() as stack:
            if stand_ins is not None:
                await _stand_in(stack, stand_ins)
            await server.serve(listeners)

    with asyncio.Runner(loop_factory=server.config.get_loop_factory()) as runner:
        runner.run(serve())
    _refuse_unstarted(server)


async def _stand_in(stack: AsyncExitStack, chosen: StandIns) -> None:
    from deploy.local.mail import keeping_mail
    from deploy.simulators.serve import playing_providers

    await stack.enter_async_context(keeping_mail(chosen.mail, chosen.folder))
    if chosen.providers is not None:
        await stack.enter_async_context(playing_providers(chosen.providers, chosen.folder))


def _refuse_unstarted(server: "uvicorn.Server") -> None:
    if not server.started:
        raise SystemExit("the server did not start; the reason is above")


def run_worker(service: str) -> None:
    """One service's worker, until SIGTERM."""
    importlib.import_module(f"{service}.worker").run()


def prepare(admin_url: str, passwords: Mapping[str, str], services: tuple[str, ...], answer: int) -> None:
    """Make the database, its roles and schemas, bring every schema to its newest version.

    Writes the services' URLs as JSON into the pipe `answer`.
    """
    from shared.db.migrations import upgrade
    from shared.db.prepare import prepare_database

    urls = prepare_database(admin_url, passwords, movable_clock=True)
    for service in services:
        upgrade(service, admin_url)
    os.write(answer, json.dumps(urls).encode())


def load(service: str) -> None:
    """Load one service's reference data and its part of the demonstration."""
    importlib.import_module(f"{service}.load").run(True)
