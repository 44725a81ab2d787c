"""Pushing notices to devices (RFC 8030): how long, how urgent, and what replaces what (data/webpush.json)."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from notifier.domain.deliveries import Letter

MOST_BYTES = 3993
"""Of a message, so that it fits into one record of 4096 bytes once it is encrypted (RFC 8291 §4)."""
P256DH_BYTES, AUTH_BYTES = 65, 16


@dataclass(frozen=True, slots=True)
class PushDevice:
    """A subscription of a person's browser. `endpoint` is where its push service takes messages."""

    contact_id: UUID
    endpoint: str
    p256dh: bytes
    auth: bytes


@dataclass(frozen=True, slots=True)
class PushRules:
    """As the data says."""

    most_ttl: int
    urgency: Mapping[str, str]
    high_from_step: int
    most_devices: int


def read_push_rules(document: Mapping[str, Any]) -> PushRules:
    """The rules of a document. Raises KeyError or ValueError when it is not one."""
    if document["schema"] != "ocop-webpush/1":
        raise ValueError(f"not a web push document: {document['schema']}")
    urgency = document["urgency"]
    if wrong := set(urgency.values()) - {"very-low", "low", "normal", "high"}:
        raise ValueError(f"no such urgency (RFC 8030 §5.3): {sorted(wrong)}")
    return PushRules(document["most_ttl_seconds"], urgency, document["high_from_step"], document["most_devices"])


def headers_of(letter: Letter, rules: PushRules) -> dict[str, str]:
    """TTL, urgency and topic of a notice; a newer one about the same duty replaces an older one not yet shown."""
    urgent = letter.step >= rules.high_from_step
    return {
        "TTL": str(max(0, min(letter.seconds_left, rules.most_ttl))),
        "Urgency": rules.urgency.get(letter.kind, "high" if urgent else "normal"),
        "Topic": topic_of(letter),
    }


def topic_of(letter: Letter) -> str:
    """At most 32 letters of URL-safe base64, the same for all notices of a duty (RFC 8030 §5.4)."""
    about = hashlib.sha256(str(letter.about or letter.notice_id).encode()).digest()
    return base64.urlsafe_b64encode(about[:24]).decode()


def message_of(letter: Letter, title: str, body: str) -> bytes:
    """What the device shows. `tag` is the topic: it shows one message of each."""
    link = f"/duties/{letter.about}" if letter.about else "/inbox"
    content = {"title": title, "body": body, "tag": topic_of(letter), "notice_id": str(letter.notice_id), "web": link}
    while len(message := json.dumps(content, ensure_ascii=False).encode()) > MOST_BYTES:
        content["body"] = content["body"][: len(content["body"]) * 3 // 4].rstrip() + "…"
    return message


def decode(text: str) -> bytes:
    """URL-safe base64 without padding, as browsers give keys. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
