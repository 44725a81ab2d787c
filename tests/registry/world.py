"""A registry with the shipped units, its application, and people who act on it; one database per module."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import asyncpg
import httpx
import pytest
from fastapi import FastAPI

from registry.load import load
from registry.main import create_app
from registry.persistence.tables.people import AppointmentRow, PersonRow
from registry.persistence.unit_of_work import RegistryUow
from registry.settings import Settings
from registry.use_cases.load_units import load_units
from shared.auth.actors import Actor, Appointment
from shared.clock import VIETNAM
from shared.contracts.roles import Level, Role
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.people import headers_for, person, test_verifier
from shared.testing.plugin import TestDatabase, fresh_database, loaded_template

API = "/api/registry/v1"
BINH_DUONG = "20794"
"""A commune of district 513 (Thăng Bình) in 2023."""


@dataclass
class RegistryWorld:
    """The application and shortcuts to what tests need around the thing they test."""

    app: FastAPI
    client: httpx.AsyncClient
    admin_url: str
    made: list[Any] = field(default_factory=list)

    @property
    def database(self) -> Database:
        database: Database = self.app.state.database
        return database

    async def set_clock(self, day: str) -> None:
        """Set the programme's clock to 09:00 in Vietnam on `day` (then it runs on)."""
        connection = await asyncpg.connect(self.admin_url)
        await connection.execute(
            "UPDATE programme_clock SET ahead = ($1::text || 'T09:00:00+07:00')::timestamptz - now()", day
        )
        await connection.close()

    async def sql(self, statement: str, *values: Any) -> list[asyncpg.Record]:
        """Run a statement on the schema, as the service's role."""
        return list(await self.database.reads.fetch(statement, *values))

    async def someone(self, name: str = "Người thử nghiệm") -> Actor:
        """A signed-in person whom registry knows, with no appointment."""
        row = PersonRow(id=new_id(), name=name)
        async with RegistryUow.open(self.database) as uow:
            uow.session.add(row)
        return Actor(row.id, name, ())

    async def official(self, role: Role, unit: str, level: Level) -> Actor:
        """Somebody with one appointment, in the token as in the table."""
        actor = person(role, unit, level)
        async with RegistryUow.open(self.database) as uow:
            uow.session.add(PersonRow(id=actor.person_id, name=actor.name))
            await uow.session.flush()
            uow.session.add(
                AppointmentRow(
                    id=new_id(),
                    person_id=actor.person_id,
                    role=role.value,
                    level=level.value,
                    unit_code=unit,
                    valid_from=date(2020, 1, 1),
                    revision=1,
                )
            )
        return actor

    async def get(self, path: str, actor: Actor | None = None, **options: Any) -> httpx.Response:
        """GET as somebody, or as the public."""
        headers = (headers_for(actor) if actor else {}) | options.pop("headers", {})
        return await self.client.get(path if path.startswith("/p/") else API + path, headers=headers, **options)

    async def post(self, path: str, actor: Actor, body: Any, **headers: str) -> httpx.Response:
        """POST with a fresh Idempotency-Key."""
        return await self.client.post(API + path, json=body, headers=headers_for(actor, key=True) | headers)

    async def patch(self, path: str, actor: Actor, version: int, body: Any) -> httpx.Response:
        """PATCH the version the caller saw."""
        headers = headers_for(actor) | {"If-Match": f'"v{version}"'}
        return await self.client.patch(API + path, json=body, headers=headers)

    async def producer(self, actor: Actor | None = None, **changes: Any) -> tuple[Actor, dict[str, Any]]:
        """A registered producer and somebody whose token says he acts for it."""
        owner = actor or await self.someone()
        body = {
            "name": "HTX Nông nghiệp Bình Dương (thử nghiệm)",
            "kind": "cooperative",
            "commune_code": BINH_DUONG,
            "address": "Thôn 1",
            "phone": "0905 000 000",
            "email": "htx@demo.ocop.example",
            "representative": "Nguyễn Văn Thử",
        } | changes
        answer = await self.post("/producers", owner, body)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        acting = Appointment(Role.PRODUCER, Level.COMMUNE, made["commune_code"], uuid.UUID(made["id"]))
        return Actor(owner.person_id, owner.name, (acting,)), made

    async def product(self, owner: Actor | None = None, **changes: Any) -> dict[str, Any]:
        """A registered product, of a new producer unless `owner` acts for one."""
        if owner is None:
            owner, _ = await self.producer()
        body = {
            "producer_id": str(next(iter(owner.producers()))),
            "name": "Nước mắm Cửa Khe",
            "group_path": "I.4.a",
            "year": (await self.today()).year,
            "baseline": {"revenue": 200_000_000, "profit": 40_000_000, "measured_on": "2022-12-31"},
        } | changes
        answer = await self.post("/products", owner, body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def certificate(self, product_id: str, **changes: Any) -> dict[str, Any]:
        """A recognition on paper, recorded by the province's secretary."""
        body = {
            "product_id": product_id,
            "star": 3,
            "decision_number": "1234/QĐ-UBND",
            "decided_on": "2023-09-15",
            "issued_on": "2023-09-15",
        } | changes
        answer = await self.post("/certificates", SECRETARY, body)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def today(self) -> date:
        """The programme's date."""
        (row,) = await self.sql("SELECT public.legal_date(public.programme_now()) AS day")
        day: date = row["day"]
        return day


SECRETARY = person(Role.PROVINCE_SECRETARY, "49", Level.PROVINCE, name="Thư ký tỉnh")


async def load_demonstration(fresh: TestDatabase) -> None:
    """Reference data and demonstration people; the clock shows 2023-04-20."""
    database = Database(fresh.urls["registry"], name="load")
    async with RegistryUow.open(database) as uow:
        await load(uow, demonstration=True)
        await uow.keys.move_clock(to=datetime(2023, 4, 20, 8, tzinfo=VIETNAM), offset_seconds=None)
    await database.stop()


async def _load_units(fresh: TestDatabase) -> None:
    database = Database(fresh.urls["registry"], name="load")
    async with RegistryUow.open(database) as uow:
        await load_units(uow)
    await database.stop()


@pytest.fixture(scope="module")
async def world(admin_url: str) -> AsyncIterator[RegistryWorld]:
    """A registry whose programme's date is 2023-10-20 to begin with."""
    template = await loaded_template(admin_url, "units", _load_units)
    async with fresh_database(admin_url, template) as fresh:
        settings = Settings(
            database_url=fresh.urls["registry"],
            environment="development",
            public_url="https://ocop.example",
            database_pool=10,
        )
        app = create_app(settings, test_verifier())
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                world = RegistryWorld(app, client, fresh.admin_url)
                await world.set_clock("2023-10-20")
                yield world
