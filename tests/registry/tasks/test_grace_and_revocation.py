"""A late renewal keeps its certificate; revocation and correction follow by event, in whatever order they arrive."""

import itertools
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.registry.tasks.test_recognitions import decided

from registry.domain.validity import Holding, Status, months_after, status_on
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.correct_certificate import correct_certificate
from registry.use_cases.end_expired_certificates import end_expired_certificates
from registry.use_cases.issue_certificate import issue_certificate
from registry.use_cases.keep_certificate import keep_certificate, let_go_certificate
from registry.use_cases.revoke_certificate import revoke_certificate
from shared.clock import VIETNAM
from shared.contracts.evaluation import DossierFiled, ResultReleased
from shared.contracts.roles import Level, Role
from shared.contracts.settlements import DecisionCorrected, RevocationDecided
from shared.ids import new_id

ISSUED, ENDS = date(2023, 9, 15), date(2026, 9, 15)
KEPT = ENDS + timedelta(days=180)


def filed(product: dict[str, Any], dossier: UUID, on: date = date(2026, 8, 1)) -> DossierFiled:
    return DossierFiled(
        dossier_id=dossier,
        product_id=product["id"],
        producer_id=product["producer_id"],
        product_name=product["name"],
        kind="renewal",
        ruleset="qd26-2026",
        sheet="QD26-09",
        year=2026,
        commune_code="20794",
        district_code=None,
        province_code="48",
        filed_on=on,
        certificate_kept_to=KEPT,
    )


def released(product: dict[str, Any], dossier: UUID, outcome: Any = "not_recognised") -> ResultReleased:
    return ResultReleased(
        dossier_id=dossier,
        product_id=product["id"],
        producer_id=product["producer_id"],
        product_name=product["name"],
        level=Level.PROVINCE,
        star=2,
        mean="45",
        year=2026,
        commune_code="20794",
        district_code=None,
        province_code="48",
        outcome=outcome,
    )


def revocation(certificate_id: UUID, product: dict[str, Any], on: date) -> RevocationDecided:
    return RevocationDecided(
        revocation_id=new_id(),
        certificate_id=certificate_id,
        product_id=product["id"],
        producer_id=product["producer_id"],
        revoked=True,
        effective_on=on,
        decision_number="500/QĐ-UBND",
        decided_by="Chủ tịch Ủy ban nhân dân thành phố Đà Nẵng",
        public_words="Vi phạm an toàn thực phẩm",
        decided_on=on,
    )


async def certified(world: Any) -> tuple[dict[str, Any], UUID, str]:
    """(product, certificate id, product code) of a star of 15 September 2023."""
    product = await world.product()
    async with RegistryUow.open(world.database) as uow:
        row = await issue_certificate(uow, decided(product, on=ISSUED))
        return product, row.id, row.product_code


async def passport(world: Any, code: str, on: date) -> Any:
    answer = await world.get(f"/passports/{code}", params={"on": on.isoformat()})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def received(world: Any, handler: Any, event: Any, day: date) -> None:
    async with RegistryUow.open(world.database) as uow:
        uow.caused_at = datetime(day.year, day.month, day.day, 9, tzinfo=VIETNAM)
        await handler(uow, event)


async def test_a_kept_certificate_is_true_on_each_day_until_the_result(world: Any) -> None:
    product, _, code = await certified(world)
    dossier = new_id()
    await received(world, keep_certificate, filed(product, dossier), date(2026, 8, 1))
    for day, kept in ((ENDS, None), (ENDS + timedelta(days=1), KEPT.isoformat()), (KEPT, KEPT.isoformat())):
        shown = await passport(world, code, day)
        assert (shown["status"], shown["star"], shown["kept_to"]) == ("valid", 3, kept)
    assert (await passport(world, code, KEPT + timedelta(days=1)))["status"] == "expired"
    page = await world.get(f"/p/{code}?on=2026-10-01")
    assert "chờ kết quả đánh giá lại" in page.text
    await received(world, let_go_certificate, released(product, dossier), date(2026, 10, 20))
    assert (await passport(world, code, date(2026, 10, 19)))["star"] == 3, "the past stays as it was"
    assert (await passport(world, code, date(2026, 10, 20)))["status"] == "expired"


async def test_a_renewal_refused_before_the_printed_end_lets_it_run_out(world: Any) -> None:
    product, _, code = await certified(world)
    dossier = new_id()
    await received(world, keep_certificate, filed(product, dossier), date(2026, 8, 1))
    await received(world, let_go_certificate, released(product, dossier, "forwarded"), date(2026, 8, 20))
    assert (await passport(world, code, KEPT))["status"] == "valid", "what goes up is not over"
    await received(world, let_go_certificate, released(product, dossier), date(2026, 9, 1))
    assert (await passport(world, code, ENDS))["status"] == "valid"
    assert (await passport(world, code, ENDS + timedelta(days=1)))["status"] == "expired"


