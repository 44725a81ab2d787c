"""Correct reported figures."""

from datetime import date
from uuid import UUID

from commerce.domain.access import figures_to_write
from commerce.persistence.tables.figures import FiguresRow
from commerce.persistence.unit_of_work import CommerceUow
from commerce.use_cases.report_figures import check_period
from commerce.use_cases.tell_growth import tell_growth
from shared.auth.actors import Actor
from shared.http.etags import check_version

FIELDS = ("period_from", "period_to", "revenue", "profit")


async def correct_figures(
    uow: CommerceUow,
    actor: Actor,
    figures_id: UUID,
    expected: int,
    *,
    period_from: date | None,
    period_to: date | None,
    revenue: int | None,
    profit: int | None,
    reason: str,
) -> FiguresRow:
    """Change what is given; the audit keeps both states and the reason, and growth is measured again.

    Raises NotFound out of reach, Stale for an older version, and what `report_figures` raises about the period.
    """
    row = await uow.figures.take(figures_to_write(actor), figures_id)
    check_version(expected, row.version)
    await uow.products.lock(row.product_id)
    before = _state(row)
    wanted = {"period_from": period_from, "period_to": period_to, "revenue": revenue, "profit": profit}
    for name, value in wanted.items():
        if value is not None:
            setattr(row, name, value)
    row.months = check_period(row.period_from, row.period_to, today=await uow.today())
    await uow.figures.save(row)
    after = _state(row)
    await uow.audit(
        str(actor.person_id),
        "correct_figures",
        "figures",
        row.id,
        {"before": before, "after": after, "reason": reason},
    )
    await tell_growth(uow, row.product_id)
    return row


def _state(row: FiguresRow) -> dict[str, str]:
    return {name: str(getattr(row, name)) for name in FIELDS}
