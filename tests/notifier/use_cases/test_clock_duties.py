"""Clocks of the law become duties of the unit that owes the act, and the act meets them."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from shared.contracts.evaluation import DossierWithdrawn, ResultReleased
from shared.contracts.registry import CertificateEnded
from shared.contracts.roles import Level
from shared.contracts.settlements import (
    ObjectionAnswered,
    ObjectionReceived,
    RenewalDecisionDue,
    RevocationDecided,
    RevocationProposed,
)

OWED = "SELECT code, responsible, unit_code, due_on, state FROM obligations ORDER BY code"
COMMON: dict[str, Any] = {"product_name": "Nước mắm (thử)", "year": 2026, "source": "26/2026/QĐ-TTg"}


def revocation(make: Any) -> RevocationProposed:
    return RevocationProposed(
        revocation_id=make.known("revocation"),
        certificate_id=make.known("certificate"),
        producer_id=make.known("producer"),
        level=Level.PROVINCE,
        unit_code="48",
        unit_name="Thành phố Đà Nẵng",
        due_on=date(2026, 6, 25),
        **COMMON,
    )


async def test_each_clock_is_a_duty_of_who_must_act(notifier: Any, make: Any) -> None:
    await notifier.clock("2026-06-10T08:00:00+07:00")
    await notifier.tell(
        RenewalDecisionDue(
            dossier_id=make.known("dossier"),
            level=Level.PROVINCE,
            unit_code="48",
            unit_name="Thành phố Đà Nẵng",
            due_on=date(2026, 7, 25),
            **COMMON,
        ),
        ObjectionReceived(
            objection_id=make.known("objection"),
            dossier_id=make.known("dossier"),
            level=Level.DISTRICT,
            unit_code="502",
            due_on=date(2026, 7, 10),
            **COMMON,
        ),
        revocation(make),
    )
    owed = [(row["code"], row["responsible"], row["unit_code"], row["due_on"]) for row in await notifier.rows(OWED)]
    assert owed == [
        ("objection_answer", "district_secretary", "502", date(2026, 7, 10)),
        ("renewal_decision", "province_secretary", "48", date(2026, 7, 25)),
        ("revocation_decision", "province_chair", "48", date(2026, 6, 25)),
    ]


def released(make: Any, level: Level, outcome: str) -> ResultReleased:
    return ResultReleased(
        dossier_id=make.known("dossier"),
        product_id=make.known("product"),
        producer_id=make.known("producer"),
        product_name=COMMON["product_name"],
        level=level,
        star=5,
        mean="92",
        year=2026,
        commune_code="20791",
        district_code=None,
        province_code="48",
        outcome=outcome,
    )


@pytest.mark.parametrize("outcome", ["forwarded", "evaluated_again"])
async def test_a_renewal_that_goes_on_is_still_owed_where_it_waits(notifier: Any, make: Any, outcome: str) -> None:
    await notifier.clock("2026-06-10T08:00:00+07:00")
    owed: dict[str, Any] = {"dossier_id": make.known("dossier"), "due_on": date(2026, 7, 25), **COMMON}
    first = RenewalDecisionDue(level=Level.PROVINCE, unit_code="48", unit_name="Thành phố Đà Nẵng", **owed)
    then = RenewalDecisionDue(level=Level.CENTRAL, unit_code="VN", unit_name="Trung ương", **owed)
    went_up = datetime.fromisoformat("2026-07-01T08:00:00+07:00")
    await notifier.tell(make.told(first, went_up - timedelta(days=21)))
    await notifier.clock("2026-07-01T08:00:00+07:00")
    await notifier.tell(make.told(released(make, Level.PROVINCE, outcome), went_up), make.told(then, went_up))
    await notifier.turn()
    (row,) = await notifier.rows(OWED)
    assert tuple(row.values()) == ("renewal_decision", "national_officer", "VN", date(2026, 7, 25), "open")
    await notifier.tell(released(make, Level.CENTRAL, "not_recognised"))
    await notifier.turn()
    assert [row["state"] for row in await notifier.rows(OWED)] == ["met"]


async def test_a_renewal_that_its_producer_took_back_is_owed_no_more(notifier: Any, make: Any) -> None:
    await notifier.clock("2026-06-10T08:00:00+07:00")
    owed: dict[str, Any] = {"dossier_id": make.known("dossier"), "due_on": date(2026, 7, 25), **COMMON}
    await notifier.tell(RenewalDecisionDue(level=Level.PROVINCE, unit_code="48", unit_name="Thành phố Đà Nẵng", **owed))
    await notifier.tell(
        DossierWithdrawn(
            dossier_id=make.known("dossier"),
            product_id=make.known("product"),
            producer_id=make.known("producer"),
            product_name=COMMON["product_name"],
            commune_code="20791",
            district_code=None,
            province_code="48",
            year=2026,
            withdrawn_on=date(2026, 6, 10),
            reason="Chủ thể rút hồ sơ",
        )
    )
    await notifier.turn()
    assert [row["state"] for row in await notifier.rows(OWED)] == ["waived"]


async def test_the_act_meets_its_duty_and_a_certificate_that_ended_leaves_none(notifier: Any, make: Any) -> None:
    await notifier.clock("2026-06-10T08:00:00+07:00")
    await notifier.tell(revocation(make))
    decided = RevocationDecided(
        revocation_id=make.known("revocation"),
        certificate_id=make.known("certificate"),
        product_id=make.known("product"),
        producer_id=make.known("producer"),
        revoked=False,
        effective_on=None,
        decision_number=None,
        decided_by=None,
        public_words=None,
        decided_on=date(2026, 6, 10),
    )
    await notifier.tell(decided)
    await notifier.turn()
    assert [row["state"] for row in await notifier.rows(OWED)] == ["met"]
    await notifier.tell(
        ObjectionAnswered(
            objection_id=make.known("objection"),
            dossier_id=make.known("dossier"),
            producer_id=make.known("producer"),
            answer="refused",
            remedy=None,
            answered_on=date(2026, 6, 10),
        ),
        CertificateEnded(
            certificate_id=make.known("other"),
            product_id=make.known("product"),
            ended_on=date(2026, 6, 10),
            reason="replaced",
        ),
        revocation(make).model_copy(
            update={"revocation_id": make.known("second"), "certificate_id": make.known("other")}
        ),
    )
    await notifier.turn()
    assert sorted(row["state"] for row in await notifier.rows(OWED)) == ["met", "waived"]
