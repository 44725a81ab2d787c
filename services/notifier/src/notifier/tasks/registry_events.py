"""What registry tells."""

from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks.declared import TASKS
from notifier.use_cases.record_deed import record_deed
from notifier.use_cases.set_duties import set_deadline, set_renewal_duty
from notifier.use_cases.set_figures_duty import set_figures_duty
from shared.contracts.registry import (
    CertificateEnded,
    CertificateIssued,
    DeadlineSet,
    PersonAppointed,
    PlanPublished,
    ProductRegistered,
    UnitReportSubmitted,
)


@TASKS.on(PersonAppointed)
async def on_person_appointed(uow: NotifierUow, event: PersonAppointed) -> None:
    """Who may be told."""
    await uow.appointments.record(event)


@TASKS.on(DeadlineSet)
async def on_deadline_set(uow: NotifierUow, event: DeadlineSet) -> None:
    """A duty of a unit."""
    await set_deadline(uow, event)


@TASKS.on(CertificateIssued)
async def on_certificate_issued(uow: NotifierUow, event: CertificateIssued) -> None:
    """The producer will have to renew it, and to report figures a year after the first."""
    await set_renewal_duty(uow, event)
    await set_figures_duty(uow, event)


@TASKS.on(CertificateEnded)
async def on_certificate_ended(uow: NotifierUow, event: CertificateEnded) -> None:
    """Nothing is left to renew."""
    await record_deed(uow, event, item=event.certificate_id, about=(event.certificate_id,), on=event.ended_on)


@TASKS.on(UnitReportSubmitted)
async def on_unit_report_submitted(uow: NotifierUow, event: UnitReportSubmitted) -> None:
    """A periodic report or review of a unit."""
    await record_deed(
        uow,
        event,
        item=event.report_id,
        about=(event.unit_code,),
        year=event.year,
        period=event.period,
        code=event.code,
    )


@TASKS.on(PlanPublished)
async def on_plan_published(uow: NotifierUow, event: PlanPublished) -> None:
    """The province has its plan of the year."""
    await record_deed(uow, event, item=event.plan_id, about=(event.province_code,), year=event.year)


@TASKS.on(ProductRegistered)
async def on_product_registered(uow: NotifierUow, event: ProductRegistered) -> None:
    """A product of the year, for the commune, district and province it comes from."""
    await record_deed(
        uow,
        event,
        item=f"{event.product_id}:{event.year}",
        about=(event.commune_code, event.district_code, event.province_code),
        year=event.year,
        revision=event.revision,
    )
