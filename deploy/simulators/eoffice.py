"""An adapter in front of a province's e-office, ours and not theirs: no province publishes one (see data/eoffice.json).

It knows a draft by its reference for ever, answers errors inside HTTP 200 as gateways do, and says later what became
of documents: when it is asked, or by calling back.
"""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.simulators.faults import Faults, json_object, said

NEXT = {"signed": "01", "01": "03"}


@dataclass
class OfficeSimulator:
    """One e-office. Organisations in `unknown` are refused; `error` is answered to everything while set."""

    key: str = "eoffice-key"
    unknown: set[str] = field(default_factory=set)
    error: str = ""
    faults: Faults = field(default_factory=Faults)
    drafts: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What was taken, by our reference."""
    statuses: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What is said of each, by our reference."""
    handed: int = 0

    def routes(self) -> list[Route]:
        """Where it listens."""
        return [
            Route("/documents", self.take, methods=["POST"]),
            Route("/documents/statuses", self.tell_statuses, methods=["POST"]),
        ]

    async def take(self, request: Request) -> Response:
        """Take a draft, once for each reference."""
        if (fault := await self.faults.before()) is not None:
            return fault
        if (refusal := self._refusal(request)) is not None:
            return refusal
        draft = await json_object(request)
        reference = str(draft.get("reference", ""))
        receivers = draft.get("to")
        if not reference or not isinstance(receivers, list) or not isinstance(draft.get("file"), dict):
            return said(error={"code": "malformed"})
        if {str(one) for one in receivers} & self.unknown:
            return said(error={"code": "organisation_unknown"})
        self.handed += 1
        known = reference in self.drafts
        self.drafts.setdefault(reference, draft)
        if not known:
            self.say(reference, "registered")
        number = list(self.drafts).index(reference) + 1
        return self.faults.after(said(document=f"eo-{number}", duplicate=known))

    async def tell_statuses(self, request: Request) -> Response:
        """The newest status of each document that is asked about."""
        if (fault := await self.faults.before()) is not None:
            return fault
        if (refusal := self._refusal(request)) is not None:
            return refusal
        asked = (await json_object(request)).get("references")
        wanted = asked if isinstance(asked, list) else []
        return said(statuses=[self.statuses[str(one)] for one in wanted if str(one) in self.statuses])

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return Response("who are you", 401)
        return said(error={"code": self.error}) if self.error else None

    def say(self, reference: str, status: str, at: datetime | None = None, **more: Any) -> dict[str, Any]:
        """A document gets a status: what is answered from now on, and what a callback holds."""
        entry = {"reference": reference, "status": status, "at": (at or datetime.now(UTC)).isoformat(), **more}
        self.statuses[reference] = entry
        return entry

    def text(self, reference: str) -> str:
        """The draft as it lies there."""
        file: dict[str, str] = self.drafts[reference]["file"]
        return base64.b64decode(file["content"]).decode()

    def work(self) -> bool:
        """Every document goes one step on: signed, arrived, registered; whether any did."""
        moved = False
        for reference, newest in list(self.statuses.items()):
            if newest["status"] == "registered":
                self.sign(reference, f"{list(self.drafts).index(reference) + 1}/CV-OCOP")
            elif newest["status"] in NEXT:
                self.say(reference, NEXT[newest["status"]])
            else:
                continue
            moved = True
        return moved

    def sign(self, reference: str, number: str, text: str | None = None) -> dict[str, Any]:
        """A clerk numbers it and somebody signs; `text` where it was changed."""
        filled = (text or self.text(reference)).replace("Số: …", f"Số: {number}").replace("…", "x")
        signed: dict[str, Any] = {
            "number": number,
            "issued_on": datetime.now(UTC).date().isoformat(),
            "signer": "Người Ký Thử",
        }
        return self.say(reference, "signed", text=filled, **signed)

    async def call_back(self, http: httpx.AsyncClient, address: str, secret: str) -> httpx.Response:
        """Tell every status that there is now."""
        headers = {"X-Receipts-Secret": secret}
        return await http.post(address, json={"statuses": list(self.statuses.values())}, headers=headers)
