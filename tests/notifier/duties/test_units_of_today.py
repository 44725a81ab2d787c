"""A commune that merged is no longer told of its producers' duties: the one that took its place is."""

import asyncio
from datetime import date, datetime
from typing import Any

import pytest
from alembic import command
from tests.notifier.duties.conftest import unit

from notifier.tasks.units import find_units_to_look_at, look_at_unit
from shared.contracts.evaluation import DossierFiled, DossierReturned
from shared.contracts.registry import CertificateIssued, UnitSuccessor
from shared.contracts.roles import Level, Role
from shared.db.migrations import alembic_config
from shared.testing.plugin import TestDatabase

OLD, NEW = "20602", "20611"
MERGED = date(2025, 7, 1)
OWED = (
    "SELECT code, unit_code, superior, superior_unit_code, unit_on::text AS unit_on, version"
    " FROM obligations WHERE state IN ('open', 'missed') ORDER BY code"
)


def issued(make: Any, on: str, valid_to: str, commune: str = OLD) -> CertificateIssued:
    return CertificateIssued(
        certificate_id=make.known(f"certificate {commune} {on}"),
        product_id=make.known(f"product {commune} {on}"),
        producer_id=make.known("producer"),
        dossier_id=None,
        product_code=f"49-502-{commune}-1-{on[:4]}",
        product_name="Bánh tráng",
        star=3,
        decision_number="1/QĐ-UBND",
        issued_on=date.fromisoformat(on),
        valid_to=date.fromisoformat(valid_to),
        commune_code=commune,
        district_code="502",
        province_code="49",
        year=int(on[:4]),
    )


def filed(make: Any, at: str, commune: str = OLD) -> Any:
    event = DossierFiled(
        dossier_id=make.known("dossier"),
        product_id=make.known("product"),
        producer_id=make.known("producer"),
        product_name="Bánh tráng",
        kind="first",
        ruleset="qd148-2023",
        sheet="QD148-13",
        commune_code=commune,
        district_code="502",
        province_code="49",
        filed_on=date.fromisoformat(at[:10]),
        year=int(at[:4]),
    )
    return make.told(event, datetime.fromisoformat(at))


def returned(make: Any, at: str, commune: str = OLD) -> Any:
    event = DossierReturned(
        dossier_id=make.known("dossier"),
        producer_id=make.known("producer"),
        product_name="Bánh tráng",
        reasons="Thiếu giấy kiểm nghiệm",
        commune_code=commune,
        level=Level.PROVINCE,
        due_on=date(2025, 9, 30),
    )
    return make.told(event, datetime.fromisoformat(at))


async def looked(office: Any) -> int:
    """What the worker does within a minute; how many units it asked about."""
    async with office.planning.uow() as uow:
        ids = await find_units_to_look_at(uow)
    for one in ids:
        await look_at_unit(office.planning, one)
    return len(ids)


@pytest.fixture
def merging(office: Any) -> Any:
    """A registry in which Duy Thu became part of Thu Bồn when the districts ended."""
    old = unit(OLD, Level.COMMUNE, valid_to="2025-06-30")
    became = UnitSuccessor.model_validate({"code": NEW, "from": MERGED})
    new = unit(NEW, Level.COMMUNE, valid_from="2025-07-01").model_copy(update={"district_code": None})
    office.directory.known += [old.model_copy(update={"successors": (became,)}), new]
    return office


