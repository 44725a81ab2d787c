"""SMS under a brand name, over the HTTP API that eSMS publishes (developers.esms.vn): unsigned text, approved words.

The notice's id is the RequestId. For 24 hours the provider takes no second message with it, so that sending again is
how it is asked: code 124 says that it has it already.
"""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from notifier.domain.deliveries import Letter
from notifier.domain.phones import normalise_mobile
from notifier.domain.receipts import Receipt, reference_of
from notifier.domain.short_messages import count_segments, unsigned
from notifier.domain.templates import render_text
from notifier.integrations.channels import Misconfigured, Refused, Taken, Uncertain
from notifier.integrations.provider_http import ProviderHttp

SEND = "/MainService.svc/json/SendMultipleMessage_V4_post_json/"
BALANCE = "/MainService.svc/json/GetBalance_json"
MOST_SEGMENTS = 4
"""A longer text is refused: it would cost as much as a call, and the words are at fault."""
TAKEN, DUPLICATE = "100", "124"
ACCOUNT = {
    "101": "wrong key or secret",
    "102": "no price list",
    "103": "not enough balance",
    "104": "unknown brand name",
    "118": "this kind of message is not allowed",
    "140": "our address is not on the provider's list",
}
"""About the account: no message would leave, so the channel pauses itself."""
FINAL = {"99": ("blocked", True), "108": ("phone", True), "146": ("template", False), "177": ("network", False)}
"""About this message for good: (kind, whether nobody is reached at that number). Other codes may pass later."""
DONE, REJECTED = "5", "4"


@dataclass(frozen=True, slots=True)
class SmsAccount:
    """An account with a provider. `callback` is the address told of deliveries, its secret in it."""

    url: str
    key: str
    secret: str
    brand: str
    callback: str | None = None
    kind: str = "2"
    """The provider's kind of message: 2 is customer care."""


class SmsSender:
    """Sends through one account."""

    def __init__(self, account: SmsAccount, concurrency: int = 10, answer_seconds: float = 8.0) -> None:
        self._account = account
        self._http = ProviderHttp(account.url, concurrency, answer_seconds)

    def slot(self) -> AbstractAsyncContextManager[bool]:
        """A turn to send."""
        return self._http.slot()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def send(self, letter: Letter) -> Taken:
        """Render without diacritics and send. Raises TemplateError, Refused, Unavailable or Uncertain."""
        try:
            phone = normalise_mobile(letter.address)
        except ValueError as error:
            raise Refused(str(error), final=True, kind="not_a_mobile") from error
        _, body = render_text("", letter.body, letter.parameters)
        content = unsigned(body)
        segments = count_segments(content)
        if segments > MOST_SEGMENTS:
            raise Refused(f"{segments} segments; {MOST_SEGMENTS} are the most", final=True, kind="too_long")
        account = self._account
        answer = await self._http.post(
            SEND,
            json={
                "ApiKey": account.key,
                "SecretKey": account.secret,
                "Phone": phone,
                "Content": content,
                "Brandname": account.brand,
                "SmsType": account.kind,
                "IsUnicode": "0",
                "RequestId": str(letter.notice_id),
                **({"CallbackUrl": account.callback} if account.callback else {}),
            },
        )
        return Taken(read_answer(answer), segments)

    async def balance(self) -> int:
        """Đồng left. Raises Misconfigured, Unavailable or Uncertain."""
        answer = await self._http.post(BALANCE, json={"ApiKey": self._account.key, "SecretKey": self._account.secret})
        if str(answer.get("CodeResponse")) != TAKEN:
            raise Misconfigured(f"code {answer.get('CodeResponse')}")
        return int(answer["Balance"])


def read_answer(answer: Mapping[str, object]) -> str | None:
    """The provider's own reference of a message it took or has already. Raises by its table of codes."""
    code = str(answer.get("CodeResult", ""))
    said = f"code {code}: {answer.get('ErrorMessage', '')}"
    if code == TAKEN:
        return str(answer.get("SMSID") or "") or None
    if code == DUPLICATE:
        return None
    if code in ACCOUNT:
        raise Misconfigured(f"code {code}: {ACCOUNT[code]}")
    if code in FINAL:
        kind, dead = FINAL[code]
        raise Refused(said, final=True, kind=kind, dead=dead)
    if not code:
        raise Uncertain("an answer without a code")
    raise Refused(said)


def read_callback(values: Mapping[str, str]) -> list[Receipt]:
    """What a callback says; nothing while the message is still on its way, or when it names no notice."""
    notice = reference_of(values.get("RequestId"))
    status = values.get("SendStatus", "")
    if notice is None or status not in {DONE, REJECTED}:
        return []
    if status == DONE and values.get("SendSuccess", "0") not in {"", "0"}:
        return [Receipt(notice, "delivered", "delivered")]
    return [Receipt(notice, "undelivered", "undelivered")]
