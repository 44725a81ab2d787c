"""The API of notifier beside the service under test, and a registry that knows a few units."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
import pytest

from notifier.integrations.resources import Resources
from notifier.main import create_app
from notifier.settings import Settings
from notifier.tasks.calendars import find_duties_to_plan, plan_recurring_duties
from shared.auth.actors import Actor
from shared.clients.base import ServiceClient
from shared.contracts.registry import UnitSummary
from shared.contracts.roles import Level, Role
from shared.errors import Unavailable
from shared.tasks.declarations import TaskContext
from shared.testing.apps import running
from shared.testing.people import headers_for, person, test_verifier
from shared.testing.plugin import TestDatabase

BASE = "/api/notifier/v1"


def unit(code: str, level: Level, *, valid_from: str = "2004-01-01", valid_to: str | None = None) -> UnitSummary:
    commune = level is Level.COMMUNE
    return UnitSummary(
        code=code,
        name=code,
        full_name=f"Đơn vị {code}",
        level=level,
        parent_code="502" if commune else "49",
        province_code="49",
        district_code="502" if commune else None,
        valid_from=date.fromisoformat(valid_from),
        valid_to=date.fromisoformat(valid_to) if valid_to else None,
    )


@dataclass
class Directory:
    """Stands for registry's list of units."""

    known: list[UnitSummary] = field(
        default_factory=lambda: [
            unit("49", Level.PROVINCE),
            *(unit(str(code), Level.DISTRICT, valid_to="2025-06-30") for code in (502, 503, 504)),
        ]
    )
    down: bool = False
    asked: int = 0

    async def units(self, level: Level, on: date, within: str | None) -> list[UnitSummary]:
        self.asked += 1
        if self.down:
            raise Unavailable()
        there = [one for one in self.known if one.level is level and one.valid_from <= on]
        return [one for one in there if (one.valid_to is None or on <= one.valid_to) and within in (None, "49")]

    async def became(self, code: str, on: date, today: date) -> UnitSummary | None:
        if self.down:
            raise Unavailable()
        valid = [one for one in self.known if one.code == code and one.valid_from <= on]
        found = next((one for one in valid if one.valid_to is None or on <= one.valid_to), None)
        if found is None or found.valid_to is None or today <= found.valid_to:
            return found
        (successor,) = found.successors
        return await self.became(successor.code, successor.since, today)


class Office:
    """Calls the API as somebody, plans what is due to be planned."""

    def __init__(self, client: httpx.AsyncClient, notifier: Any, directory: Directory) -> None:
        self.client, self.notifier, self.directory = client, notifier, directory
        context = notifier.context
        resources = Resources(context.resources, directory)  # type: ignore[arg-type]  # stands for it
        self.planning = TaskContext(context.database, context.uow_type, resources)

    async def get(self, path: str, actor: Actor, **headers: str) -> httpx.Response:
        return await self.client.get(f"{BASE}{path}", headers=headers_for(actor) | headers)

    async def post(self, path: str, body: Any, actor: Actor, version: int | None, key: str = "") -> httpx.Response:
        headers = headers_for(actor, key=True)
        headers |= {"If-Match": f'"v{version}"'} if version is not None else {}
        headers |= {"Idempotency-Key": key} if key else {}
        return await self.client.post(f"{BASE}{path}", json=body, headers=headers)

    async def put(self, path: str, body: Any, actor: Actor, version: int | None) -> httpx.Response:
        headers = headers_for(actor) | ({"If-Match": f'"v{version}"'} if version is not None else {})
        return await self.client.put(f"{BASE}{path}", json=body, headers=headers)

    async def obligation(self, unit_code: str = "502") -> dict[str, Any]:
        rows = await self.notifier.rows(
            "SELECT id::text AS id, version, state, due_on::text AS due_on, asked_due_on::text AS asked_due_on"
            " FROM obligations WHERE unit_code = $1 ORDER BY due_on, id LIMIT 1",
            unit_code,
        )
        return dict(rows[0])

    async def plan(self) -> int:
        """What the worker does within a few seconds; returns how many plans were looked at."""
        async with self.planning.uow() as uow:
            ids = await find_duties_to_plan(uow)
        for one in ids:
            await plan_recurring_duties(self.planning, one)
        return len(ids)


@pytest.fixture
async def office(notifier: Any, database: TestDatabase) -> AsyncIterator[Office]:
    settings = Settings(database_url=database.urls["notifier"], environment="development")
    directory = Directory()
    app = create_app(settings, verifier=test_verifier(), registry=ServiceClient("registry", "http://127.0.0.1:1"))
    async with running(app) as client:
        app.state.units = _Closing(directory, app.state.units)
        yield Office(client, notifier, directory)


class _Closing:
    """The directory, with the real one's connections to close."""

    def __init__(self, directory: Directory, real: Any) -> None:
        self.units, self.close = directory.units, real.close


@pytest.fixture
def people(make: Any) -> dict[str, Actor]:
    district = {"level": Level.DISTRICT}
    return {
        "province": person(Role.PROVINCE_SECRETARY, "49", person_id=make.known("province")),
        "chair": person(Role.PROVINCE_CHAIR, "49"),
        "auditor": person(Role.AUDITOR, "49"),
        "502": person(Role.DISTRICT_SECRETARY, "502", person_id=make.known("sec502"), **district),
        "503": person(Role.DISTRICT_SECRETARY, "503", person_id=make.known("sec503"), **district),
        "502 chair": person(Role.DISTRICT_CHAIR, "502", **district),
        "commune": person(Role.COMMUNE_OFFICER, "20000", Level.COMMUNE),
        "member": person(Role.COUNCIL_MEMBER, "502", person_id=make.known("member"), **district),
        "maker": person(Role.PRODUCER, "20000", Level.COMMUNE, producer=make.known("producer")),
        "trade": person(Role.TRADE_OFFICER, "49"),
    }
