"""The four services, each running on data to ask about, with a person whom few doors are closed to."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
from tests.commerce.world import commerce_world, figures_draft, outlet_draft
from tests.evaluation.worlds import load_rules, opened
from tests.registry.world import load_demonstration

from notifier.main import create_app as create_notifier
from notifier.settings import Settings as NotifierSettings
from registry.main import create_app as create_registry
from registry.settings import Settings as RegistrySettings
from shared.auth.actors import Actor, Appointment
from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.apps import running
from shared.testing.people import headers_for, test_verifier
from shared.testing.plugin import fresh_database, loaded_template


@dataclass
class Running:
    """A service, its person, and values of path parameters that name something."""

    client: httpx.AsyncClient
    actor: Actor
    known: Mapping[str, str]

    def headers(self) -> dict[str, str]:
        """Signs the person in; a fresh key and the first version, which routes that take neither ignore."""
        return headers_for(self.actor, key=True) | {"If-Match": '"v1"'}


def everybody(producer: UUID) -> Actor:
    """A person with every role: in the province, in one of its districts and communes, and for a producer."""
    levels = {
        Role.PRODUCER: (Level.COMMUNE, "20335"),
        Role.COMMUNE_OFFICER: (Level.COMMUNE, "20335"),
        Role.DISTRICT_SECRETARY: (Level.DISTRICT, "502"),
        Role.DISTRICT_CHAIR: (Level.DISTRICT, "502"),
        Role.NATIONAL_OFFICER: (Level.CENTRAL, "00"),
    }
    held = []
    for role in Role:
        level, unit = levels.get(role, (Level.PROVINCE, "49"))
        held.append(Appointment(role, level, unit, producer if role == Role.PRODUCER else None))
    return Actor(new_id(), "Người thử nghiệm", tuple(held))


@asynccontextmanager
async def _registry(admin_url: str, _files: Path) -> AsyncIterator[Running]:
    template = await loaded_template(admin_url, "registry", load_demonstration)
    async with fresh_database(admin_url, template) as fresh:
        known = {"year": "2023"}
        admin = await asyncpg.connect(fresh.admin_url)
        for name in ("appointment", "plan", "producer", "product", "certificate"):
            known[f"{name}_id"] = await admin.fetchval(f"SELECT id::text FROM registry.{name}s ORDER BY id LIMIT 1")
        known["code"] = await admin.fetchval("SELECT product_code FROM registry.certificates ORDER BY id LIMIT 1")
        await admin.close()
        settings = RegistrySettings(database_url=fresh.urls["registry"], environment="development")
        async with running(create_registry(settings, test_verifier())) as client:
            found = {name: value for name, value in known.items() if value is not None}
            yield Running(client, everybody(UUID(known["producer_id"])), found)


@asynccontextmanager
async def _evaluation(admin_url: str, files: Path) -> AsyncIterator[Running]:
    template = await loaded_template(admin_url, "rules", load_rules)
    async with opened(admin_url, template, files) as world:
        dossier = await world.filed(world.product(commune_code="20335", district_code="502"))
        known = {"dossier_id": dossier["id"], "ruleset_id": "qd148-2023", "sheet_id": dossier["sheet"]}
        yield Running(world.client, everybody(UUID(dossier["producer_id"])), known)


@asynccontextmanager
async def _commerce(admin_url: str, _files: Path) -> AsyncIterator[Running]:
    async with commerce_world(admin_url) as world:
        product = await world.product()
        actor = everybody(product.producer_id)
        outlet = await world.post("/outlets", outlet_draft(), actor)
        figures = await world.post("/figures", figures_draft(product.product_id), actor)
        known = {
            "product_id": str(product.product_id),
            "outlet_id": outlet.json()["id"],
            "figures_id": figures.json()["id"],
        }
        yield Running(world.client, actor, known)


@asynccontextmanager
async def _notifier(admin_url: str, _files: Path) -> AsyncIterator[Running]:
    async with fresh_database(admin_url) as fresh:
        settings = NotifierSettings(database_url=fresh.urls["notifier"], environment="development")
        async with running(create_notifier(settings, verifier=test_verifier())) as client:
            yield Running(client, everybody(new_id()), {})


OPENED: Mapping[str, Callable[[str, Path], AbstractAsyncContextManager[Running]]] = {
    "registry": _registry,
    "evaluation": _evaluation,
    "commerce": _commerce,
    "notifier": _notifier,
}
