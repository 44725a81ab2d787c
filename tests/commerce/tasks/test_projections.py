"""Events of registry, in any order and any number of times, lead to the same rows and the same growth."""

import asyncio
import itertools
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.commerce.world import World, ended, figures_draft, issued, producer_of, registered

from commerce.tasks import TASKS
from shared.contracts.base import Event
from shared.contracts.registry import CertificateEnded, CertificateIssued, ProductRegistered
from shared.ids import new_id
from shared.tasks.receiving import receive


def events_of_a_life() -> list[Event]:
    """A product registered for two years, recognised, upgraded, and the upgrade revoked."""
    product = registered()
    again = product.model_copy(update={"year": 2024, "product_name": "Nước mắm Cửa Khe 40N", "revision": 2})
    first = issued(product)
    second = issued(product, star=4, issued_on=date(2024, 5, 1), valid_to=date(2027, 4, 30), product_code="X-2024")
    return [product, again, first, second, ended(first, "2024-05-01", "replaced"), ended(second, "2024-09-01")]


async def rows_of(world: World, product_id: UUID) -> list[Any]:
    reads = world.database.reads
    products = await reads.fetch(
        "SELECT product_name, year, revision FROM product_projection WHERE product_id = $1", product_id
    )
    certificates = await reads.fetch(
        "SELECT product_code, star, issued_on, valid_to, ended_on, end_reason FROM certificate_projection"
        " WHERE product_id = $1 ORDER BY issued_on",
        product_id,
    )
    return [tuple(row) for row in (*products, *certificates)]


def with_product(event: Event, product_id: UUID, certificates: dict[UUID, UUID]) -> Event:
    """The same event about another product, so that each order is tried on fresh rows."""
    changes: dict[str, Any] = {"product_id": product_id}
    if isinstance(event, CertificateIssued | CertificateEnded):
        changes["certificate_id"] = certificates.setdefault(event.certificate_id, new_id())
    return event.model_copy(update=changes)


async def test_every_order_of_a_products_events_ends_in_the_same_rows(world: World) -> None:
    life = events_of_a_life()
    outcomes = set()
    for order in itertools.islice(itertools.permutations(life), 0, None, 37):
        product_id, certificates = new_id(), dict[UUID, UUID]()
        await world.tell(*(with_product(event, product_id, certificates) for event in order))
        outcomes.add(str(await rows_of(world, product_id)).replace(f"-{str(product_id)[-4:]}", "-same"))
    assert len(outcomes) == 1
    assert "Cửa Khe 40N', 2024, 2" in outcomes.pop()


async def test_the_same_delivery_five_times_has_its_effect_once(world: World) -> None:
    product = registered()
    batch = [
        {"id": str(new_id()), "type": e.type, "payload": e.model_dump(mode="json")} for e in (product, issued(product))
    ]
    for _ in range(5):
        assert (await receive(TASKS, world.context, "registry", batch))[1] == []
    assert len(await rows_of(world, product.product_id)) == 2


async def test_an_older_revision_that_comes_late_changes_nothing(world: World) -> None:
    product = registered(revision=3, baseline_revenue=5)
    await world.tell(product, product.model_copy(update={"revision": 2, "baseline_revenue": 9}))
    stored = await world.database.reads.fetchval(
        "SELECT baseline_revenue FROM product_projection WHERE product_id = $1", product.product_id
    )
    assert stored == 5


@pytest.mark.parametrize("order", list(itertools.permutations(["expired", "revoked", "replaced"])))
async def test_of_several_ends_the_earliest_counts_and_an_expiry_is_weakest(
    world: World, order: tuple[str, ...]
) -> None:
    product = registered()
    certificate = issued(product)
    days = {"expired": "2024-01-01", "revoked": "2024-06-01", "replaced": "2024-07-01"}
    await world.tell(product, certificate, *(ended(certificate, days[reason], reason) for reason in order))
    stored = await world.database.reads.fetchrow(
        "SELECT ended_on, end_reason FROM certificate_projection WHERE certificate_id = $1", certificate.certificate_id
    )
    assert stored is not None
    assert tuple(stored) == (date(2024, 6, 1), "revoked")


async def growth_of(world: World, product: ProductRegistered) -> list[tuple[Any, ...]]:
    return [
        (e["revision"], e["figures_id"], e["revenue_ratio"], e["year"])
        for e in await world.told("commerce.growth_measured")
        if e["product_id"] == str(product.product_id)
    ]


async def test_a_certificate_that_comes_after_the_figures_lets_growth_be_told(world: World) -> None:
    product = registered()
    await world.tell(product)
    figures = (await world.post("/figures", figures_draft(product.product_id), producer_of(product))).json()
    assert await growth_of(world, product) == []
    await world.tell(issued(product))
    assert await growth_of(world, product) == [(1, figures["id"], "17/10", 2023)]


async def test_a_corrected_baseline_tells_growth_again(world: World) -> None:
    product = registered()
    await world.tell(product, issued(product))
    figures = (await world.post("/figures", figures_draft(product.product_id), producer_of(product))).json()
    await world.tell(product.model_copy(update={"revision": 2, "baseline_revenue": 850_000_000}))
    await world.tell(product.model_copy(update={"revision": 3, "baseline_revenue": 850_000_000}))
    assert await growth_of(world, product) == [(1, figures["id"], "17/10", 2023), (2, figures["id"], "2", 2023)]


async def test_an_earlier_recognition_that_comes_to_light_withdraws_growth_measured_after_the_later_one(
    world: World,
) -> None:
    product = registered()
    await world.tell(product, issued(product))
    late = (await world.post("/figures", figures_draft(product.product_id), producer_of(product))).json()
    await world.tell(issued(product, issued_on=date(2020, 12, 1), valid_to=date(2023, 11, 30), year=2020))
    early = figures_draft(product.product_id, period_from="2021-01-01", period_to="2021-12-31", revenue=10**9)
    right = (await world.post("/figures", early, producer_of(product))).json()
    assert await growth_of(world, product) == [
        (1, late["id"], "17/10", 2023),
        (2, late["id"], None, 2023),
        (3, right["id"], "1", 2020),
    ]


async def test_two_workers_that_receive_certificate_and_product_at_once_do_not_lose_growth(world: World) -> None:
    for _ in range(10):
        product = registered()
        await world.tell(product)
        await world.post("/figures", figures_draft(product.product_id), producer_of(product))
        newer = product.model_copy(update={"revision": 2, "baseline_revenue": 850_000_000})
        await asyncio.gather(world.tell(issued(product)), world.tell(newer))
        assert (await growth_of(world, product))[-1][2] == "2"
