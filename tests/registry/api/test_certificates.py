"""Certificates over HTTP: recognitions on paper, one star at a time, stamps, lists, supports."""

import asyncio
from typing import Any

import pytest

from shared.contracts.roles import Level, Role
from shared.testing.people import person

SECRETARY = person(Role.PROVINCE_SECRETARY, "49", Level.PROVINCE)


def paper(product_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "product_id": product_id,
        "star": 3,
        "decision_number": "1234/QĐ-UBND",
        "decided_on": "2023-09-15",
        "issued_on": "2023-09-15",
    } | changes


async def test_a_recognition_on_paper_runs_36_months_and_takes_the_communes_next_number(world: Any) -> None:
    owner, _ = await world.producer(commune_code="20962")
    first = await world.certificate((await world.product(owner))["id"])
    second = await world.certificate((await world.product(owner))["id"])
    assert (first["product_code"], second["product_code"]) == ("49-516-20962-1-2023", "49-516-20962-2-2023")
    assert (first["valid_to"], first["decided_by"]) == ("2026-09-15", "Ủy ban nhân dân huyện Nam Trà My")
    (told,) = await world.sql(
        "SELECT payload ->> 'product_code' AS code FROM outbox_events WHERE type = 'registry.certificate_issued'"
        " AND payload ->> 'certificate_id' = $1",
        first["id"],
    )
    assert told["code"] == first["product_code"]


async def test_a_second_live_certificate_is_a_conflict_that_names_the_rule(world: Any) -> None:
    made = await world.product()
    await world.certificate(made["id"])
    again = await world.post("/certificates", SECRETARY, paper(made["id"], star=4, decision_number="9/QĐ-UBND"))
    assert (again.status_code, again.json()["type"]) == (409, "/problems/certificate-live")
    assert (again.json()["rule"], again.json()["state"]) == ("148/QĐ-TTg", "live")


async def test_an_upgrade_on_paper_names_the_certificate_it_replaces(world: Any) -> None:
    made = await world.product()
    old = await world.certificate(made["id"], decided_on="2021-12-20", issued_on="2021-12-20")
    assert old["decided_by"] == "Ủy ban nhân dân tỉnh Quảng Nam"
    new = await world.certificate(made["id"], star=4, decision_number="77/QĐ-UBND", replaces=old["id"])
    ended = (await world.get(f"/certificates/{old['id']}", SECRETARY)).json()
    assert (ended["ended_on"], ended["ended_reason"]) == ("2023-09-15", "replaced")
    assert new["ended_on"] is None
    told = await world.sql(
        "SELECT payload ->> 'reason' AS reason FROM outbox_events WHERE type = 'registry.certificate_ended'"
        " AND payload ->> 'certificate_id' = $1",
        old["id"],
    )
    assert [t["reason"] for t in told] == ["replaced"]


async def test_fifty_parallel_recognitions_of_one_product_make_one_certificate(world: Any) -> None:
    owner, _ = await world.producer(commune_code="20959")
    made = await world.product(owner)
    answers = await asyncio.gather(*(world.post("/certificates", SECRETARY, paper(made["id"])) for _ in range(50)))
    codes = sorted(a.status_code for a in answers)
    assert codes.count(201) == 1, codes
    assert set(codes) <= {201, 409, 503}
    rows = await world.sql("SELECT product_code FROM certificates WHERE product_id = $1", made["id"])
    assert [row["product_code"] for row in rows] == ["49-516-20959-1-2023"]


async def test_fifty_parallel_certificates_of_one_commune_are_numbered_without_gaps(world: Any) -> None:
    owner, _ = await world.producer(commune_code="20956")
    products = [await world.product(owner, name=f"Quế số {n}") for n in range(50)]
    pending = {p["id"] for p in products}
    while pending:  # a busy row lock answers 503 with Retry-After: clients try again
        answers = await asyncio.gather(*(world.post("/certificates", SECRETARY, paper(i)) for i in pending))
        assert {a.status_code for a in answers} <= {201, 503}
        pending -= {a.json()["product_id"] for a in answers if a.status_code == 201}
    rows = await world.sql("SELECT product_code FROM certificates WHERE commune_code = '20956'")
    assert sorted(int(row["product_code"].split("-")[3]) for row in rows) == list(range(1, 51))


async def test_a_number_given_on_paper_is_not_given_again(world: Any) -> None:
    owner, _ = await world.producer(commune_code="20953")
    first, second, third = [await world.product(owner, name=f"Sâm {n}") for n in range(3)]
    await world.certificate(first["id"], product_code="49-516-20953-7-2023")
    taken = await world.post("/certificates", SECRETARY, paper(second["id"], product_code="49-516-20953-7-2023"))
    assert (taken.status_code, taken.json()["type"]) == (409, "/problems/product-code-taken")
    foreign = await world.post("/certificates", SECRETARY, paper(second["id"], product_code="49-513-20794-1-2023"))
    assert foreign.status_code == 422
    assert (await world.certificate(third["id"]))["product_code"] == "49-516-20953-8-2023"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"star": 2}, "star"),
        ({"decided_on": "2015-01-01", "issued_on": "2015-01-02"}, "decided_on"),
        ({"issued_on": "2023-09-14"}, "issued_on"),
        ({"issued_on": "2023-10-21"}, "issued_on"),
        ({"valid_to": "2023-09-14"}, "valid_to"),
        ({"decision_number": "  "}, "decision_number"),
        ({"star": 6}, "star"),
    ],
)
async def test_a_recognition_that_cannot_be_is_refused_with_the_field(
    world: Any, change: dict[str, Any], field: str
) -> None:
    made = await world.product()
    answer = await world.post("/certificates", SECRETARY, paper(made["id"], **change))
    assert answer.status_code == 422, answer.text
    assert field in {fault["field"] for fault in answer.json()["errors"]}


