"""A product's way from registration to certificate, with the people who make and read its documents."""

import hashlib
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

import pytest
from tests.evaluation.rounds.conftest import Council, Stage
from tests.evaluation.worlds import World, officer_of, producer_of, sheet_of

from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.tasks import TASKS
from shared.auth.actors import Actor
from shared.contracts.registry import CertificateIssued, ProductSummary
from shared.contracts.roles import Role
from shared.ids import new_id
from shared.tasks.declarations import TaskContext
from shared.tasks.receiving import receive

CODE = "49-511-20662-1-2023"
SIGNED_PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Signed true >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"


@dataclass
class Story:
    """One dossier under 148/2023, and everybody around it."""

    stage: Stage
    product: ProductSummary
    dossier: str = ""
    council: Council | None = None
    round: str = ""
    decision: str = ""

    @property
    def world(self) -> World:
        world: World = self.stage.world
        return world

    @property
    def producer(self) -> Actor:
        return producer_of(self.product)

    @cached_property
    def officer(self) -> Actor:
        """The same person each time."""
        return officer_of(self.product)

    @property
    def board(self) -> Council:
        assert self.council is not None
        return self.council

    async def file(self) -> None:
        """The producer files."""
        self.dossier = (await self.world.filed(self.product))["id"]
        self.stage.sheets[UUID(self.dossier)] = sheet_of("QD148-01")

    async def report(self) -> None:
        """The commune reports."""
        rules = await self.stage.ok("GET", "/rulesets/qd148-2023", self.officer)
        items = [
            {"item": item, "claim": "Kê khai 80%", "observed": "Đúng # {{ x }}"}
            for item in (rules.get("document") or rules)["commune_report_items"]
        ]
        body = {"items": items, "conclusion": "Hồ sơ đúng mẫu."}
        await self.stage.ok("POST", f"/dossiers/{self.dossier}/commune-report", self.officer, body)

    async def open(self) -> None:
        """A council of three takes it up."""
        self.council = await self.stage.council()
        self.round = await self.stage.round(self.board, UUID(self.dossier))

    async def sheet(self, seat: int, total: int = 60) -> str:
        """A member submits; the id of his sheet."""
        body = self.stage.body(self.round, UUID(self.dossier), total)
        answer = await self.stage.submit(self.board.members[seat], body | {"remarks": f"Ý kiến của ghế {seat + 1}"})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def close(self) -> None:
        """The chair closes."""
        await self.stage.agree(self.board, self.round, UUID(self.dossier), 60)
        await self.stage.close(self.board, self.round)

    async def decide(self, number: str = "77/QĐ-UBND") -> None:
        """The district's chair signs; registry issues the certificate."""
        chair = self.stage.office(Role.DISTRICT_CHAIR, "511", "district")
        body = {"dossier_id": self.dossier, "number": number, "signed_on": "2023-07-20"}
        self.decision = (await self.stage.ok("POST", "/decisions", chair, body))["id"]

    async def issue(self, number: str = "77/QĐ-UBND") -> None:
        """Registry tells of the certificate."""
        event = CertificateIssued(
            certificate_id=new_id(),
            product_id=self.product.product_id,
            producer_id=self.product.producer_id,
            dossier_id=UUID(self.dossier),
            product_code=CODE,
            product_name=self.product.product_name,
            star=3,
            decision_number=number,
            issued_on=date(2023, 7, 20),
            valid_to=date(2026, 7, 19),
            commune_code="20662",
            district_code="511",
            province_code="49",
            year=2023,
        )
        told = {"id": str(new_id()), "type": event.type, "payload": event.model_dump(mode="json")}
        context = TaskContext(self.world.database, EvaluationUow)
        assert (await receive(TASKS, context, "registry", [told]))[1] == []

    async def make(self, kind: str, subject: str, actor: Actor) -> dict[str, Any]:
        """POST /documents."""
        made: dict[str, Any] = await self.stage.ok("POST", "/documents", actor, {"kind": kind, "subject_id": subject})
        return made

    async def file_of(self, document: dict[str, Any], actor: Actor, form: str = "pdf") -> bytes:
        """The bytes of a document."""
        answer = await self.world.call("GET", f"/documents/{document['id']}/file?format={form}", actor)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-disposition"].startswith("attachment;")
        assert answer.headers["x-content-type-options"] == "nosniff"
        file = next(file for file in document["files"] if file["format"] == form)
        assert hashlib.sha256(answer.content).hexdigest() == file["sha256"] == answer.headers["etag"].strip('"')
        assert answer.headers["content-type"] == file["media_type"]
        return answer.content

    async def sees(self, document: dict[str, Any], actor: Actor) -> bool:
        """Whether the document, its file and its place in the list are there for this person (all or none)."""
        read = (await self.world.call("GET", f"/documents/{document['id']}", actor)).status_code
        file = (await self.world.call("GET", f"/documents/{document['id']}/file", actor)).status_code
        listed = await self.stage.ok("GET", f"/documents?subject_id={document['subject']['id']}", actor)
        found = document["id"] in [item["id"] for item in listed["items"]]
        assert (read, file, found) in {(200, 200, True), (404, 404, False)}
        return found


@pytest.fixture
async def story(fresh_world: World) -> Story:
    """A story at its beginning, on 20 July 2023."""
    await fresh_world.move_clock("2023-07-20")
    return Story(Stage(fresh_world), fresh_world.product())
