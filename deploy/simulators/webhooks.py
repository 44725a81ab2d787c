"""A system that is told by webhook, as standardwebhooks.com asks of receivers: it verifies, and knows repetitions."""

from dataclasses import dataclass, field
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from deploy.simulators.faults import Faults, said


@dataclass
class WebhookReceiver:
    """One endpoint at `path`. `secret` is what its owner was shown; `redirect` sends callers elsewhere."""

    secret: str = ""
    path: str = "/hook"
    faults: Faults = field(default_factory=Faults)
    redirect: str | None = None
    wait: int = 0
    """What Retry-After asks for while `faults.status` is set."""
    asked: int = 0
    refused: int = 0
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What was taken, by webhook-id."""
    headers: list[dict[str, str]] = field(default_factory=list)

    def routes(self) -> list[Route]:
        """Where it listens."""
        return [Route(self.path, self.take, methods=["POST"]), Route(f"{self.path}/messages", self.show)]

    async def take(self, request: Request) -> Response:
        """Take a message whose signature is good; the same one again changes nothing."""
        self.asked += 1
        self.headers.append(dict(request.headers))
        body = await request.body()
        if (fault := await self.faults.before()) is not None:
            if self.wait:
                fault.headers["Retry-After"] = str(self.wait)
            return fault
        if self.redirect:
            return RedirectResponse(self.redirect, 307)
        try:
            message = Webhook(self.secret).verify(body, dict(request.headers))
        except WebhookVerificationError:
            self.refused += 1
            return Response("bad signature", 401)
        self.messages[request.headers["webhook-id"]] = message
        return self.faults.after(Response(status_code=204))

    async def show(self, _request: Request) -> Response:
        """What was taken, for people at the terminal."""
        return said(messages=list(self.messages.values()))
