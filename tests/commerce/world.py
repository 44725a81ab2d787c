"""Commerce running with a stand-in for registry's units, and short words for what tests do with it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from commerce.main import create_app
from commerce.persistence.unit_of_work import CommerceUow
from commerce.settings import Settings
from commerce.tasks import TASKS
from shared.auth.actors import Actor
from shared.clients.base import ServiceClient
from shared.contracts.base import Event
from shared.contracts.registry import CertificateEnded, CertificateIssued, ProductRegistered
from shared.contracts.roles import Level, Role
from shared.db.engine import Database
from shared.ids import new_id
from shared.tasks.declarations import TaskContext
from shared.tasks.receiving import receive
from shared.testing.apps import move_clock, running
from shared.testing.people import headers_for, person, test_verifier
from shared.testing.plugin import TestDatabase, fresh_database

V1 = "/api/commerce/v1"
NOON = "2024-11-05T12:00:00+07:00"
"""What the programme's clock shows unless a test moves it."""

TRADE = person(Role.TRADE_OFFICER)
DISTRICT = person(Role.DISTRICT_SECRETARY, "502", Level.DISTRICT)
FOREIGN_DISTRICT = person(Role.DISTRICT_SECRETARY, "503", Level.DISTRICT)
PROVINCE = person(Role.PROVINCE_SECRETARY)
AUDITOR = person(Role.AUDITOR)
FOREIGN_PROVINCE = person(Role.TRADE_OFFICER, "01")


def unit(
    code: str, name: str, *, district: str | None, province: str = "49", level: str = "commune", since: str
) -> dict[str, Any]:
    """A unit as registry tells it, with fields commerce does not read."""
    return {
        "code": code,
        "name": name,
        "full_name": name,
        "kind": "ward",
        "level": level,
        "parent_code": district or province,
        "province_code": province,
        "district_code": district,
        "valid_from": since,
        "valid_to": None,
        "successors": [],
    }


def registry_units(request: httpx.Request) -> httpx.Response:
    """Registry's answer to units/{code}?on=: codes are used again for other places after the reform of 2025."""
    code, on = request.url.path.rsplit("/", 1)[1], request.url.params["on"]
    assert request.headers["authorization"].startswith("Bearer ")
    reformed = on >= "2025-07-01"
    units = {
        "20335": unit("20335", "Phường Bàn Thạch", district=None, province="48", since="2025-07-01")
        if reformed
        else unit("20335", "Phường Tân Thạnh", district="502", since="2023-04-10"),
        "20413": unit("20413", "Phường Cẩm Châu", district="503", since="2023-04-10"),
        "502": unit("502", "Thành phố Tam Kỳ", district="502", level="district", since="2023-04-10"),
    }
    if code not in units or (reformed and code == "502"):
        return httpx.Response(404, json={"type": "/problems/not-found", "status": 404})
    return httpx.Response(200, json=units[code])


class World:
    """A running commerce service and its database."""

    def __init__(self, client: httpx.AsyncClient, database: Database, admin_url: str) -> None:
        self.client = client
        self.database = database
        self.admin_url = admin_url
        self.context = TaskContext(database, CommerceUow)

    async def post(self, path: str, body: Any, actor: Actor, key: str | None = None) -> httpx.Response:
        """POST with a fresh key unless one is given."""
        headers = headers_for(actor) | {"Idempotency-Key": key or str(new_id())}
        return await self.client.post(V1 + path, json=body, headers=headers)

    async def get(self, path: str, actor: Actor | None = None, **params: Any) -> httpx.Response:
        """GET, signed in or not."""
        return await self.client.get(V1 + path, params=params, headers=headers_for(actor) if actor else {})

    async def patch(self, path: str, body: Any, actor: Actor, etag: str | None) -> httpx.Response:
        """PATCH with an If-Match unless it is None."""
        headers = headers_for(actor) | ({"If-Match": etag} if etag else {})
        return await self.client.patch(V1 + path, json=body, headers=headers)

    async def clock(self, instant: str) -> None:
        """Move the programme's clock."""
        await move_clock(self.admin_url, instant)

    async def tell(self, *events: Event) -> None:
        """Let commerce receive events, each with an id of its own."""
        batch = [{"id": str(new_id()), "type": e.type, "payload": e.model_dump(mode="json")} for e in events]
        _, rejected = await receive(TASKS, self.context, "registry", batch)
        assert rejected == []

    async def told(self, kind: str) -> list[dict[str, Any]]:
        """Payloads of the events of a type that commerce published, in their order."""
        rows = await self.database.reads.fetch(
            "SELECT payload::text FROM outbox_events WHERE type = $1 ORDER BY seq", kind
        )
        return [json.loads(row["payload"]) for row in rows]

    async def execute(self, sql: str, *args: Any) -> None:
        """SQL as the administrator, in the schema of commerce."""
        connection = await asyncpg.connect(self.admin_url, server_settings={"search_path": "commerce,public"})
        try:
            await connection.execute(sql, *args)
        finally:
            await connection.close()

    async def product(self, *, star: int | None = 3, **changes: Any) -> ProductRegistered:
        """A product commerce knows, by default of district 502 and with a live certificate of 3 stars."""
        event = registered(**changes)
        await self.tell(event)
        if star is not None:
            await self.tell(issued(event, star=star))
        return event


