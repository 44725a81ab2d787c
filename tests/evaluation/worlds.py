"""The application of evaluation on a fresh database with the shipped rules; registry is a stand-in with products."""

import hashlib
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
from fastapi import FastAPI
from sqlalchemy import text

from evaluation.domain.catalogue import shipped_sheets
from evaluation.domain.sheets import Sheet
from evaluation.load import load
from evaluation.main import create_app
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.settings import Settings
from shared.auth.actors import Actor
from shared.clients.base import ServiceClient
from shared.clients.registry import RegistryClient
from shared.contracts.registry import CertificateSummary, ProductSummary
from shared.contracts.roles import Level, Role
from shared.db.engine import Database
from shared.errors import NotFound
from shared.ids import new_id
from shared.testing.apps import running
from shared.testing.people import headers_for, person, test_verifier
from shared.testing.plugin import TestDatabase, fresh_database

BASE = "/api/evaluation/v1"


PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"

FORM = {
    "unit_name": "HTX thử nghiệm",
    "representative": "Người đại diện (thử)",
    "position": "Giám đốc",
    "address": "Thôn 1 (thử)",
    "phone": "0235 000 000",
    "email": "htx@example.test",
    "samples": 5,
}

SELF_ASSESSMENT = {
    "general": {
        "gender": "female",
        "ethnicity": "Cơ Tu",
        "permanent_address": "Thôn 2 (thử)",
        "founded_on": "2015-03-01",
        "specification": "Chai 500 ml",
        "standard": "TCCS 01:2022",
        "history": "Nghề truyền thống của làng",
        "organisation": "Hội đồng quản trị và 12 thành viên",
    },
    "results": {
        "material_area": "Vùng nguyên liệu 12 ha",
        "technology": "Ủ chượp truyền thống",
        "markets": "Trong tỉnh và Đà Nẵng",
        "year": 2022,
        "revenue": 1_200_000_000,
        "profit": 150_000_000,
    },
    "plan": {"production": "Mở rộng lên 15 ha", "business": "Bán trên sàn thương mại điện tử"},
}
REVIEW = {
    "materials": "Không đổi",
    "technology": "Thêm máy chiết",
    "packaging": "Chai mới",
    "labels": "Nhãn song ngữ",
    "quality_declaration": "Còn hiệu lực",
    "periodic_tests": "02 lần mỗi năm",
    "markets": "Thêm Hà Nội",
    "yearly_figures": [{"year": 2022, "output": "20.000 lít", "revenue": 1_200_000_000}],
}
"""Form 02 with every field that some ruleset asks for."""


def sheet_of(code: str) -> Sheet:
    """A shipped sheet."""
    return next(sheet for sheet in shipped_sheets() if sheet.code == code)


def best_choices(sheet: Sheet) -> dict[str, int | str]:
    """The choices with the most points."""
    chosen: dict[str, int | str] = {}
    for criterion in sheet.criteria:
        case = criterion.alternatives[0] if criterion.alternatives else None
        number = max(case.options if case else criterion.options, key=lambda option: option.points).number
        chosen[criterion.code] = f"{case.code}.{number}" if case else number
    return chosen


