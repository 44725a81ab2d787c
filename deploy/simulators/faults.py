"""Faults that any provider over HTTP has; tests and people at the terminal turn them on."""

import asyncio
import json
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response


@dataclass
class Faults:
    """What goes wrong next. `hang` seconds before anything is taken; `lose` counts answers lost after taking."""

    hang: float = 0.0
    lose: int = 0
    status: int = 0
    malformed: bool = False

    async def before(self) -> Response | None:
        """An answer instead of the work, or None."""
        if self.hang:
            await asyncio.sleep(self.hang)
        if self.status:
            return Response("out of order", self.status)
        if self.malformed:
            return Response("<html>gateway</html>", media_type="text/html")
        return None

    def after(self, answer: Response) -> Response:
        """The answer, or what a proxy says when it was lost on the way: the message is taken all the same."""
        if self.lose:
            self.lose -= 1
            return Response("gateway timeout", 504)
        return answer


async def json_object(request: Request) -> dict[str, object]:
    """The request's JSON object; empty when it is none."""
    try:
        body = json.loads(await request.body())
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def said(**content: object) -> JSONResponse:
    """An answer of HTTP 200, whatever is inside."""
    return JSONResponse(content)
