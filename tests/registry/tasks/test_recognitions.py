"""Certificates that decisions of evaluation lead to, in whatever order they arrive, and their expiry."""

import asyncio
import itertools
import random
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from registry.domain.validity import Holding, months_after, status_on
from registry.persistence.unit_of_work import RegistryUow
from registry.tasks import TASKS
from registry.use_cases.end_expired_certificates import end_expired_certificates
from registry.use_cases.issue_certificate import issue_certificate
from shared.contracts.evaluation import StarDecided
from shared.contracts.roles import Level
from shared.ids import new_id
from shared.tasks.declarations import TaskContext
from shared.tasks.receiving import receive


def decided(product: dict[str, Any], star: int = 3, on: date = date(2023, 9, 15), **changes: Any) -> StarDecided:
    return StarDecided(
        **{
            "decision_id": new_id(),
            "dossier_id": new_id(),
            "product_id": product["id"],
            "producer_id": product["producer_id"],
            "product_name": product["name"],
            "star": star,
            "mean": "275/4",
            "ruleset": "qd148-2023",
            "level": Level.DISTRICT,
            "decision_number": f"{star}/{on}/QĐ-UBND",
            "decided_on": on,
            "decided_by": "Ủy ban nhân dân huyện Thăng Bình",
            "certificate_months": 36,
            "code_pattern": "{province}-{district}-{commune}-{seq}-{year}",
            "commune_code": product["commune_code"],
            "district_code": product["district_code"],
            "province_code": product["province_code"],
            "year": on.year,
        }
        | changes
    )


async def deliver(world: Any, *events: StarDecided) -> list[Any]:
    wire = [{"id": str(new_id()), "type": e.type, "payload": e.model_dump(mode="json")} for e in events]
    _, rejected = await receive(TASKS, TaskContext(world.database, RegistryUow), "evaluation", wire)
    return rejected


async def certificates(world: Any, product_id: str) -> list[Any]:
    return list(
        await world.sql("SELECT * FROM certificates WHERE product_id = $1 ORDER BY issued_on, star", UUID(product_id))
    )


async def test_a_decision_issues_a_certificate_once_however_often_it_arrives(world: Any) -> None:
    made = await world.product()
    event = decided(made)
    for _ in range(5):
        assert not await deliver(world, event)
    (row,) = await certificates(world, made["id"])
    assert (row["issued_on"], row["valid_to"]) == (date(2023, 9, 15), date(2026, 9, 15))
    assert (row["decision_number"], row["decision_id"]) == (event.decision_number, event.decision_id)
    assert row["product_code"].startswith("49-513-20794-")
    told = await world.sql(
        "SELECT count(*) AS n FROM outbox_events WHERE type = 'registry.certificate_issued'"
        " AND payload ->> 'product_id' = $1",
        made["id"],
    )
    assert told[0]["n"] == 1


async def test_a_hundred_parallel_issues_of_one_decision_are_one(world: Any) -> None:
    made = await world.product()
    event = decided(made)

    async def issue() -> None:
        async with RegistryUow.open(world.database) as uow:
            await issue_certificate(uow, event)

    results = await asyncio.gather(*(issue() for _ in range(100)), return_exceptions=True)
    assert results.count(None) >= 1
    assert len(await certificates(world, made["id"])) == 1


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_an_upgrade_replaces_the_star_in_whatever_order_the_decisions_arrive(
    world: Any, order: tuple[int, ...]
) -> None:
    made = await world.product()
    events = [
        decided(made, 3, date(2021, 5, 1)),
        decided(made, 4, date(2023, 5, 1)),
        decided(made, 3, date(2026, 4, 1)),
    ]
    for index in order:
        assert not await deliver(world, events[index])
    rows = await certificates(world, made["id"])
    assert [(r["star"], r["ended_on"], r["ended_reason"]) for r in rows] == [
        (3, date(2023, 5, 1), "replaced"),
        (4, date(2026, 4, 1), "replaced"),
        (3, None, None),
    ]


async def test_the_days_two_decisions_leave_one_star_the_higher(world: Any) -> None:
    for order in ((0, 1), (1, 0)):
        made = await world.product()
        events = [decided(made, 3), decided(made, 4)]
        for index in order:
            assert not await deliver(world, events[index])
        passport = (await world.get(f"/passports/{(await certificates(world, made['id']))[0]['product_code']}")).json()
        assert (passport["star"], passport["status"]) == (4, "valid")


async def test_under_the_law_of_2026_the_code_has_no_district(world: Any) -> None:
    made = await world.product()
    event = decided(
        made,
        on=date(2026, 6, 25),
        ruleset="qd26-2026",
        level=Level.PROVINCE,
        code_pattern="{province}-{commune}-{seq}-{year}",
        commune_code="20794",
        district_code=None,
        province_code="48",
    )
    assert not await deliver(world, event)
    (row,) = await certificates(world, made["id"])
    assert row["product_code"].startswith("48-20794-")
    assert row["product_code"].endswith("-2026")
    assert row["district_code"] is None


