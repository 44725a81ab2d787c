"""A certificate issued by registry is remembered on its dossier, once."""

from datetime import date
from uuid import UUID

from tests.evaluation.worlds import World, producer_of

from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.tasks import TASKS
from shared.contracts.registry import CertificateIssued
from shared.ids import new_id
from shared.tasks.declarations import TaskContext
from shared.tasks.receiving import receive


def issued(dossier_id: str | None, product_id: UUID) -> CertificateIssued:
    return CertificateIssued(
        certificate_id=new_id(),
        product_id=product_id,
        producer_id=new_id(),
        dossier_id=UUID(dossier_id) if dossier_id else None,
        product_code="49-511-20662-1-2023",
        product_name="x",
        star=3,
        decision_number="1/QĐ",
        issued_on=date(2023, 6, 1),
        valid_to=date(2026, 5, 31),
        commune_code="20662",
        district_code="511",
        province_code="49",
        year=2023,
    )


async def test_the_code_appears_on_the_dossier_however_often_the_event_comes(fresh_world: World) -> None:
    product = fresh_world.product()
    filed = await fresh_world.filed(product)
    event = issued(filed["id"], product.product_id)
    context = TaskContext(fresh_world.database, EvaluationUow)
    for _ in range(2):  # the same event under another id as well: an effect must bear repeating
        told = {"id": str(new_id()), "type": event.type, "payload": event.model_dump(mode="json")}
        assert (await receive(TASKS, context, "registry", [told, told]))[1] == []
    read = (await fresh_world.call("GET", f"/dossiers/{filed['id']}", producer_of(product))).json()
    assert (read["product_code"], read["certificate_id"]) == ("49-511-20662-1-2023", str(event.certificate_id))
    assert read["version"] == filed["version"] + 1


async def test_certificates_on_paper_and_of_unknown_dossiers_are_accepted(fresh_world: World) -> None:
    context = TaskContext(fresh_world.database, EvaluationUow)
    for event in (issued(None, new_id()), issued(str(new_id()), new_id())):
        told = {"id": str(new_id()), "type": event.type, "payload": event.model_dump(mode="json")}
        assert (await receive(TASKS, context, "registry", [told]))[1] == []
