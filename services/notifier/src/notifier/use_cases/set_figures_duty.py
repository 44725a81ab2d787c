"""The figures a producer owes a year after a product was first recognised."""

from notifier.domain.clocks import WorkingDays
from notifier.domain.duties import Duty
from notifier.persistence.unit_of_work import NotifierUow
from notifier.use_cases.set_duties import duty_kinds
from shared.clock import legal_date
from shared.contracts.registry import CertificateIssued
from shared.contracts.roles import Level


async def set_figures_duty(uow: NotifierUow, event: CertificateIssued) -> None:
    """Growth is measured once, after the first recognition: the earliest certificate told decides, in any order.

    A certificate entered after its figures were due (a register taken over) makes no duty: nobody could have met it.
    """
    kind = duty_kinds()["yearly_figures"]
    title, title_en = kind.titles(product=event.product_name)
    due_on = event.issued_on
    for step in kind.due:
        due_on = step.taken(due_on, WorkingDays(frozenset()))
    if due_on < legal_date(uow.caused_at or await uow.now()):
        return
    level = Level.DISTRICT if event.district_code else Level.COMMUNE
    duty = Duty(
        source_kind="figures",
        source_id=str(event.product_id),
        revision=-event.issued_on.toordinal(),
        deadline_key=f"{kind.code}:{event.product_id}",
        code=kind.code,
        title=title,
        title_en=title_en,
        source=kind.source,
        year=due_on.year,
        period=str(due_on.year),
        unit_code=event.commune_code,
        unit_name=None,
        level=Level.COMMUNE,
        responsible=kind.responsible,
        superior=kind.superiors.get(level),
        superior_unit_code=event.district_code or event.commune_code,
        producer_id=event.producer_id,
        due_on=due_on,
        about=str(event.product_id),
        fulfilled_by=kind.fulfilled_by,
        allowed_acts=kind.officials_may,
        unit_on=event.issued_on,
    )
    await uow.obligations.set([duty])
