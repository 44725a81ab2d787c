"""Report revenue and profit of a product for a period."""

from datetime import date
from uuid import UUID

from commerce.domain.access import figures_to_write
from commerce.domain.periods import whole_months
from commerce.persistence.tables.figures import FiguresRow
from commerce.persistence.unit_of_work import CommerceUow
from commerce.use_cases.tell_growth import tell_growth
from shared.auth.actors import Actor
from shared.errors import Fault, Invalid, NotFound, Text


async def report_figures(
    uow: CommerceUow,
    actor: Actor,
    product_id: UUID,
    *,
    period_from: date,
    period_to: date,
    revenue: int,
    profit: int,
) -> FiguresRow:
    """Record đồng of a period that is over, by the producer or by its district's secretary on its behalf.

    Raises NotFound for a product out of reach, Invalid for the period, AlreadyThere when it overlaps.
    """
    product = await uow.products.within(figures_to_write(actor), product_id)
    if product is None:
        raise NotFound()
    months = check_period(period_from, period_to, today=await uow.today())
    await uow.products.lock(product_id)
    row = FiguresRow(
        product_id=product_id,
        period_from=period_from,
        period_to=period_to,
        months=months,
        revenue=revenue,
        profit=profit,
        reported_by=actor.person_id,
        on_behalf=product.producer_id not in actor.producers(),
    )
    await uow.figures.save(row)
    if row.on_behalf:
        await uow.audit(
            str(actor.person_id), "report_figures_on_behalf", "figures", row.id, {"product_id": str(product_id)}
        )
    await tell_growth(uow, product_id)
    return row


def check_period(period_from: date, period_to: date, *, today: date) -> int:
    """The period's length in whole months. Raises Invalid when it is not that, or not over."""
    months = whole_months(period_from, period_to)
    if months is None:
        text = Text(
            "Kỳ báo cáo phải gồm từ 1 đến 12 tháng trọn vẹn, ví dụ 2023-11-01 đến 2024-10-31",
            "The period is 1 to 12 whole months, such as 2023-11-01 to 2024-10-31",
        )
        raise Invalid(faults=[Fault("period_to", "whole_months", text)])
    if period_to >= today:
        text = Text("Kỳ báo cáo chưa kết thúc", "The period is not over yet")
        raise Invalid(faults=[Fault("period_to", "future", text)])
    return months
