"""The page behind the QR code on a stamp: phone first, no scripts, nothing loaded from elsewhere."""

import json
from datetime import date
from typing import Any

from fastapi import Request, Response
from jinja2 import Environment, PackageLoader, StrictUndefined

from registry.api.passports import FRESH, HotRoute, page_url, passport_document, qr_of
from shared.errors import Invalid, NotFound

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


async def show_passport(request: Request) -> Response:
    """The passport as a page; a friendly one also for a code that was never given."""
    code, on = request.path_params["code"], request.query_params.get("on")
    try:
        passport: dict[str, Any] = json.loads(await passport_document(request, code, on))
    except (NotFound, Invalid) as refusal:
        missing = _PAGES.get_template("passport-missing.html.jinja").render(
            code=code[:60], bad_day=isinstance(refusal, Invalid)
        )
        return _page(missing, refusal.status, "no-cache")
    url = page_url(request, passport["product_code"])
    picture = qr_of(url).svg_inline(scale=4, border=2, dark="#1b1b1b")
    html = _PAGES.get_template("passport.html.jinja").render(
        passport=passport,
        asked_day=bool(on),
        code=code,
        url=url,
        qr=picture,
        json_url=f"/api/registry/v1/passports/{code}",
    )
    return _page(html, 200, FRESH)


def _page(html: str, status: int, fresh: str) -> Response:
    return Response(html, status, {**_HEADERS, "Cache-Control": fresh}, media_type="text/html")


PAGE_ROUTES = (HotRoute("/p/{code}", show_passport, methods=["GET"], include_in_schema=False),)
"""Pages at the origin's root, outside the API."""