def registered(**changes: Any) -> ProductRegistered:
    """A product's registration; baseline 1 billion and 100 million đồng."""
    fields: dict[str, Any] = {
        "product_id": new_id(),
        "producer_id": new_id(),
        "product_name": "Nước mắm Cửa Khe",
        "producer_name": "HTX minh họa",
        "year": 2023,
        "group_path": "1.3",
        "commune_code": "20335",
        "district_code": "502",
        "province_code": "49",
        "baseline_revenue": 1_000_000_000,
        "baseline_profit": 100_000_000,
        "baseline_on": date(2023, 5, 10),
        "revision": 1,
    }
    return ProductRegistered(**(fields | changes))


def issued(product: ProductRegistered, **changes: Any) -> CertificateIssued:
    """A certificate from 2023-10-20 for 36 months."""
    fields: dict[str, Any] = {
        "certificate_id": new_id(),
        "product_id": product.product_id,
        "producer_id": product.producer_id,
        "dossier_id": None,
        "product_code": f"49-502-20335-{str(product.product_id)[-4:]}-2023",
        "product_name": product.product_name,
        "star": 3,
        "decision_number": "77/QĐ-UBND",
        "issued_on": date(2023, 10, 20),
        "valid_to": date(2026, 10, 19),
        "commune_code": product.commune_code,
        "district_code": product.district_code,
        "province_code": product.province_code,
        "year": 2023,
    }
    return CertificateIssued(**(fields | changes))


def ended(certificate: CertificateIssued, on: str, reason: str = "revoked") -> CertificateEnded:
    """The end of a certificate."""
    return CertificateEnded.model_validate(
        {
            "certificate_id": certificate.certificate_id,
            "product_id": certificate.product_id,
            "ended_on": on,
            "reason": reason,
        }
    )


def producer_of(product: ProductRegistered) -> Actor:
    """A person who acts for the product's producer."""
    return person(Role.PRODUCER, product.commune_code, Level.COMMUNE, producer=product.producer_id)


def outlet_draft(**changes: Any) -> dict[str, Any]:
    """A valid outlet in Tam Kỳ, with a name of its own."""
    return {
        "name": f"Điểm bán hàng OCOP {new_id()}",
        "kind": "outlet",
        "commune_code": "20335",
        "address": "12 Hùng Vương (minh họa)",
        "operator": "HTX minh họa",
        "opened_on": "2023-11-15",
    } | changes


def figures_draft(product_id: UUID, **changes: Any) -> dict[str, Any]:
    """Figures of the 12 months after recognition: 1.7 times the baseline."""
    return {
        "product_id": str(product_id),
        "period_from": "2023-11-01",
        "period_to": "2024-10-31",
        "revenue": 1_700_000_000,
        "profit": 170_000_000,
    } | changes


@asynccontextmanager
async def commerce_world(admin_url: str, transport: httpx.AsyncBaseTransport | None = None) -> AsyncIterator[World]:
    """Commerce on a fresh database, its registry answered by `transport` (default: the units above)."""
    async with fresh_database(admin_url) as fresh, _world(fresh, transport) as world:
        yield world


@asynccontextmanager
async def _world(fresh: TestDatabase, transport: httpx.AsyncBaseTransport | None) -> AsyncIterator[World]:
    settings = Settings(database_url=fresh.urls["commerce"], environment="development")
    registry = ServiceClient("registry", "http://registry", transport or httpx.MockTransport(registry_units))
    app = create_app(settings, verifier=test_verifier(), registry=registry)
    async with running(app) as client:
        world = World(client, app.state.database, fresh.admin_url)
        await world.clock(NOON)
        yield world