async def test_only_the_provinces_secretary_records_recognitions_and_only_of_the_province(world: Any) -> None:
    made = await world.product()
    district = person(Role.DISTRICT_SECRETARY, "513", Level.DISTRICT)
    elsewhere = person(Role.PROVINCE_SECRETARY, "01", Level.PROVINCE)
    assert (await world.post("/certificates", district, paper(made["id"]))).status_code == 403
    assert (await world.post("/certificates", elsewhere, paper(made["id"]))).status_code == 404


async def test_certificates_are_listed_within_scope_the_soonest_to_expire_first(world: Any) -> None:
    owner, _ = await world.producer(commune_code="20437")
    late = await world.certificate((await world.product(owner))["id"])
    soon = await world.certificate((await world.product(owner))["id"], decided_on="2020-12-10", issued_on="2020-12-10")
    officer = person(Role.COMMUNE_OFFICER, "20437", Level.COMMUNE)
    foreign = person(Role.COMMUNE_OFFICER, "20440", Level.COMMUNE)
    listed = (await world.get("/certificates", officer)).json()["items"]
    assert {item["id"] for item in listed} == {late["id"], soon["id"]}
    expiring = (await world.get("/certificates", officer, params={"expiring_before": "2024-01-01"})).json()["items"]
    assert [item["id"] for item in expiring] == [soon["id"]]
    both = (await world.get("/certificates", officer, params={"expiring_before": "2030-01-01", "limit": 1})).json()
    assert [item["id"] for item in both["items"]] == [soon["id"]]
    rest = await world.get(
        "/certificates", officer, params={"expiring_before": "2030-01-01", "limit": 1, "cursor": both["next"]}
    )
    assert [item["id"] for item in rest.json()["items"]] == [late["id"]]
    assert (await world.get("/certificates", foreign)).json()["items"] == []
    assert (await world.get(f"/certificates/{late['id']}", foreign)).status_code == 404


async def test_stamps_make_a_certificate_traceable_and_a_number_is_printed_once(world: Any) -> None:
    owner, _ = await world.producer()
    made = await world.certificate((await world.product(owner))["id"])
    path = f"/certificates/{made['id']}/stamps"
    body = {"from_number": 1, "to_number": 1000, "printed_on": "2023-10-01"}
    printed = await world.post(path, owner, body)
    assert (printed.status_code, printed.json()["traceable"]) == (201, True)
    overlapping = await world.post(path, owner, body | {"from_number": 1000, "to_number": 2000})
    assert overlapping.status_code == 409
    assert (await world.post(path, owner, body | {"from_number": 1001, "to_number": 2000})).status_code == 201
    assert (await world.post(path, owner, body | {"to_number": 0})).status_code == 422
    before = await world.post(path, owner, body | {"from_number": 3000, "to_number": 3001, "printed_on": "2023-01-01"})
    assert (before.status_code, before.json()["type"]) == (409, "/problems/certificate-over")
    stranger, _ = await world.producer()
    assert (await world.post(path, stranger, body)).status_code == 404


async def test_supports_are_recorded_once_for_a_product_or_an_organisation(world: Any) -> None:
    owner, producer = await world.producer()
    made = await world.product(owner)
    officer = person(Role.DISTRICT_SECRETARY, "513", Level.DISTRICT)
    body = {"product_id": made["id"], "kind": "packaging_label", "supported_on": "2023-06-01"}
    first = await world.post("/supports", officer, body)
    assert (first.status_code, first.json()["producer_id"]) == (201, producer["id"])
    assert (await world.post("/supports", officer, body)).status_code == 409
    founded = {"producer_id": producer["id"], "kind": "organisation_founded", "supported_on": "2023-06-01"}
    assert (await world.post("/supports", officer, founded)).status_code == 201
    assert (await world.post("/supports", officer, founded | {"kind": "packaging_label"})).status_code == 422
    assert (await world.post("/supports", officer, body | {"supported_on": "2031-01-01"})).status_code == 422
    foreign = person(Role.DISTRICT_SECRETARY, "502", Level.DISTRICT)
    assert (await world.post("/supports", foreign, body)).status_code == 404
    assert (await world.post("/supports", owner, body)).status_code == 403
    listed = (await world.get("/supports", owner)).json()["items"]
    assert {item["kind"] for item in listed} == {"packaging_label", "organisation_founded"}
