"""Notifier that tells systems and devices of others, which are simulated on this machine."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from cryptography.fernet import Fernet

from notifier.integrations.outward_http import OutwardHttp
from notifier.integrations.resources import Resources
from notifier.integrations.seals import Seal
from notifier.integrations.webhooks import WebhookSender
from notifier.tasks.webhooks import deliver_webhook, find_webhooks_to_send, switch_off_dead_endpoints
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.ids import new_id
from shared.testing.people import person

KEY = Fernet.generate_key().decode()
PUBLIC = "https://ocop.example"
SECRETARY = person(Role.PROVINCE_SECRETARY, person_id=new_id())


class Systems:
    """Webhooks without their loops: each turn is taken by the test."""

    def __init__(self, notifier: Any) -> None:
        self.notifier = notifier
        self.seal = Seal(KEY)

    async def register(self, url: str, *kinds: str, units: list[str] | None = None, actor: Actor = SECRETARY) -> Any:
        """(the endpoint's id, its secret)."""
        from notifier.use_cases import tell_systems

        async with self.notifier.context.uow() as uow:
            made = await tell_systems.register(
                uow, actor, self.seal.close, name="Hệ thống Thử", url=url, kinds=list(kinds), units=units
            )
            return made[0].id, made[1]

    async def send(self) -> int:
        """One sweep, and what it found; how many."""
        async with self.notifier.context.uow() as uow:
            ids = await find_webhooks_to_send(uow)
        await asyncio.gather(*(deliver_webhook(self.notifier.context, one) for one in ids))
        return len(ids)

    async def send_all(self) -> None:
        """Sweeps until nothing is due."""
        while await self.send():
            pass

    async def pass_time(self, seconds: float) -> None:
        """Real time goes on for webhooks: what lies ahead comes nearer."""
        moved = f"- make_interval(secs => {seconds})"
        await self.notifier.admin.execute(
            f"UPDATE notifier.webhook_deliveries SET next_try_at = next_try_at {moved},"
            f" give_up_at = give_up_at {moved}, leased_until = leased_until {moved}, claimed_at = claimed_at {moved}"
        )
        await self.notifier.admin.execute(
            f"UPDATE notifier.webhook_endpoints SET rest_until = rest_until {moved},"
            f" failing_since = failing_since {moved}, old_secret_until = old_secret_until {moved}"
        )

    async def look_after(self) -> None:
        """The routine that ends and switches off."""
        async with self.notifier.context.uow() as uow:
            await switch_off_dead_endpoints(uow)

    async def deliveries(self) -> list[dict[str, Any]]:
        """Every delivery, oldest first."""
        found: list[dict[str, Any]] = await self.notifier.rows(
            "SELECT d.*, payload::text AS body FROM webhook_deliveries d ORDER BY id"
        )
        return found


@asynccontextmanager
async def systems_for(notifier: Any) -> AsyncIterator[Systems]:
    """Notifier with a sender to systems that may be on this machine."""
    before = notifier.context
    sender = WebhookSender(OutwardHttp(loopback=True), Seal(KEY), PUBLIC)
    resources = Resources(before.resources, units=None, systems=sender)  # type: ignore[arg-type]  # no task here asks for units
    notifier.context = type(before)(before.database, before.uow_type, resources)
    yield Systems(notifier)
    notifier.context = before
    await sender.close()
