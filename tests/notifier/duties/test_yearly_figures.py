"""The figures a producer owes a year after recognition."""

from typing import Any

from shared.contracts.commerce import GrowthMeasured
from shared.contracts.registry import CertificateIssued


def issued(make: Any, name: str, on: str) -> CertificateIssued:
    return CertificateIssued(
        certificate_id=make.known(name),
        product_id=make.known("product"),
        producer_id=make.known("producer"),
        dossier_id=None,
        product_code=name,
        product_name="Bánh tráng",
        star=3,
        decision_number="1/QĐ-UBND",
        issued_on=on,
        valid_to="2026-06-30",
        commune_code="20000",
        district_code="502",
        province_code="49",
        year=2023,
    )


async def figures(notifier: Any) -> list[tuple[str, str, bool]]:
    rows = await notifier.rows(
        "SELECT due_on::text AS due, state, late FROM obligations WHERE code = 'yearly_figures' ORDER BY due_on"
    )
    return [(row["due"], row["state"], row["late"]) for row in rows]


async def test_the_first_recognition_decides_whatever_comes_first(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-12-01T08:00:00+07:00")
    first, upgrade = issued(make, "first", "2023-07-01"), issued(make, "upgrade", "2023-11-30")
    await notifier.tell(upgrade, first, upgrade)
    await notifier.turn()
    assert await figures(notifier) == [("2024-07-31", "open", False)]


async def test_measured_growth_meets_it_and_late_figures_are_late(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-12-01T08:00:00+07:00")
    await notifier.tell(issued(make, "first", "2023-07-01"))
    await notifier.at("2024-08-02T08:00:00+07:00")
    assert await figures(notifier) == [("2024-07-31", "missed", False)]
    measured = GrowthMeasured(
        figures_id=make.known("figures"),
        product_id=make.known("product"),
        period_from="2023-07-01",
        period_to="2024-06-30",
        revenue=10,
        profit=1,
        revenue_ratio="3/2",
        profit_ratio="1",
        district_code="502",
        province_code="49",
        year=2023,
        revision=1,
    )
    await notifier.tell(measured)
    await notifier.turn()
    assert await figures(notifier) == [("2024-07-31", "met", True)]


async def test_a_register_taken_over_accuses_nobody(notifier: Any, make: Any) -> None:
    await notifier.clock("2025-12-01T08:00:00+07:00")
    await notifier.tell(issued(make, "old", "2023-07-01"))
    await notifier.at("2025-12-01T08:00:00+07:00")
    assert await figures(notifier) == []