async def test_the_renewal_is_told_to_the_commune_of_today(merging: Any, notifier: Any, make: Any) -> None:
    await notifier.clock("2023-07-20T08:00:00+07:00")
    commune: dict[str, Any] = {"level": Level.COMMUNE}
    await notifier.tell(
        make.appointed("maker", Role.PRODUCER, OLD, producer=make.known("producer"), **commune),
        make.appointed("old", Role.COMMUNE_OFFICER, OLD, valid_to="2025-06-30", **commune),
        make.appointed("new", Role.COMMUNE_OFFICER, NEW, valid_from="2025-07-01", **commune),
        issued(make, "2023-07-20", "2026-07-20"),
    )
    await notifier.turn()
    assert await looked(merging) == 0, "on its day the certificate's commune is known"
    await notifier.at("2024-03-01T08:00:00+07:00")
    assert await looked(merging) == 1
    assert await looked(merging) == 0, "once a day"
    renewal, figures = await notifier.rows(OWED)
    assert (figures["superior"], figures["superior_unit_code"]) == ("district_secretary", "502")
    assert (renewal["superior_unit_code"], renewal["unit_on"]) == (OLD, "2024-03-01")
    await notifier.at("2026-02-01T08:00:00+07:00")
    assert await looked(merging) == 1
    (renewal, figures) = await notifier.rows(OWED)
    for duty in (figures, renewal):
        told = duty["unit_code"], duty["superior"], duty["superior_unit_code"], duty["unit_on"]
        assert told == (NEW, "commune_officer", NEW, "2026-02-01")
    due = (await notifier.rows("SELECT due_on::text AS due FROM obligations WHERE code = 'certificate_renewal'"))[0]
    await notifier.at(f"{date.fromisoformat(due['due']).replace(day=28)}T08:00:00+07:00")
    await notifier.at("2026-07-19T08:00:00+07:00")
    names = await notifier.rows("SELECT DISTINCT recipient_name AS name FROM notices WHERE kind <> 'reminder'")
    assert "Người new" in {row["name"] for row in names}
    assert "Người old" not in {row["name"] for row in names}


async def test_a_code_that_names_another_unit_later_is_followed_from_its_own_day(
    merging: Any, notifier: Any, make: Any
) -> None:
    first = UnitSuccessor.model_validate({"code": "20347", "from": date(2025, 1, 1)})
    second = UnitSuccessor.model_validate({"code": "20341", "from": MERGED})
    reused = unit("20341", Level.COMMUNE, valid_to="2025-06-30")
    merging.directory.known += [
        unit("20338", Level.COMMUNE, valid_to="2024-12-31").model_copy(update={"successors": (first,)}),
        unit("20347", Level.COMMUNE, valid_to="2025-06-30").model_copy(update={"successors": (second,)}),
        reused.model_copy(update={"successors": (UnitSuccessor.model_validate({"code": NEW, "from": MERGED}),)}),
        unit("20341", Level.COMMUNE, valid_from="2025-07-01").model_copy(update={"district_code": None}),
    ]
    await notifier.clock("2026-01-10T08:00:00+07:00")
    await notifier.tell(
        issued(make, "2023-09-20", "2026-09-20", "20338"), issued(make, "2023-09-21", "2026-09-21", "20341")
    )
    await notifier.turn()
    assert await looked(merging) == 2
    renewals = [row["superior_unit_code"] for row in await notifier.rows(OWED) if row["code"] == "certificate_renewal"]
    assert sorted(renewals) == ["20341", NEW]
    await notifier.at("2026-01-11T08:00:00+07:00")
    await looked(merging)
    renewals = [row["superior_unit_code"] for row in await notifier.rows(OWED) if row["code"] == "certificate_renewal"]
    assert sorted(renewals) == ["20341", NEW], "the unit it is today stays"


async def test_what_registry_cannot_follow_stays_and_is_asked_once(merging: Any, notifier: Any, make: Any) -> None:
    await notifier.clock("2025-08-01T08:00:00+07:00")
    await notifier.tell(issued(make, "2024-12-20", "2027-12-20", "29999"))
    await notifier.turn()
    merging.directory.down = True
    await looked(merging)
    merging.directory.down = False
    assert await looked(merging) == 1, "a registry that was silent is asked again"
    assert await looked(merging) == 0
    assert {row["superior_unit_code"] for row in await notifier.rows(OWED)} == {"29999", "502"}


async def test_duties_of_units_stay_with_their_unit(merging: Any, notifier: Any, make: Any) -> None:
    await notifier.clock("2023-05-02T08:00:00+07:00")
    await notifier.tell(*make.deadlines(["502"]))
    await notifier.at("2026-02-01T08:00:00+07:00")
    assert await looked(merging) == 0
    assert {row["unit_code"] for row in await notifier.rows(OWED)} == {"502"}


