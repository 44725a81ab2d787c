"""Simulated providers on free ports, and notifier with accounts there."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet
from deploy.simulators.serve import listening
from deploy.simulators.sms import SmsSimulator
from deploy.simulators.zns import ZnsSimulator
from starlette.routing import Route

from notifier.domain.deliveries import Letter
from notifier.integrations.channels import Senders
from notifier.integrations.sms import SmsAccount, SmsSender
from notifier.integrations.zalo_tokens import ZaloTokens
from notifier.integrations.zns import ZnsSender
from notifier.persistence.tokens import TokenStore
from shared.embedded.ports import choose_port
from shared.ids import new_id

KEY = Fernet.generate_key().decode()


@asynccontextmanager
async def served(routes: list[Route]) -> AsyncIterator[str]:
    """The address of a server with these routes."""
    import socket

    listener = socket.create_server(("127.0.0.1", choose_port(None, None)))
    listener.setblocking(False)
    async with listening(listener, routes):
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    listener.close()


@dataclass
class Providers:
    """Both, and the senders that know them."""

    sms: SmsSimulator
    zns: ZnsSimulator
    senders: Senders
    url: str


def letter(phone: str = "0912 345 678", body: str = "Việc đã đến hạn", **more: Any) -> Letter:
    """A claimed notice."""
    values: dict[str, Any] = {
        "notice_id": new_id(),
        "attempt": 1,
        "most_tries": 5,
        "first_retry_seconds": 60,
        "longest_retry_seconds": 3600,
        "channel": "sms",
        "name": "Người thử",
        "address": phone,
        "subject": "",
        "body": body,
        "html": "",
        "parameters": {"title": "Đánh giá"},
        "fields": {"task": {"text": "{{ title }}", "most": 20}},
        "provider_template": "demo-reminder",
    }
    return Letter(**values | more)


def sms_sender(url: str, **more: Any) -> SmsSender:
    """A sender with the simulator's account."""
    account = {"url": url, "key": "key", "secret": "secret", "brand": "OCOP"} | more
    return SmsSender(SmsAccount(**account), answer_seconds=0.5)


def zns_sender(url: str, store: Any, seed: str = "seed") -> ZnsSender:
    """A sender with the simulator's official account."""
    return ZnsSender(url, ZaloTokens(url, "app", "app-secret", seed, KEY, store), answer_seconds=0.5)


@asynccontextmanager
async def providers_for(notifier: Any, chains: list[list[str]] | None = None) -> AsyncIterator[Providers]:
    """Notifier that also sends by SMS and Zalo, all words approved, every policy with these chains."""
    sms, zns = SmsSimulator(), ZnsSimulator()
    async with served([*sms.routes(), *zns.routes()]) as url:
        senders = {
            "email": notifier.sender,
            "sms": sms_sender(url),
            "zns": zns_sender(url, TokenStore(notifier.database, "zns")),
        }
        context = notifier.context
        notifier.context = type(context)(context.database, context.uow_type, senders)
        async with notifier.context.uow() as uow:
            await uow.templates.approve_shipped(await uow.now())
        if chains:
            await notifier.admin.execute("UPDATE notifier.reminder_policies SET chains = $1", json.dumps(chains))
        yield Providers(sms, zns, senders, url)
        notifier.context = context
        for channel in ("sms", "zns"):
            await senders[channel].close()


async def give_phone(notifier: Any, person: UUID, phone: str, channels: tuple[str, ...] = ("sms", "zns")) -> None:
    """A verified phone of a person."""
    for channel in channels:
        await notifier.admin.execute(
            "INSERT INTO notifier.contacts (id, version, person_id, channel, address, verified_at)"
            " VALUES (uuidv7(), 1, $1, $2, $3, now())",
            person,
            channel,
            phone,
        )