async def test_an_unknown_product_is_rejected_and_stops_no_other_event(world: Any) -> None:
    made = await world.product()
    unknown = decided(made, product_id=new_id())
    rejected = await deliver(world, unknown, decided(made))
    assert len(rejected) == 1
    assert len(await certificates(world, made["id"])) == 1


async def test_the_database_refuses_a_certificate_without_a_decision_and_two_that_overlap(world: Any) -> None:
    made = await world.product()
    await deliver(world, decided(made))
    copy = (
        "INSERT INTO certificates SELECT (c).* FROM (SELECT jsonb_populate_record(t,"
        " jsonb_build_object('id', uuidv7(), 'decision_id', uuidv7(), 'product_code', $2::text,"
        " 'decision_number', $3::text)) AS c FROM certificates t WHERE product_id = $1) AS x"
    )
    for code, number, constraint in (
        ("49-513-20794-901-2023", "9/QĐ", "certificates_one_at_a_time"),
        ("49-513-20794-902-2023", " ", "certificates_decision_check"),
    ):
        with pytest.raises(Exception, match=constraint):
            await world.sql(copy, UUID(made["id"]), code, number)


async def test_a_failed_issue_gives_its_number_back(world: Any) -> None:
    owner, _ = await world.producer(commune_code="20446")
    first, second = await world.product(owner), await world.product(owner)
    with pytest.raises(IntegrityError):
        async with RegistryUow.open(world.database) as uow:
            await issue_certificate(uow, decided(first, decision_number=" "))
    assert not await deliver(world, decided(second), decided(first))
    numbers = [(await certificates(world, p["id"]))[0]["product_code"].split("-")[3] for p in (second, first)]
    assert numbers == ["1", "2"]


async def test_the_sweep_marks_what_has_expired_once_and_tells_it(world: Any) -> None:
    made = await world.product()
    await deliver(world, decided(made, on=date(2020, 10, 19)))
    lives = await world.product()
    await deliver(world, decided(lives, on=date(2020, 10, 20)))
    for _ in range(2):
        async with RegistryUow.open(world.database) as uow:
            await end_expired_certificates(uow)
    (row,) = await certificates(world, made["id"])
    assert (row["ended_on"], row["ended_reason"]) == (date(2023, 10, 20), "expired")
    (alive,) = await certificates(world, lives["id"])
    assert alive["ended_on"] is None
    told = await world.sql(
        "SELECT payload ->> 'reason' AS reason FROM outbox_events WHERE type = 'registry.certificate_ended'"
        " AND payload ->> 'product_id' = $1",
        made["id"],
    )
    assert [t["reason"] for t in told] == ["expired"]


async def test_a_renewal_that_arrives_after_the_expiry_was_marked_replaces_it(world: Any) -> None:
    made = await world.product()
    await deliver(world, decided(made, on=date(2020, 10, 1)))
    async with RegistryUow.open(world.database) as uow:
        await end_expired_certificates(uow)
    assert not await deliver(world, decided(made, 4, date(2023, 9, 20)))
    rows = await certificates(world, made["id"])
    assert [(r["ended_on"], r["ended_reason"]) for r in rows] == [(date(2023, 9, 20), "replaced"), (None, None)]


async def test_on_any_day_at_most_one_star_is_true_and_the_passport_says_which(world: Any) -> None:
    chance = random.Random(20231020)  # reproducible cases, no secret
    owner, _ = await world.producer()
    for _ in range(12):
        made = await world.product(owner)
        days = [date(2019, 9, 1) + timedelta(days=chance.randrange(0, 1500)) for _ in range(chance.randrange(1, 6))]
        events = [decided(made, chance.choice((3, 4, 5)), day) for day in days]
        assert not await deliver(world, *events)
        rows = await certificates(world, made["id"])
        held = [Holding(r["star"], r["issued_on"], r["valid_to"], r["ended_on"], r["ended_reason"]) for r in rows]
        edges = {d + timedelta(days=n) for h in held for d in (h.issued_on, h.until) for n in (-1, 0, 1)}
        for day in sorted(edges):
            assert sum(h.holds_on(day) for h in held) <= 1
            begun = [e for e in events if e.decided_on <= day]
            latest = max(begun, key=lambda e: (e.decided_on, e.star), default=None)
            star = latest.star if latest and day <= months_after(latest.decided_on, 36) else None
            status, holding = status_on(held, day)
            passport = (await world.get(f"/passports/{rows[0]['product_code']}", params={"on": str(day)})).json()
            assert (passport["star"], passport["status"]) == (star, status.value), (day, held)
            assert passport["valid_to"] == (str(holding.valid_to) if holding else None)