async def test_the_repair_of_a_dossier_is_owed_in_the_commune_of_today(merging: Any, notifier: Any, make: Any) -> None:
    await notifier.clock("2025-06-10T09:00:00+07:00")
    commune: dict[str, Any] = {"level": Level.COMMUNE}
    await notifier.tell(
        make.appointed("maker", Role.PRODUCER, OLD, producer=make.known("producer"), **commune),
        make.appointed("new", Role.COMMUNE_OFFICER, NEW, valid_from="2025-07-01", **commune),
        filed(make, "2025-06-01T09:00:00+07:00"),
        returned(make, "2025-06-10T09:00:00+07:00"),
    )
    await notifier.turn()
    assert await looked(merging) == 1
    (repair,) = await notifier.rows(OWED)
    assert (repair["unit_code"], repair["unit_on"]) == (OLD, "2025-06-10")
    await notifier.at("2025-07-02T09:00:00+07:00")
    assert await looked(merging) == 1
    (repair,) = await notifier.rows(OWED)
    assert (repair["code"], repair["unit_code"], repair["superior_unit_code"]) == ("dossier_repair", NEW, NEW)
    assert repair["unit_on"] == "2025-07-02"


async def test_a_dossier_returned_after_the_merger_is_followed_from_the_day_it_was_filed(
    merging: Any, notifier: Any, make: Any
) -> None:
    """Filed again it names the commune of that day; the day of its first filing would name another."""
    reused = UnitSuccessor.model_validate({"code": NEW, "from": MERGED})
    merging.directory.known += [
        unit("20341", Level.COMMUNE, valid_to="2025-06-30").model_copy(update={"successors": (reused,)}),
        unit("20341", Level.COMMUNE, valid_from="2025-07-01").model_copy(update={"district_code": None}),
    ]
    await notifier.clock("2025-08-01T09:00:00+07:00")
    await notifier.tell(
        filed(make, "2025-06-01T09:00:00+07:00", "20341"), returned(make, "2025-07-20T09:00:00+07:00", "20341")
    )
    await notifier.turn()
    assert await looked(merging) == 1
    assert [row["unit_code"] for row in await notifier.rows(OWED)] == [NEW]
    refiled = filed(make, "2025-07-25T09:00:00+07:00", "20341")
    refiled.event = refiled.event.model_copy(update={"filed_on": date(2025, 6, 1)})  # the first filing decides rules
    await notifier.tell(refiled, returned(make, "2025-07-30T09:00:00+07:00", "20341"))
    await notifier.turn()
    await looked(merging)
    assert [row["unit_code"] for row in await notifier.rows(OWED)] == ["20341"]


async def test_a_return_without_a_known_filing_is_followed_from_its_own_day(
    merging: Any, notifier: Any, make: Any
) -> None:
    await notifier.clock("2025-06-10T09:00:00+07:00")
    await notifier.tell(returned(make, "2025-06-10T09:00:00+07:00"))
    await notifier.at("2025-07-02T09:00:00+07:00")
    assert await looked(merging) == 1
    assert [row["unit_code"] for row in await notifier.rows(OWED)] == [NEW]


async def test_repairs_that_are_owed_already_learn_the_day_of_their_last_filing(
    notifier: Any, make: Any, database: TestDatabase, admin_url: str
) -> None:
    await notifier.clock("2025-08-01T09:00:00+07:00")
    await notifier.tell(
        filed(make, "2025-06-01T09:00:00+07:00"),
        filed(make, "2025-06-20T09:00:00+07:00"),
        returned(make, "2025-07-20T09:00:00+07:00"),
        filed(make, "2025-07-21T09:00:00+07:00"),
    )
    config = alembic_config("notifier", admin_url, database.name)
    days = []
    for move, revision in ((command.downgrade, "0015"), (command.upgrade, "head")):
        await asyncio.to_thread(move, config, revision)
        days += [row["day"] for row in await notifier.rows("SELECT unit_on::text AS day FROM obligations")]
    assert days == [None, "2025-06-20"]
