"""Zalo's OAuth v4 and ZNS as their documents say: a refresh token works once, errors come inside HTTP 200."""

import hashlib
import json
import re
import time
from dataclasses import dataclass, field

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.simulators.faults import Faults, json_object, said

_PHONE = re.compile(r"84[35789][0-9]{8}")


@dataclass
class ZnsSimulator:
    """One application and its official account. Numbers in `errors` are answered with that error."""

    refresh: str = "seed"
    app_id: str = "app"
    secret: str = "app-secret"  # noqa: S105  # of a simulator
    events_secret: str = "events-secret"  # noqa: S105  # of a simulator
    templates: dict[str, set[str]] | None = None
    """Approved templates and their parameters; None takes any."""
    errors: dict[str, int] = field(default_factory=dict)
    account_error: int = 0
    lifetime: int = 90_000
    faults: Faults = field(default_factory=Faults)
    access: str = ""
    renewals: int = 0
    refused_renewals: int = 0
    messages: list[dict[str, object]] = field(default_factory=list)
    told: int = 0

    def routes(self) -> list[Route]:
        """Where it listens; OAuth has a host of its own in reality."""
        return [
            Route("/v4/oa/access_token", self.renew, methods=["POST"]),
            Route("/message/template", self.send, methods=["POST"]),
            Route("/zns/messages", self.show),
        ]

    async def renew(self, request: Request) -> Response:
        """New tokens for the one refresh token that is good; it is worthless afterwards."""
        form = dict(httpx.QueryParams((await request.body()).decode()))
        wrong = request.headers.get("secret_key") != self.secret or form.get("app_id") != self.app_id
        if wrong or form.get("refresh_token") != self.refresh:
            self.refused_renewals += 1
            return said(error=-14014, error_name="Invalid refresh token", error_description="refused")
        self.renewals += 1
        self.access, self.refresh = f"access-{self.renewals}", f"refresh-{self.renewals}"
        return said(access_token=self.access, refresh_token=self.refresh, expires_in=str(self.lifetime))

    async def send(self, request: Request) -> Response:
        """Take a message, or say by error why not."""
        if (fault := await self.faults.before()) is not None:
            return fault
        message = await json_object(request)
        error = self._verdict(request.headers.get("access_token", ""), message)
        if error:
            return said(error=error, message=f"error {error}", data=None)
        message["msg_id"] = f"zns-{len(self.messages) + 1}"
        self.messages.append(message)
        quota = {"remainingQuota": "499", "dailyQuota": "500"}
        data = {"msg_id": message["msg_id"], "sent_time": str(int(time.time() * 1000)), "quota": quota}
        return self.faults.after(said(error=0, message="Success", data=data))

    def _verdict(self, access: str, message: dict[str, object]) -> int:  # noqa: PLR0911  # as Zalo's table
        if not self.access or access != self.access:
            return -124
        if self.account_error:
            return self.account_error
        phone = str(message.get("phone"))
        if not _PHONE.fullmatch(phone):
            return -108
        filled = message.get("template_data")
        if not isinstance(filled, dict) or not filled:
            return -111
        if self.templates is not None:
            template = str(message.get("template_id"))
            if template not in self.templates:
                return -109
            if set(filled) != self.templates[template]:
                return -112
        return self.errors.get(phone, 0)

    async def show(self, _request: Request) -> Response:
        """What was taken, for people at the terminal."""
        return said(messages=self.messages)

    def event(self, number: int) -> tuple[bytes, dict[str, str]]:
        """The signed event that a message reached its phone: body and headers."""
        message = self.messages[number]
        timestamp = str(int(time.time() * 1000))
        told = {"msg_id": message["msg_id"], "tracking_id": message["tracking_id"], "delivery_time": timestamp}
        body = json.dumps(
            {"app_id": self.app_id, "event_name": "user_received_message", "timestamp": timestamp, "message": told}
        ).encode()
        mac = hashlib.sha256(self.app_id.encode() + body + timestamp.encode() + self.events_secret.encode())
        return body, {"X-ZEvent-Signature": f"mac={mac.hexdigest()}", "Content-Type": "application/json"}

    async def tell(self, http: httpx.AsyncClient, address: str) -> None:
        """Send the event of every message not told of yet."""
        while self.told < len(self.messages):
            body, headers = self.event(self.told)
            await http.post(address, content=body, headers=headers)
            self.told += 1
