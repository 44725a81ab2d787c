"""An SMS provider as eSMS describes itself: codes inside HTTP 200, RequestId as duplicate guard, callbacks by GET."""

import re
from dataclasses import dataclass, field

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.simulators.faults import Faults, json_object, said

_PHONE = re.compile(r"(84|0)[35789][0-9]{8}")
PRICE = 850


@dataclass
class SmsSimulator:
    """One account. Numbers in `codes` are answered with that code; those in `undelivered` never get the message."""

    key: str = "key"
    secret: str = "secret"  # noqa: S105  # of a simulator
    brand: str = "OCOP"
    balance: int = 1_000_000
    codes: dict[str, str] = field(default_factory=dict)
    undelivered: set[str] = field(default_factory=set)
    faults: Faults = field(default_factory=Faults)
    messages: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was taken, by RequestId."""
    asked: int = 0
    told: int = 0

    def routes(self) -> list[Route]:
        """Where it listens."""
        return [
            Route("/MainService.svc/json/SendMultipleMessage_V4_post_json/", self.send, methods=["POST"]),
            Route("/MainService.svc/json/GetBalance_json", self.tell_balance, methods=["POST"]),
            Route("/sms/messages", self.show),
        ]

    async def send(self, request: Request) -> Response:
        """Take a message, or say by code why not."""
        self.asked += 1
        if (fault := await self.faults.before()) is not None:
            return fault
        message = {name: str(value) for name, value in (await json_object(request)).items()}
        code = self._verdict(message)
        if code != "100":
            return said(CodeResult=code, CountRegenerate=0, ErrorMessage=f"error {code}")
        self.balance -= PRICE
        message["SMSID"] = f"sms-{len(self.messages) + 1}"
        self.messages[message.get("RequestId", message["SMSID"])] = message
        return self.faults.after(said(CodeResult="100", CountRegenerate=0, SMSID=message["SMSID"]))

    def _verdict(self, message: dict[str, str]) -> str:  # noqa: PLR0911  # the provider's table, in its order
        if (message.get("ApiKey"), message.get("SecretKey")) != (self.key, self.secret):
            return "101"
        if message.get("Brandname") != self.brand:
            return "104"
        phone = message.get("Phone", "")
        if not _PHONE.fullmatch(phone):
            return "108"
        if message.get("RequestId") in self.messages:
            return "124"
        if self.balance < PRICE:
            return "103"
        if not message.get("Content", "").isascii():
            return "146"
        return self.codes.get(phone, "100")

    async def tell_balance(self, request: Request) -> Response:
        """Đồng left."""
        message = await json_object(request)
        known = (message.get("ApiKey"), message.get("SecretKey")) == (self.key, self.secret)
        return said(CodeResponse="100", Balance=self.balance, UserID=1) if known else said(CodeResponse="101")

    async def show(self, _request: Request) -> Response:
        """What was taken, for people at the terminal."""
        return said(messages=[{k: v for k, v in m.items() if k != "SecretKey"} for m in self.messages.values()])

    def callback(self, request_id: str) -> dict[str, str]:
        """The values of the callback that says what became of a message."""
        message = self.messages[request_id]
        failed = message["Phone"] in self.undelivered
        return {
            "SMSID": message["SMSID"],
            "SendFailed": str(int(failed)),
            "SendStatus": "5",
            "SendSuccess": str(int(not failed)),
            "TotalReceiver": "1",
            "TotalSent": "1",
            "RequestId": request_id,
            "TypeId": "2",
        }

    async def tell(self, http: httpx.AsyncClient) -> None:
        """Call back about every message not told of yet."""
        waiting = list(self.messages)[self.told :]
        for request_id in waiting:
            if address := self.messages[request_id].get("CallbackUrl"):
                await http.get(address, params={**httpx.URL(address).params, **self.callback(request_id)})
            self.told += 1
