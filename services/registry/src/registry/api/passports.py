"""The public passport of a product: what a shopper, a shop or market surveillance asks by the code on the stamp.

The read by code is the hottest of the system: `registry.api.hot` answers most of them before they come here. What it
leaves (unknown codes, odd queries, a database that is away) is answered here, in the same words and bytes.
"""

import hashlib
import io
import re
from datetime import date
from typing import Annotated

import segno
from fastapi import Query, Request, Response

from registry.api.deps import Uow
from registry.api.producers import SearchText
from registry.api.schemas.passports import PassportItem, PassportRead
from registry.persistence.passports import KNOWN, PASSPORT, passport_page
from shared.db.engine import Database
from shared.errors import NotFound
from shared.http.access import public
from shared.http.app import service_router
from shared.http.etags import is_known
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("registry", tags=["passports"])
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z.-]{3,59}")
FRESH = "public, max-age=60, stale-while-revalidate=600"
"""A star may change at midnight and after a decision: shared caches keep an answer for a minute."""
QR_FRESH = "public, max-age=86400"


async def find_passport(database: Database, code: str, day: date | None) -> bytes | None:
    """The passport as JSON on `day` (None: today), or None for a code that was never given."""
    if not CODE.fullmatch(code):
        return None
    row = await PASSPORT.of(database.reads, code, day=day)
    return row["document"].encode() if row else None


def etag_of_document(content: bytes) -> str:
    """The ETag of a passport's bytes."""
    return f'"{hashlib.blake2b(content, digest_size=12).hexdigest()}"'


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
    content = await find_passport(request.app.state.database, code, on)
    if content is None:
        raise unknown(code)
    tag = etag_of_document(content)
    headers = {"ETag": tag, "Cache-Control": FRESH}
    if is_known(tag, request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")


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


def unknown(code: str) -> NotFound:
    """The refusal of a code that was never given."""
    return NotFound("Không có sản phẩm nào mang mã này.", "No product ever had this code.", code=code[:60])


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
        raise unknown(code)