async def test_a_late_renewal_told_after_the_sweep_gives_the_star_back_until_a_new_one(
    world: Any,
) -> None:
    product, _, code = await certified(world)
    await world.set_clock("2026-10-01")
    async with RegistryUow.open(world.database) as uow:
        assert await end_expired_certificates(uow) >= 1
    await received(world, keep_certificate, filed(product, new_id()), date(2026, 8, 1))
    async with RegistryUow.open(world.database) as uow:
        await end_expired_certificates(uow)
    assert (await passport(world, code, date(2026, 10, 1)))["status"] == "valid", "the sweep leaves what is kept"
    async with RegistryUow.open(world.database) as uow:
        await issue_certificate(uow, decided(product, star=4, on=date(2026, 10, 10)))
    await world.set_clock("2023-10-20")
    stars = [(await passport(world, code, date(2026, 10, day)))["star"] for day in (9, 10)]
    assert stars == [3, 4], "the kept one ends the day the renewal's star begins"


async def test_a_revoked_certificate_says_since_when_and_why_and_earlier_days_keep_the_star(world: Any) -> None:
    product, certificate_id, code = await certified(world)
    event = revocation(certificate_id, product, date(2024, 5, 10))
    for _ in range(2):
        await received(world, revoke_certificate, event, date(2024, 5, 10))
    assert (await passport(world, code, date(2024, 5, 9)))["star"] == 3
    shown = await passport(world, code, date(2024, 5, 10))
    assert (shown["status"], shown["star"]) == ("revoked", None)
    assert (shown["stamps_valid"], shown["mark_allowed"]) == (False, False)
    assert (shown["ended_on"], shown["ended_words"]) == ("2024-05-10", "Vi phạm an toàn thực phẩm")
    page = await world.get(f"/p/{code}?on=2024-06-01")
    assert "10/05/2024" in page.text
    assert "Vi phạm an toàn thực phẩm" in page.text


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize(("revoked_on", "expected"), [(date(2026, 7, 1), "revoked"), (date(2026, 9, 1), "replaced")])
async def test_revocation_against_renewal_ends_the_same_in_every_order(
    world: Any, order: tuple[int, ...], revoked_on: date, expected: str
) -> None:
    product, certificate_id, code = await certified(world)
    renewal = decided(product, star=4, on=date(2026, 8, 15))
    steps = [
        (issue_certificate, renewal),
        (revoke_certificate, revocation(certificate_id, product, revoked_on)),
        (keep_certificate, filed(product, new_id(), date(2026, 6, 1))),
    ]
    for index in order:
        handler, event = steps[index]
        await received(world, handler, event, date(2026, 8, 15))
    shown = await passport(world, code, date(2026, 8, 15))
    assert shown["star"] == 4
    assert shown["history"][0]["ended_reason"] == expected
    gap = await passport(world, code, date(2026, 7, 15))
    assert gap["status"] == ("revoked" if expected == "revoked" else "valid")


async def test_a_correction_replaces_the_certificate_for_the_rest_of_its_days_or_takes_it_back(world: Any) -> None:
    product = await world.product()
    first = decided(product, on=ISSUED)
    async with RegistryUow.open(world.database) as uow:
        code = (await issue_certificate(uow, first)).product_code
    corrected = DecisionCorrected(
        correction_id=new_id(),
        decision_id=first.decision_id,
        new_decision_id=new_id(),
        dossier_id=first.dossier_id,
        product_id=first.product_id,
        producer_id=first.producer_id,
        star=4,
        decision_number="99/QĐ-UBND",
        decided_by=first.decided_by,
        corrected_on=date(2023, 10, 1),
        public_words="Đính chính hạng sao",
        ruleset=first.ruleset,
        code_pattern=first.code_pattern,
    )
    for _ in range(2):
        await received(world, correct_certificate, corrected, date(2023, 10, 1))
    shown = await passport(world, code, date(2023, 10, 1))
    assert (shown["star"], shown["valid_to"]) == (4, "2026-09-15")
    assert (await passport(world, code, date(2023, 9, 30)))["star"] == 3
    taken = corrected.model_copy(
        update={
            "correction_id": new_id(),
            "decision_id": corrected.new_decision_id,
            "new_decision_id": None,
            "star": None,
            "corrected_on": date(2023, 10, 10),
        }
    )
    await received(world, correct_certificate, taken, date(2023, 10, 10))
    assert [(await passport(world, code, date(2023, 10, day)))["status"] for day in (9, 10)] == ["valid", "revoked"]


@settings(deadline=None)
@given(st.dates(date(2019, 1, 31), date(2030, 12, 31)), st.integers(0, 180), st.integers(-30, 400))
def test_a_kept_star_holds_to_the_later_of_its_printed_and_its_kept_day(issued: date, grace: int, after: int) -> None:
    valid_to = months_after(issued, 36)
    kept = Holding(3, issued, valid_to, kept_to=valid_to + timedelta(days=grace))
    status, _ = status_on([kept], valid_to + timedelta(days=after))
    assert (status is Status.VALID) == (after <= grace)


async def test_the_summary_names_who_issued_a_certificate_and_who_answers_for_it_today(world: Any) -> None:
    _, certificate_id, _ = await certified(world)
    await world.set_clock("2026-06-01")
    danang = await world.official(Role.PROVINCE_SECRETARY, "48", Level.PROVINCE)
    answer = await world.get(f"/certificates/{certificate_id}/summary", danang)
    await world.set_clock("2023-10-20")
    assert answer.status_code == 200, answer.text
    summary = answer.json()
    assert summary["decided_by"] == "Ủy ban nhân dân huyện Thăng Bình"
    assert (summary["province_code"], summary["district_code"]) == ("48", None)
