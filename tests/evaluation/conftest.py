"""The application of evaluation on a fresh database with the shipped rules; registry is a stand-in with products."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from evaluation import load as loader
from evaluation.main import create_app
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.settings import Settings
from shared.auth.actors import Actor
from shared.contracts.registry import ProductSummary
from shared.contracts.roles import Level, Role
from shared.db.engine import Database
from shared.db.prepare import database_url, service_urls
from shared.errors import NotFound
from shared.ids import new_id
from shared.testing.people import headers_for, person, test_verifier
from shared.testing.plugin import PASSWORDS, TEMPLATE

BASE = "/api/evaluation/v1"


class ProductsOfRegistry:
    """Stands in for registry's summary query: knows the products a test made."""

    def __init__(self) -> None:
        self.products: dict[UUID, ProductSummary] = {}

    async def product_summary(self, product_id: UUID, token: str) -> ProductSummary:
        """The product, or NotFound as registry would say."""
        assert token
        if product_id not in self.products:
            raise NotFound()
        return self.products[product_id]


@dataclass
class World:
    """A running application and what a test needs to act in it."""

    app: FastAPI
    client: httpx.AsyncClient
    database: Database
    registry: ProductsOfRegistry
    files: Path
    admin_url: str

    def product(self, **changes: Any) -> ProductSummary:
        """A new product of a new producer in commune 20662, district 511, province 49."""
        values: dict[str, Any] = {
            "product_id": new_id(),
            "producer_id": new_id(),
            "product_name": "Nước mắm Cửa Khe (thử)",
            "producer_name": "HTX thử nghiệm",
            "producer_kind": "cooperative",
            "group_path": "I.1.1",
            "set_no": 1,
            "year": 2023,
            "commune_code": "20662",
            "commune_name": "Xã Thử",
            "district_code": "511",
            "district_name": "Huyện Thử",
            "province_code": "49",
            "province_name": "Tỉnh Quảng Nam",
            "live_certificate_valid_to": None,
        }
        product = ProductSummary(**(values | changes))
        self.registry.products[product.product_id] = product
        return product

    async def move_clock(self, day: str) -> None:
        """Make the programme's today this date (10:00 in Vietnam)."""
        admin = await asyncpg.connect(self.admin_url)
        try:
            instant = datetime.fromisoformat(f"{day}T10:00:00+07:00")
            await admin.execute("UPDATE public.programme_clock SET ahead = $1::timestamptz - now()", instant)
        finally:
            await admin.close()

    async def call(
        self,
        method: str,
        path: str,
        actor: Actor | None = None,
        body: Any = None,
        *,
        version: int | None = None,
        headers: dict[str, str] | None = None,
        content: bytes | None = None,
    ) -> httpx.Response:
        """A request of `actor`, with a fresh key on POST and If-Match where `version` is given."""
        sent = headers_for(actor, key=method == "POST") if actor else {}
        if version is not None:
            sent["If-Match"] = f'"v{version}"'
        return await self.client.request(
            method, BASE + path, json=body, content=content, headers=sent | (headers or {})
        )

    async def events(self, kind: str) -> list[dict[str, Any]]:
        """Payloads of the events of a type that were told so far."""
        async with self.database.session() as session:
            rows = await session.execute(
                text("SELECT payload FROM outbox_events WHERE type = :kind ORDER BY seq"), {"kind": kind}
            )
            return list(rows.scalars())

    async def audited(self, subject_id: UUID | str) -> list[tuple[str, str]]:
        """(actor, action) of the audit entries about a thing."""
        async with self.database.session() as session:
            rows = await session.execute(
                text("SELECT actor, action FROM audit_entries WHERE subject_id = :id ORDER BY id"),
                {"id": str(subject_id)},
            )
            return [tuple(row) for row in rows]


@pytest.fixture(scope="session")
async def rules_template(admin_url: str) -> AsyncIterator[str]:
    """A database with the shipped rules loaded, made once and copied for each test."""
    name = f"t_rules_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(admin_url)
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{TEMPLATE}"')
    database = Database(service_urls(admin_url, PASSWORDS, name)["evaluation"], name="load")
    async with EvaluationUow.open(database) as uow:
        await loader.load(uow, demonstration=False)
    await database.stop()
    yield name
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


@asynccontextmanager
async def opened(admin_url: str, template: str, files: Path) -> AsyncIterator[World]:
    """The application, started, on a copy of the database; its clock stands at 20 April 2023, under Decision 148."""
    name = f"t_{uuid.uuid4().hex[:12]}"
    admin = await asyncpg.connect(admin_url)
    await admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    settings = Settings(
        database_url=service_urls(admin_url, PASSWORDS, name)["evaluation"],
        environment="development",
        files_url=files.as_uri(),
    )
    registry = ProductsOfRegistry()
    app = create_app(settings, verifier=test_verifier(), registry=registry)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            world = World(app, client, app.state.database, registry, files, database_url(admin_url, name))
            await world.move_clock("2023-04-20")
            yield world
    await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    await admin.close()


@pytest.fixture
async def world(admin_url: str, rules_template: str, tmp_path: Path) -> AsyncIterator[World]:
    """A world of one test."""
    async with opened(admin_url, rules_template, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
async def shared_world(
    admin_url: str, rules_template: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    """A world that the tests of a module share: each makes its own products and leaves the clock alone."""
    async with opened(admin_url, rules_template, tmp_path_factory.mktemp("files")) as made:
        yield made


def producer_of(product: ProductSummary) -> Actor:
    """A person who acts for the product's producer."""
    return person(Role.PRODUCER, product.commune_code, Level.COMMUNE, producer=product.producer_id)
