"""What a person is told, in which language, through what; and the link in a mail that declines without signing in."""

from html import escape
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse

from notifier.api.deps import Uow
from notifier.api.schemas.preferences import PreferencesDraft, PreferencesRead
from notifier.domain.unsubscription import LONGEST, read
from notifier.settings import Settings
from notifier.use_cases.choose_preferences import (
    choose_preferences,
    decline_by_link,
    read_preferences,
    what_is_declined,
)
from shared.auth.actors import Actor
from shared.errors import BadRequest, Text
from shared.http.access import public, signed_in
from shared.http.app import service_router
from shared.http.etags import IfMatch, answer
from shared.http.language import language

router = service_router("notifier", tags=["preferences"])
Person = Annotated[Actor, signed_in()]
Token = Annotated[str, Query(min_length=1, max_length=LONGEST)]
ONE_CLICK = b"List-Unsubscribe=One-Click"
PATH = "/api/notifier/v1/unsubscriptions"
_FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {"List-Unsubscribe": {"type": "string", "enum": ["One-Click"]}},
                    "required": ["List-Unsubscribe"],
                }
            }
        },
    }
}


@router.get("/preferences", response_model=PreferencesRead)
async def show_preferences(request: Request, actor: Person, uow: Uow) -> Response:
    """The caller's choices, with every topic: which may be declined, and why the others may not."""
    found = PreferencesRead.of(await read_preferences(uow, actor))
    return answer(request, found, version=found.version)


@router.put("/preferences", response_model=PreferencesRead)
async def put_preferences(
    request: Request, draft: PreferencesDraft, actor: Person, uow: Uow, version: IfMatch
) -> Response:
    """Have exactly these choices. If-Match is the ETag of GET, "v0" for who never chose.

    422 says for each topic that may not be declined why, and by which text (`rule`). The in-app inbox keeps everything.
    """
    declined = [(one.topic, one.channel) for one in draft.opt_outs]
    found = PreferencesRead.of(await choose_preferences(uow, actor, version, draft.language, declined))
    return answer(request, found, version=found.version)


@router.get("/unsubscriptions", response_class=HTMLResponse, dependencies=[public()])
async def show_unsubscription(request: Request, uow: Uow, token: Token) -> HTMLResponse:
    """What the link of a mail would decline, with a button. Opening it changes nothing: mail programs look ahead."""
    found = await what_is_declined(uow, _notice_of(request, token))
    if not found.may_leave:
        words = Text(
            f"{found.because_vi or 'Loại thông báo này không từ chối được.'} Căn cứ: {found.law or '—'}",
            f"{found.because_en or 'Such notices cannot be declined.'} Source: {found.law or '—'}",
        )
        return _page(words)
    asked = Text(f"Thôi gửi thư: {found.name_vi}?", f"Send no more mail: {found.name_en}?")
    return _page(asked, form=f"{PATH}?token={escape(token)}")


@router.post("/unsubscriptions", response_class=HTMLResponse, dependencies=[public()], openapi_extra=_FORM)
async def unsubscribe(request: Request, uow: Uow, token: Token) -> HTMLResponse:
    """Decline the topic of a mail (RFC 8058 one-click, and the button of the page). Repeating it changes nothing.

    Such notices stay in the in-app inbox; what the law demands is answered with 409 and the reason.
    """
    if ONE_CLICK not in await request.body() and not await _one_click_in_parts(request):
        raise BadRequest("Thiếu List-Unsubscribe=One-Click.", "List-Unsubscribe=One-Click is missing.")
    found = await decline_by_link(uow, _notice_of(request, token))
    return _page(
        Text(
            f"Đã thôi gửi thư: {found.name_vi}. Thông báo vẫn có trong hộp thư của ứng dụng.",
            f"No more mail: {found.name_en}. The notices stay in the in-app inbox.",
        )
    )


async def _one_click_in_parts(request: Request) -> bool:
    """Some mail providers send multipart/form-data (RFC 8058 §3.2 allows both)."""
    body = await request.body()
    return (
        request.headers.get("content-type", "").startswith("multipart/form-data")
        and b'name="List-Unsubscribe"' in body
        and b"One-Click" in body
    )


def _notice_of(request: Request, token: str) -> UUID | None:
    settings: Settings = request.app.state.settings
    key = settings.link_key.get_secret_value() if settings.link_key else ""
    return read(token, key) if key else None


def _page(words: Text, *, form: str | None = None) -> HTMLResponse:
    """A page of one sentence, perhaps with a button; nothing is loaded from elsewhere."""
    tongue = language()
    button = Text("Thôi gửi", "Send no more").in_language(tongue)
    asked = (
        f'<form method="post" action="{form}"><input type="hidden" name="List-Unsubscribe" value="One-Click">'
        f"<button>{button}</button></form>"
        if form
        else ""
    )
    page = (
        f'<!doctype html><html lang="{tongue}"><meta charset="utf-8"><title>OCOP</title>'
        '<meta name="viewport" content="width=device-width"><body style="font:1.1rem sans-serif;margin:2rem">'
        f"<p>{escape(words.in_language(tongue))}</p>{asked}</body></html>"
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
    return HTMLResponse(
        page,
        headers={
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
