"""Zalo Notification Service: the parameters of an approved template, to the Zalo account of a phone number.

Answers are HTTP 200 with `error` inside (table at zalo.cloud/zns/guidelines/handle-error-code). The notice's id is the
tracking_id, which comes back with the event of delivery; the status call knows only the provider's own message id, so
a message whose answer was lost cannot be asked about: its event settles it, else a person.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from notifier.domain.deliveries import Letter
from notifier.domain.phones import normalise_mobile
from notifier.domain.receipts import Receipt, reference_of
from notifier.domain.templates import render_fields
from notifier.integrations.channels import Misconfigured, Refused, Taken, Unavailable, Uncertain
from notifier.integrations.provider_http import ProviderHttp
from notifier.integrations.zalo_tokens import ZaloTokens

SEND = "/message/template"
BAD_TOKEN = -124
ACCOUNT = {
    -101: "application invalid",
    -102: "application does not exist",
    -103: "application not activated",
    -104: "application secret invalid",
    -105: "application linked to no official account",
    -115: "no balance left",
    -117: "no permission for this template",
}
FINAL = {
    -108: ("phone", True),
    -109: ("template", False),
    -110: ("no_zalo", False),
    -111: ("template", False),
    -112: ("template", False),
    -114: ("user_refuses", False),
    -118: ("no_zalo", False),
    -119: ("user_refuses", False),
}
DELIVERED = "user_received_message"


class ZnsSender:
    """Sends for one official account. `development` reaches only its administrators."""

    def __init__(
        self,
        url: str,
        tokens: ZaloTokens,
        *,
        development: bool = False,
        concurrency: int = 10,
        answer_seconds: float = 8.0,
    ) -> None:
        self._http = ProviderHttp(url, concurrency, answer_seconds)
        self._tokens = tokens
        self._development = development

    def slot(self) -> AbstractAsyncContextManager[bool]:
        """A turn to send."""
        return self._http.slot()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()
        await self._tokens.close()

    async def send(self, letter: Letter) -> Taken:
        """Fill the template's parameters and send. Raises TemplateError, Refused, Unavailable or Uncertain."""
        try:
            phone = normalise_mobile(letter.address)
        except ValueError as error:
            raise Refused(str(error), final=True, kind="not_a_mobile") from error
        message: dict[str, Any] = {
            "phone": phone,
            "template_id": letter.provider_template,
            "template_data": render_fields(letter.fields, letter.parameters),
            "tracking_id": str(letter.notice_id),
            **({"mode": "development"} if self._development else {}),
        }
        token = await self._tokens.current()
        answer = await self._http.post(SEND, json=message, headers={"access_token": token})
        if answer.get("error") == BAD_TOKEN:  # it says no before it sends: once more with a new one
            token = await self._tokens.renewed(instead_of=token)
            answer = await self._http.post(SEND, json=message, headers={"access_token": token})
        return Taken(read_answer(answer))


def read_answer(answer: Mapping[str, Any]) -> str | None:
    """The provider's own id of a message it took. Raises by its table of errors."""
    code = answer.get("error")
    if not isinstance(code, int):
        raise Uncertain("an answer without an error code")
    said = f"error {code}: {answer.get('message', '')}"
    if code == 0:
        data = answer.get("data")
        return str(data["msg_id"]) if isinstance(data, dict) and data.get("msg_id") else None
    if code == BAD_TOKEN:
        raise Unavailable(said)
    if code in ACCOUNT:
        raise Misconfigured(f"error {code}: {ACCOUNT[code]}")
    if code in FINAL:
        kind, dead = FINAL[code]
        raise Refused(said, final=True, kind=kind, dead=dead)
    raise Refused(said)


def is_signed(body: bytes, app_id: str, secret: str, signature: str) -> bool:
    """Whether an event comes from Zalo: `mac=` the SHA-256 of application, body, its timestamp and the secret."""
    try:
        timestamp = json.loads(body)["timestamp"]
    except (ValueError, KeyError, TypeError):
        return False
    content = app_id.encode() + body + str(timestamp).encode() + secret.encode()
    return hmac.compare_digest(f"mac={hashlib.sha256(content).hexdigest()}", signature)


def read_event(event: Mapping[str, Any]) -> list[Receipt]:
    """What an event says of a notice of ours; other events say nothing."""
    message = event.get("message")
    if event.get("event_name") != DELIVERED or not isinstance(message, dict):
        return []
    notice = reference_of(message.get("tracking_id"))
    return [] if notice is None else [Receipt(notice, "delivered", "delivered")]
