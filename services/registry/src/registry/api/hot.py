"""The reads of registry that are answered before the framework: passports by code, products by id."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from registry.api.passports import FRESH, etag_of_document, find_passport, unknown
from registry.use_cases.read_product import read_product
from shared.http.access import bearer
from shared.http.etags import PRIVATE, etag_of
from shared.http.hot import HotAnswer, HotRequest, HotRoute

_FRESH = FRESH.encode()


async def read_hot_passport(request: HotRequest) -> HotAnswer | None:
    """Shoppers ask for these by the thousand."""
    day: date | None = None
    if query := request.scope["query_string"]:
        name, _, value = query.partition(b"=")
        if name != b"on":
            return None
        day = date.fromisoformat(value.decode("ascii"))
    content = await find_passport(request.state.database, request.name, day)
    if content is None:
        raise unknown(request.name)
    return HotAnswer(content, etag_of_document(content), _FRESH)


async def read_hot_product(request: HotRequest) -> HotAnswer | None:
    """Whoever is signed in may ask; the statement itself sees to the scope."""
    authorization = request.header(b"authorization")
    if request.scope["query_string"] or not authorization:
        return None
    actor = await request.state.verifier.verify(bearer(authorization))
    content, version = await read_product(request.state.database, actor, UUID(request.name))
    return HotAnswer(content, etag_of(version), PRIVATE)


HOT: Mapping[tuple[str, str], HotRoute] = {
    ("GET", "/passports/{code}"): read_hot_passport,
    ("GET", "/products/{product_id}"): read_hot_product,
}
