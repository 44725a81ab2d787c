"""Clocks of the law become duties of the unit that owes the act, and the act meets them."""

from datetime import date
from typing import Any

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
