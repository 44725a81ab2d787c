"""Explain the growth of a product."""

from uuid import UUID

from commerce.domain.access import figures_to_read
from commerce.domain.growth import Growth, measure_growth
from commerce.domain.growth_rules import growth_rules
from commerce.persistence.figures import GrowthFacts
from commerce.persistence.unit_of_work import CommerceUow
from shared.auth.actors import Actor
from shared.errors import NotFound


async def explain_growth(uow: CommerceUow, actor: Actor, product_id: UUID) -> tuple[GrowthFacts, Growth]:
    """The facts and what they measure, computed now. Raises NotFound for a product out of reach."""
    facts = await uow.figures.growth_facts(product_id, figures_to_read(actor))
    if facts is None:
        raise NotFound()
    return facts, measure_growth(growth_rules(), facts.baseline, facts.recognitions, facts.periods, facts.today)
