"""The public passport of a product: what a shopper, a shop or market surveillance asks by the code on the stamp.

The read by code is the hottest of the system, so it is a plain Starlette route on one asyncpg statement; the FastAPI
route of the same path puts it into the OpenAPI document and answers the same if it is ever reached.
"""

import hashlib
import io
import re
from datetime import date
from typing import Annotated

import segno
from fastapi import APIRouter, Query, Request, Response
from starlette.routing import Match, Route
from starlette.types import Scope

from registry.api.deps import Uow
from registry.api.producers import SearchText
from registry.api.schemas.passports import PassportItem, PassportRead
from registry.persistence.passports import KNOWN, PASSPORT, passport_page
from shared.errors import Fault, Invalid, NotFound, Text
from shared.http.access import public
from shared.http.pages import Page, PageQuery, answer_page

router = APIRouter(tags=["passports"])
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{3,59}")
FRESH = "public, max-age=60, stale-while-revalidate=600"
"""A star may change at midnight and after a decision: shared caches keep an answer for a minute."""
QR_FRESH = "public, max-age=86400"


async def passport_document(request: Request, code: str, on: str | None) -> bytes:
    """The passport as JSON. Raises NotFound for a code that was never given, Invalid for a day that is none."""
    row = None
    if CODE.fullmatch(code):
        row = await PASSPORT.read(request.app.state.database.reads, code=code, day=_day(on))
    if row is None:
        raise NotFound("Không có sản phẩm nào mang mã này.", "No product ever had this code.", code=code[:60])
    document: str = row["document"]
    return document.encode()


def _day(on: str | None) -> date | None:
    if not on:
        return None
    try:
        return date.fromisoformat(on)
    except ValueError:
        text = Text("Không phải ngày (YYYY-MM-DD)", "Not a date (YYYY-MM-DD)")
        raise Invalid(faults=[Fault("on", "date_parsing", text)]) from None


async def answer_passport(request: Request) -> Response:
    """The passport with its ETag, or 304; may be kept a minute by shared caches."""
    content = await passport_document(request, request.path_params["code"], request.query_params.get("on"))
    tag = f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": FRESH}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")


class HotRoute(Route):
    """A plain route that metrics know by its path, as they know FastAPI's."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As Starlette's, with the route itself in the scope."""
        match, inner = super().matches(scope)
        if match is not Match.NONE:
            inner["route"] = self
        return match, inner


HOT_ROUTES = (HotRoute("/api/registry/v1/passports/{code}", answer_passport, methods=["GET"], include_in_schema=False),)
"""To be put before FastAPI's own routes."""


@router.get("/passports", response_model=Page[PassportItem], dependencies=[public()])
async def list_passports(
    request: Request,
    uow: Uow,
    page: PageQuery,
    q: SearchText = None,
    star: Annotated[int | None, Query(ge=3, le=5)] = None,
) -> Response:
    """Products that may carry the mark today, found by the names of product and producer."""
    rows, after = await passport_page(uow.session, page, q=q, star=star)
    return answer_page(request, Page(items=[PassportItem.model_validate(row) for row in rows], next=after))


@router.get("/passports/{code}", response_model=PassportRead, dependencies=[public()])
async def get_passport(
    request: Request,
    code: str,
    on: Annotated[date | None, Query(description="a day in Vietnam; today by default")] = None,
) -> Response:
    """Whether a product may carry the OCOP mark, today or on a day, by any code it ever had."""
    return await answer_passport(request)


@router.get(
    "/passports/{code}/qr.svg",
    response_class=Response,
    responses={200: {"content": {"image/svg+xml": {}}}},
    dependencies=[public()],
)
async def get_passport_qr_svg(request: Request, code: str) -> Response:
    """The QR code of the passport's page, as SVG."""
    await _require_known(request, code)
    return _picture(page_url(request, code), "svg", "image/svg+xml")


@router.get(
    "/passports/{code}/qr.png",
    response_class=Response,
    responses={200: {"content": {"image/png": {}}}},
    dependencies=[public()],
)
async def get_passport_qr_png(request: Request, code: str) -> Response:
    """The QR code of the passport's page, as PNG."""
    await _require_known(request, code)
    return _picture(page_url(request, code), "png", "image/png")


def page_url(request: Request, code: str) -> str:
    """The address that stamps carry."""
    base: str = request.app.state.settings.public_url
    return f"{base.rstrip('/')}/p/{code}"


def qr_of(url: str) -> segno.QRCode:
    """A QR code that survives a scratched stamp (15 % of it may be lost)."""
    return segno.make(url, error="m", micro=False)


def _picture(url: str, kind: str, media_type: str) -> Response:
    out = io.BytesIO()
    qr_of(url).save(out, kind=kind, scale=8, border=4)
    return Response(out.getvalue(), media_type=media_type, headers={"Cache-Control": QR_FRESH})


async def _require_known(request: Request, code: str) -> None:
    known = CODE.fullmatch(code) and await KNOWN.read(request.app.state.database.reads, code=code)
    if not known:
        raise NotFound("Không có sản phẩm nào mang mã này.", "No product ever had this code.")