class ProductsOfRegistry(RegistryClient):
    """Stands in for registry's summary query: knows the products a test made."""

    def __init__(self) -> None:
        super().__init__(ServiceClient("registry", "http://registry.test"))
        self.products: dict[UUID, ProductSummary] = {}
        self.certificates: dict[UUID, CertificateSummary] = {}

    async def certificate_summary(self, certificate_id: UUID, token: str) -> CertificateSummary:
        """The certificate, or NotFound as registry would say."""
        assert token
        if certificate_id not in self.certificates:
            raise NotFound()
        return self.certificates[certificate_id]

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

    async def drafted(self, product: ProductSummary, kind: str = "first") -> dict[str, Any]:
        """A new draft of the product's producer."""
        body = {"product_id": str(product.product_id), "kind": kind}
        answer = await self.call("POST", "/dossiers", producer_of(product), body)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def filled(self, product: ProductSummary, kind: str = "first", *, paper: bool = True) -> dict[str, Any]:
        """A draft with form, full self-score and, with `paper`, one paper for every criterion."""
        actor, dossier = producer_of(product), await self.drafted(product, kind)
        path = f"/dossiers/{dossier['id']}"
        form = FORM | ({} if kind == "first" else {"changes": "Bao bì mới, nhãn mới"})
        saved = await self.call("PUT", f"{path}/registration-form", actor, form, version=dossier["version"])
        assert saved.status_code == 200, saved.text
        sections = SELF_ASSESSMENT | ({"review": REVIEW} if kind == "renewal" else {})
        saved = await self.call("PUT", f"{path}/self-assessment", actor, sections, version=saved.json()["version"])
        assert saved.status_code == 200, saved.text
        sheet = sheet_of(dossier["sheet"])
        body = {"choices": best_choices(sheet)}
        scored = await self.call("PUT", f"{path}/self-score", actor, body, version=saved.json()["version"])
        assert scored.status_code == 200, scored.text
        if not paper:
            return dict(scored.json())
        digest = hashlib.sha256(PDF).hexdigest()
        sent = await self.call("PUT", f"/evidence-files/{digest}", actor, content=PDF)
        assert sent.status_code in (200, 201), sent.text
        codes = [criterion.code for criterion in sheet.criteria]
        body = {"file_sha256": digest, "name": "Tập minh chứng", "criteria": codes}
        attached = await self.call("POST", f"{path}/evidence", actor, body)
        assert attached.status_code == 201, attached.text
        return dict(attached.json())

    async def filed(self, product: ProductSummary, kind: str = "first") -> dict[str, Any]:
        """A filed dossier."""
        dossier = await self.filled(product, kind)
        answer = await self.call("POST", f"/dossiers/{dossier['id']}/filing", producer_of(product))
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    async def events(self, kind: str, about: str | None = None) -> list[dict[str, Any]]:
        """Payloads of the events of a type that were told, of one dossier or of all."""
        async with self.database.session() as session:
            rows = await session.execute(
                text(
                    "SELECT payload FROM outbox_events WHERE type = :kind"
                    " AND (CAST(:about AS text) IS NULL OR payload ->> 'dossier_id' = :about) ORDER BY seq"
                ),
                {"kind": kind, "about": about},
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


def producer_of(product: ProductSummary) -> Actor:
    """The person who acts for the product's producer (the same each time)."""
    return person(
        Role.PRODUCER,
        product.commune_code,
        Level.COMMUNE,
        producer=product.producer_id,
        person_id=uuid.uuid5(product.producer_id, "person"),
    )


def officer_of(product: ProductSummary) -> Actor:
    """The officer of the product's commune."""
    return person(Role.COMMUNE_OFFICER, product.commune_code, Level.COMMUNE)


async def load_rules(fresh: TestDatabase) -> None:
    """The shipped rules."""
    database = Database(fresh.urls["evaluation"], name="load")
    async with EvaluationUow.open(database) as uow:
        await load(uow, demonstration=False)
    await database.stop()


@asynccontextmanager
async def opened(admin_url: str, template: str, files: Path, files_url: str | None = None) -> AsyncIterator[World]:
    """The application, started, on a copy of the database; its clock stands at 20 April 2023, under Decision 148.

    Files lie in the folder `files`, or where `files_url` says.
    """
    async with fresh_database(admin_url, template) as fresh:
        settings = Settings(
            database_url=fresh.urls["evaluation"], environment="development", files_url=files_url or files.as_uri()
        )
        registry = ProductsOfRegistry()
        app = create_app(settings, verifier=test_verifier(), registry=registry)
        async with running(app) as client:
            world = World(app, client, app.state.database, registry, files, fresh.admin_url)
            await world.move_clock("2023-04-20")
            yield world
