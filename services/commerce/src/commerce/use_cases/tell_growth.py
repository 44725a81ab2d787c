"""Measure a product's growth again and tell it when it changed."""

from typing import Any
from uuid import UUID

from commerce.domain.growth import Growth, measure_growth
from commerce.domain.growth_rules import growth_rules
from commerce.persistence.figures import GrowthFacts
from commerce.persistence.tables.figures import GrowthMeasurementRow
from commerce.persistence.unit_of_work import CommerceUow
from shared.contracts.commerce import GrowthMeasured

CONTENT = ("figures_id", "period_from", "period_to", "revenue", "profit", "revenue_ratio", "profit_ratio", "year")


async def tell_growth(uow: CommerceUow, product_id: UUID) -> None:
    """Called whenever a fact of the product changes, in any order: figures, certificates, baseline.

    Each telling raises the product's revision by one; nothing is told when nothing changed. Figures that no longer
    measure growth (an earlier recognition came to light, their period was corrected) are told once more with neither
    ratio.
    """
    await uow.products.lock(product_id)
    facts = await uow.figures.growth_facts(product_id)
    if facts is None:
        return
    growth = measure_growth(growth_rules(), facts.baseline, facts.recognitions, facts.periods, facts.today)
    content = _content(growth)
    told = await uow.figures.told_growth(product_id)
    if told is None:
        if content is not None:
            await _tell(uow, facts, GrowthMeasurementRow(product_id=product_id, withdrawn=False, revision=1, **content))
        return
    if not told.withdrawn and (content is None or content["figures_id"] != told.figures_id):
        told.revenue_ratio = told.profit_ratio = None
        told.withdrawn = True
        told.revision += 1
        await _tell(uow, facts, told)
    if content is not None and (told.withdrawn or content != {name: getattr(told, name) for name in CONTENT}):
        for name, value in content.items():
            setattr(told, name, value)
        told.withdrawn = False
        told.revision += 1
        await _tell(uow, facts, told)


def _content(growth: Growth) -> dict[str, Any] | None:
    if growth.figures is None or growth.recognition is None:
        return None
    return {
        "figures_id": growth.figures.figures_id,
        "period_from": growth.figures.period_from,
        "period_to": growth.figures.period_to,
        "revenue": growth.figures.revenue,
        "profit": growth.figures.profit,
        "revenue_ratio": None if growth.revenue_ratio is None else str(growth.revenue_ratio),
        "profit_ratio": None if growth.profit_ratio is None else str(growth.profit_ratio),
        "year": growth.recognition.year,
    }


async def _tell(uow: CommerceUow, facts: GrowthFacts, row: GrowthMeasurementRow) -> None:
    await uow.figures.save_growth(row)
    uow.publish(
        GrowthMeasured(
            **{name: getattr(row, name) for name in CONTENT},
            product_id=row.product_id,
            district_code=facts.product.district_code,
            province_code=facts.product.province_code,
            revision=row.revision,
        )
    )
