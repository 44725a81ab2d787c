"""Handing drafts to the province's e-office, and asking what became of them.

No province publishes its interface. This is our contract for an adapter on its side: JSON over HTTPS with a key; our
reference makes a draft known for ever, so that handing it over again is how an unknown outcome is asked. Errors come
as a status or, as gateways do, inside HTTP 200.
"""

import base64
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, date, datetime
from typing import Any, Protocol
from uuid import UUID

from notifier.domain.deliveries import Letter
from notifier.domain.formal_documents import Draft, Said
from notifier.domain.receipts import reference_of
from notifier.domain.templates import render_text
from notifier.integrations.channels import Misconfigured, Refused, Taken, Unavailable, Uncertain
from notifier.integrations.provider_http import ProviderHttp

HAND, ASK = "/documents", "/documents/statuses"
ACCOUNT = {
    "certificate_expired": "our certificate has expired",
    "route_not_allowed": "we may not send to this gateway",
    "token_expired": "our key has expired",
}
WAIT = frozenset({"maintenance", "busy"})
FINAL = {"organisation_unknown": "organisation", "too_large": "too_long", "malformed": "malformed"}
MOST_ASKED = 100


class Drafts(Protocol):
    """Where documents are kept."""

    async def draft(self, notice_id: UUID, organisation: str, subject: str, text: str) -> Draft:
        """The one document of what this notice is about to this organisation; the first draft stands."""
        ...


class EofficeSender:
    """Hands over drafts in the name of `organisation`, our identifier in the document systems (QCVN 102)."""

    def __init__(
        self,
        url: str,
        key: str,
        organisation: str,
        drafts: Drafts,
        *,
        concurrency: int = 4,
        answer_seconds: float = 8.0,
    ) -> None:
        self._http = ProviderHttp(url, concurrency, answer_seconds)
        self._headers = {"Authorization": f"Bearer {key}"}
        self._organisation, self._drafts = organisation, drafts

    def slot(self) -> AbstractAsyncContextManager[bool]:
        """A turn to hand over."""
        return self._http.slot()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def send(self, letter: Letter) -> Taken:
        """Hand the draft over, once for each organisation and matter. Raises as every sender does."""
        subject, text = render_text(letter.subject, letter.body, letter.parameters)
        draft = await self._drafts.draft(letter.notice_id, letter.address, subject, text)
        if draft.handed:
            return Taken(draft.eoffice_document, handed=True)
        answer = await self._http.post(
            HAND,
            json={
                "reference": str(draft.id),
                "from": self._organisation,
                "to": [letter.address],
                "subject": subject,
                "number": None,
                "issued_on": None,
                "signer": None,
                "file": {
                    "name": f"{draft.id}.txt",
                    "type": "text/plain; charset=utf-8",
                    "content": base64.b64encode(text.encode()).decode(),
                },
            },
            headers=self._headers,
        )
        _check(answer)
        if "document" not in answer:
            raise Uncertain("an answer that names no document")
        return Taken(str(answer["document"]), handed=True)

    async def statuses(self, references: Sequence[UUID]) -> list[tuple[UUID, Said]]:
        """What the e-office says of these documents now. Raises as every sender does."""
        asked = {"references": [str(one) for one in references[:MOST_ASKED]]}
        answer = await self._http.post(ASK, json=asked, headers=self._headers)
        _check(answer)
        return read_statuses(answer.get("statuses"))


def _check(answer: Mapping[str, Any]) -> None:
    error = answer.get("error")
    if not error:
        return
    code = str(error.get("code", "")) if isinstance(error, dict) else str(error)
    if code in ACCOUNT:
        raise Misconfigured(f"{code}: {ACCOUNT[code]}")
    if code in WAIT:
        raise Unavailable(code)
    if code in FINAL:
        raise Refused(code, final=True, kind=FINAL[code])
    raise Refused(code or "refused")


def read_statuses(entries: Any) -> list[tuple[UUID, Said]]:
    """What is said of documents of ours; what cannot be read says nothing."""
    read = [_read(entry) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return [one for one in read if one is not None]


def _read(entry: Mapping[str, Any]) -> tuple[UUID, Said] | None:
    reference = reference_of(entry.get("reference"))
    try:
        at = datetime.fromisoformat(str(entry["at"]))
        issued_on = date.fromisoformat(entry["issued_on"]) if entry.get("issued_on") else None
    except (KeyError, ValueError, TypeError):
        return None
    if reference is None or not entry.get("status"):
        return None
    texts = {name: str(entry[name])[:500] if entry.get(name) else None for name in ("number", "signer", "note")}
    signed = str(entry["text"])[:100_000] if entry.get("text") else None
    document = str(entry["document"])[:200] if entry.get("document") else None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return reference, Said(str(entry["status"])[:50], at, document, issued_on=issued_on, signed_text=signed, **texts)
