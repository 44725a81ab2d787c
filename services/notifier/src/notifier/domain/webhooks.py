"""What systems of others are told (data/webhooks.json): thin words, their signature, and when telling is tried again.

Signed as standardwebhooks.com says, by its own library.
"""

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from standardwebhooks import Webhook

from shared.clock import legal_date

PING = "webhook.ping"
GONE = 410
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class WebhookKind:
    """A kind of message. `ids` and `units` are the fields of the event that leave; `units` also decide the scope."""

    code: str
    name_vi: str
    name_en: str
    ids: tuple[str, ...]
    units: tuple[str, ...]
    link: str | None


@dataclass(frozen=True, slots=True)
class WebhookRules:
    """How telling is tried; times in seconds."""

    pauses: tuple[int, ...]
    jitter: float
    life: int
    rests: tuple[int, ...]
    disable_after: int
    least_failures: int
    rotation_overlap: int
    most_endpoints: int
    most_redeliveries: int
    keep_days: int
    kinds: Mapping[str, WebhookKind]

    def pause_after(self, attempt: int, chance: float) -> float | None:
        """The pause after a failed try (the first is 1), `chance` in [0, 1) of its jitter; None: that was the last."""
        if attempt > len(self.pauses):
            return None
        return self.pauses[attempt - 1] * (1 + self.jitter * chance)


def read_webhook_rules(document: Mapping[str, Any]) -> WebhookRules:
    """The rules of a webhooks document. Raises KeyError or ValueError when it is not one."""
    if document["schema"] != "ocop-webhooks/1":
        raise ValueError(f"not a webhooks document: {document['schema']}")
    kinds = [
        WebhookKind(e["code"], e["vi"], e["en"], tuple(e["ids"]), tuple(e["units"]), e["link"])
        for e in document["kinds"]
    ]
    for kind in kinds:
        if kind.link:
            kind.link.format(**dict.fromkeys(kind.ids, ""))
    return WebhookRules(
        pauses=tuple(document["pauses_seconds"]),
        jitter=document["jitter"],
        life=document["life_seconds"],
        rests=tuple(document["rest_seconds"]),
        disable_after=document["disable_after_seconds"],
        least_failures=document["least_failures"],
        rotation_overlap=document["rotation_overlap_seconds"],
        most_endpoints=document["most_endpoints"],
        most_redeliveries=document["most_redeliveries"],
        keep_days=document["keep_days"],
        kinds={kind.code: kind for kind in kinds},
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One thing to be told to whoever subscribed to its kind and may see one of its units."""

    kind: str
    units: tuple[str, ...]
    payload: dict[str, Any]
    on: date
    """The day in Vietnam on which its units have their codes."""


def thin(kind: WebhookKind, event: Mapping[str, Any], at: datetime) -> Told:
    """The message of an event: what it is about and where to read it, nothing of what is in it."""
    data = {name: event[name] for name in (*kind.ids, *kind.units) if event.get(name) is not None}
    if kind.link:
        data["link"] = kind.link.format(**{name: event.get(name) for name in kind.ids})
    units = tuple(dict.fromkeys(str(event[name]) for name in kind.units if event.get(name)))
    payload = {"type": kind.code, "timestamp": at.astimezone(UTC).isoformat(), "data": data}
    return Told(kind.code, units, payload, legal_date(at))


def body_of(payload: Mapping[str, Any], public_url: str) -> bytes:
    """The bytes that are sent and signed, the same at every try."""
    data = dict(payload["data"])
    if "link" in data:
        data["link"] = f"{public_url.rstrip('/')}{data['link']}"
    return json.dumps({**payload, "data": data}, ensure_ascii=False, separators=(",", ":")).encode()


def new_secret() -> str:
    """A secret as it is shown to its owner, once."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def headers_of(delivery_id: UUID, body: bytes, live: Sequence[str], now: datetime) -> dict[str, str]:
    """Identity, time and signatures of a message, one for each secret that is live while it is changed.

    The id stays the same at every try: receivers know a repetition by it.
    """
    message, at = f"msg_{delivery_id.hex}", now.astimezone(UTC)
    signatures = [Webhook(secret).sign(message, at, body.decode()) for secret in live]
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
        "content-type": "application/json",
        "user-agent": "ocop-notifier/1",
    }
