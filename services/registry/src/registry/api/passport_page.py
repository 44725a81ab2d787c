"""The page behind the QR code on a stamp: phone first, no scripts, nothing loaded from elsewhere."""

import json
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from registry.api.passports import FRESH, find_passport, page_url, qr_of
from shared.http.access import public
from shared.http.app import service_router

pages = service_router(None, tags=["pages"])
"""At the origin itself, without the prefix of the API."""

_PAGES = Environment(
    loader=PackageLoader("registry", "api/pages"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'self'; base-uri 'none';"
        " frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def spoken(day: str | None) -> str:
    """2026-09-15 as 15/09/2026."""
    return date.fromisoformat(day).strftime("%d/%m/%Y") if day else ""


def sentence_case(name: str) -> str:
    """ "Huyện Thăng Bình" within a sentence: "huyện Thăng Bình"."""
    return name[:1].lower() + name[1:]


_PAGES.filters |= {"spoken": spoken, "sentence_case": sentence_case}


_ALSO_PAGES: dict[int | str, dict[str, Any]] = {
    404: {"description": "A code that was never given", "content": {"text/html": {}}},
    422: {"description": "Not a day", "content": {"text/html": {}}},
}


@pages.get("/p/{code}", response_class=HTMLResponse, dependencies=[public()], responses=_ALSO_PAGES)
async def show_passport(
    request: Request, code: str, on: Annotated[str | None, Query(description="a day, YYYY-MM-DD")] = None
) -> Response:
    """The passport as a page, behind the QR code on a stamp; a friendly one also for a code that was never given."""
    try:
        day = date.fromisoformat(on) if on else None
    except ValueError:
        return _missing(code, 422, bad_day=True)
    content = await find_passport(request.app.state.database, code, day)
    if content is None:
        return _missing(code, 404, bad_day=False)
    passport: dict[str, Any] = json.loads(content)
    url = page_url(request, passport["product_code"])
    html = _PAGES.get_template("passport.html.jinja").render(
        passport=passport,
        asked_day=bool(on),
        code=code,
        qr=qr_picture(url),
        json_url=f"/api/registry/v1/passports/{code}",
    )
    return _page(html, 200, FRESH)


@lru_cache(maxsize=4096)
def qr_picture(url: str) -> str:
    """The QR code as SVG for the page; making one costs more than the rest of the page."""
    return qr_of(url).svg_inline(border=2, dark="#1b1b1b", omitsize=True)


def _missing(code: str, status: int, *, bad_day: bool) -> Response:
    html = _PAGES.get_template("passport-missing.html.jinja").render(code=code[:60], bad_day=bad_day)
    return _page(html, status, "no-cache")


def _page(html: str, status: int, fresh: str) -> Response:
    return Response(html, status, {**_HEADERS, "Cache-Control": fresh}, media_type="text/html")
