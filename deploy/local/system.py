"""One running system: servers, database, services, origin, mail, demonstration data."""

import asyncio
import base64
import errno
import fcntl
import hashlib
import json
import os
import secrets
import socket
import time
from contextlib import suppress
from typing import Any

from deploy.local.children import StandIns
from deploy.local.preload import preload
from deploy.local.probes import get_json, is_ready
from deploy.local.servers import Servers
from deploy.local.settings import SERVICES, CannotStart, LocalSettings
from deploy.local.supervisor import Child, Supervisor
from deploy.local.terminal import phase

_READY_SECONDS = 90.0
_DEATHS_AT_START = 3


class System:
    """Start with `start`, end with `stop`; `url` is where clients reach it.

    `services` are packages with `main`, `worker` and `load`; tests bring tiny ones of their own.
    """

    def __init__(self, settings: LocalSettings, services: tuple[str, ...] = SERVICES) -> None:
        self.settings = settings
        self.services = services
        self.url = ""
        self.mail_url = settings.smtp_url or ""
        self._lock: int | None = None
        self._listeners: dict[str, list[socket.socket]] = {}
        self._supervisor = Supervisor(settings.home / "logs", {})
        self._servers = Servers(settings, self._supervisor.in_thread)
        self._loaded = settings.home / "loaded"
        self._shown_at = settings.home / "providers.json"
        """Says where to look at what was sent, for `make demo` in another terminal."""

    async def start(self) -> None:
        """Bring everything up. Raises CannotStart, ChildFailed or EmbeddedError; call `stop` after any of them."""
        self._take_home()
        self._listen()
        with phase("Postgres, Valkey, libraries"):
            await asyncio.gather(self._servers.start(), self._supervisor.in_thread(preload))
            self._supervisor.environment.update(self._environment())
            await self._supervisor.keep(Child("origin", "serve_origin", (self._listeners["origin"], self._stand_ins())))
        with phase("Database prepared and migrated"):
            self._supervisor.environment.update(await self._prepare())
        with phase(f"{len(self.services)} APIs and {len(self.services)} workers ready"):
            await self._start_services()
        with phase("Reference data and demonstration loaded"):
            for service in self.services:
                await self._supervisor.run(Child(f"{service}-load", "load", (service,)))
        self._loaded.touch()
        if self._simulated:
            self._shown_at.write_text(json.dumps({"origin": self.url, "providers": self.providers_url}))
        await self._until(f"{self.url}/readyz")

    async def stop(self) -> None:
        """Stop everything in order: the origin first, the servers last."""
        if "providers" in self._listeners:  # the home is ours
            self._shown_at.unlink(missing_ok=True)
        self._supervisor.restart_no_more()
        await self._supervisor.stop(["origin"], grace=5)
        await self._supervisor.stop(grace=30)
        await self._servers.stop()
        for listener in (one for listeners in self._listeners.values() for one in listeners):
            listener.close()
        if self._lock is not None:
            os.close(self._lock)

    def kill(self) -> None:
        """Lose patience: end the children at once. `stop` still has to run."""
        self._supervisor.kill()

    async def people(self) -> list[dict[str, Any]]:
        """The demonstration people that may sign in; empty when registry does not tell."""
        answer = await self._supervisor.in_thread(get_json, f"{self.url}/api/registry/v1/dev-people")
        items = answer.get("items", []) if isinstance(answer, dict) else answer
        return [one for one in items or [] if isinstance(one, dict)]

    def _take_home(self) -> None:
        home = self.settings.home
        try:
            home.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(home / "lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._supervisor.keep_to_ourselves(self._lock)
        except BlockingIOError as error:
            raise CannotStart(
                f"Another system runs in {home}. Stop it, or choose another folder and port:\n"
                "  OCOP_HOME=.run2 OCOP_PORT=8090 make run"
            ) from error
        except OSError as error:
            raise CannotStart(f"The folder {home} cannot be used: {error.strerror}. Set OCOP_HOME.") from error
        self._loaded.unlink(missing_ok=True)

    def _listen(self) -> None:
        """Bind every port now, for as long as we live: a child that is restarted finds its callers waiting."""
        port = self.settings.port
        try:
            first = _listener(socket.AF_INET, "127.0.0.1", port)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            taken = "is taken by another program" if error.errno == errno.EADDRINUSE else "is not allowed to you"
            raise CannotStart(
                f"Port {port} {taken}. Choose another: OCOP_PORT=8090 make run\n"
                f"Cổng {port} không dùng được. Hãy chọn cổng khác: OCOP_PORT=8090 make run"
            ) from error
        port = first.getsockname()[1]
        self._listeners["origin"] = [first]
        with suppress(OSError):  # a machine without IPv6, where localhost is 127.0.0.1 alone
            self._listeners["origin"].append(_listener(socket.AF_INET6, "::1", port))
        self.url = f"http://localhost:{port}"
        for name in (*self.services, *(() if self.settings.smtp_url else ("mail", "providers"))):
            self._listeners[name] = [_listener(socket.AF_INET, "127.0.0.1", 0)]
        if not self.settings.smtp_url:
            self.mail_url = f"smtp://127.0.0.1:{_port(self._listeners['mail'][0])}"

    def _stand_ins(self) -> StandIns | None:
        """What we play ourselves, in development; None where the person named a mail server."""
        if self.settings.smtp_url:
            return None
        providers = self._listeners["providers"][0] if self._simulated else None
        return StandIns(self._listeners["mail"][0], self.settings.home / "mail", providers)

    def _environment(self) -> dict[str, str]:
        """What every child is told. What the person set before wins, where it is theirs to set."""
        home = self.settings.home
        defaults = {
            "OCOP_ENVIRONMENT": "development",
            "OCOP_PUBLIC_URL": self.url,
            "OCOP_FILES_URL": f"file://{home / 'files'}",
            **{f"{service.upper()}_DATABASE_POOL": "1" for service in self.services},  # memory before speed
            "PYTHONUNBUFFERED": "1",
        }
        decided = {
            "OCOP_HOME": str(home),
            "OCOP_LOADED_FILE": str(self._loaded),
            "REDIS_URL": self._servers.redis_url,
            "SMTP_URL": self.mail_url,
            **{
                f"{service.upper()}_URL": f"http://127.0.0.1:{_port(self._listeners[service][0])}"
                for service in self.services
            },
        }
        inherited = {name: value for name, value in self.settings.environment.items() if name != "DATABASE_URL"}
        return {**defaults, **inherited, **decided, **(self._accounts() if self._simulated else {})}

    @property
    def providers_url(self) -> str:
        """Where the simulated providers show what they were given; empty when there are none."""
        return f"http://127.0.0.1:{_port(self._listeners['providers'][0])}" if self._simulated else ""

    @property
    def _simulated(self) -> bool:
        """Whether we play the providers of SMS and Zalo: in development, beside our own mail server."""
        chosen = self.settings.environment
        return (
            "notifier" in self.services
            and self.settings.smtp_url is None
            and chosen.get("OCOP_ENVIRONMENT", "development") == "development"
            and not {"NOTIFIER_SMS_URL", "NOTIFIER_ZNS_URL", "NOTIFIER_EOFFICE_URL"} & set(chosen)
        )

    def _accounts(self) -> dict[str, str]:
        """Accounts with the simulated providers. Secrets are new at each start, but for the keys of what is kept."""
        url = f"http://127.0.0.1:{_port(self._listeners['providers'][0])}"
        seal = hashlib.sha256(f"tokens {self._passwords()['notifier']}".encode()).digest()
        push = hashlib.sha256(f"push {self._passwords()['notifier']}".encode()).digest()
        made = ("SMS_KEY", "SMS_SECRET", "ZNS_SECRET", "ZNS_REFRESH_TOKEN", "ZNS_EVENTS_SECRET", "RECEIPTS_SECRET")
        return {
            "NOTIFIER_SMS_URL": url,
            "NOTIFIER_SMS_BRAND": "OCOP",
            "NOTIFIER_ZNS_URL": url,
            "NOTIFIER_ZNS_OAUTH_URL": url,
            "NOTIFIER_ZNS_APP_ID": "demo",
            "NOTIFIER_EOFFICE_URL": url,
            "NOTIFIER_EOFFICE_KEY": secrets.token_urlsafe(24),
            "NOTIFIER_EOFFICE_ORGANISATION": "000.00.01.H47",
            "NOTIFIER_OUTWARD_LOOPBACK": "true",
            "NOTIFIER_WEBPUSH_KEY": base64.urlsafe_b64encode(push).decode(),
            "NOTIFIER_WEBPUSH_CONTACT": "mailto:no-reply@ocop.example",
            "NOTIFIER_LINK_KEY": hashlib.sha256(f"links {self._passwords()['notifier']}".encode()).hexdigest(),
            "NOTIFIER_TOKEN_KEY": base64.urlsafe_b64encode(seal).decode(),
            **{f"NOTIFIER_{name}": secrets.token_urlsafe(24) for name in made},
        }

    def _passwords(self) -> dict[str, str]:
        """One random database password a service, made once and readable by us only."""
        file = self.settings.home / "passwords.json"
        kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        missing = [service for service in self.services if service not in kept]
        if missing:
            kept.update({service: secrets.token_urlsafe(24) for service in missing})
            draft = file.with_suffix(".new")
            draft.unlink(missing_ok=True)
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
                json.dump(kept, out)
            draft.rename(file)
        return kept

    async def _prepare(self) -> dict[str, str]:
        """The services' database URLs, as the environment names them, once the database is ready for them."""
        answer, theirs = os.pipe()
        try:
            arguments = (self._servers.database_url, self._passwords(), self.services, theirs)
            await self._supervisor.run(Child("prepare", "prepare", arguments))
            urls: dict[str, str] = json.loads(os.read(answer, 65_536))
        finally:
            os.close(answer)
            os.close(theirs)
        return {f"{service.upper()}_DATABASE_URL": url for service, url in urls.items()}

    async def _start_services(self) -> None:
        for service in self.services:
            await self._supervisor.keep(Child(f"{service}-api", "serve_api", (service, self._listeners[service][0])))
        for service in self.services:
            await self._supervisor.keep(Child(f"{service}-worker", "run_worker", (service,)))
        for service in self.services:
            await self._until(f"http://127.0.0.1:{_port(self._listeners[service][0])}/readyz")

    async def _until(self, url: str) -> None:
        """Wait for an address to answer 200. Raises ChildFailed when children keep dying, CannotStart when late."""
        limit = time.monotonic() + _READY_SECONDS
        while not await self._supervisor.in_thread(is_ready, url):
            self._supervisor.refuse_dying(_DEATHS_AT_START)
            if time.monotonic() > limit:
                said = await self._supervisor.in_thread(get_json, url)
                logs = self.settings.home / "logs"
                raise CannotStart(f"{url} was not ready in {_READY_SECONDS:.0f} s; it says {said}. Logs: {logs}")
            await asyncio.sleep(0.05)


def _listener(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listener = socket.socket(family)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    listener.setblocking(False)
    return listener


def _port(listener: socket.socket) -> int:
    number: int = listener.getsockname()[1]
    return number
