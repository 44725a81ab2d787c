"""What the mail server of development kept, as a person's mailbox shows it: a list, and each mail as it came."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from deploy.simulators.faults import said


class Mailbox:
    """The mails in a folder, oldest first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def routes(self) -> list[Route]:
        """Where it listens."""
        return [Route("/mail/messages", self.show), Route("/mail/messages/{name}", self.open)]

    async def show(self, request: Request) -> Response:
        """Who wrote what to whom; `to` narrows it to one address."""
        kept = await asyncio.to_thread(self._kept)
        to = request.query_params.get("to")
        return said(messages=[one for one in kept if to is None or to in one["to"].split(", ")])

    async def open(self, request: Request) -> Response:
        """One mail as it came."""
        name = request.path_params["name"]
        if name not in {file.name for file in self.folder.glob("*.eml")}:
            return Response("no such mail", 404)
        return FileResponse(self.folder / name, media_type="message/rfc822")

    def _kept(self) -> list[dict[str, str]]:
        return [_headers(file) for file in sorted(self.folder.glob("*.eml"))]


def _headers(file: Path) -> dict[str, str]:
    with file.open("rb") as mail:
        head = b"".join(iter(mail.readline, b"\r\n"))
    read = message_from_bytes(head, EmailMessage, policy=policy.default)
    shown = {"to": "X-Envelope-To", "subject": "Subject", "message_id": "Message-ID", "date": "Date"}
    return {"name": file.name} | {name: str(read[header] or "") for name, header in shown.items()}
