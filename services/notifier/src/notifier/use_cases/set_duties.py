"""Duties, from the events that cause them."""

from datetime import date, datetime
from functools import cache

from notifier.data import read_json
from notifier.domain.duties import Act, Duty, DutyKind, read_duty_kinds
from notifier.domain.renewals import RenewalRule, read_renewal_rules, renewal_window
from notifier.persistence.unit_of_work import NotifierUow
from shared.clock import end_of, legal_date
from shared.contracts.evaluation import DossierFiled, DossierReturned, ReportDue, ScoringOpened
from shared.contracts.registry import CertificateIssued, DeadlineSet
from shared.contracts.roles import Level


@cache
def duty_kinds() -> dict[str, DutyKind]:
    """The shipped kinds of duty by code."""
    return read_duty_kinds(read_json("duties.json"))


@cache
def renewal_rules() -> tuple[RenewalRule, ...]:
    """The shipped renewal rules."""
    return read_renewal_rules(read_json("renewal-rules.json"))


async def set_deadline(uow: NotifierUow, event: DeadlineSet) -> None:
    """A deadline of the plan is a duty of the unit it names; a higher revision moves it."""
    duty = Duty(
        source_kind="deadline",
        source_id=f"{event.deadline_id}:{event.unit_code}:{event.period}",
        revision=event.revision,
        deadline_key=f"{event.plan_id}:{event.code}:{event.period}",
        code=event.code,
        title=event.title,
        source=event.source,
        year=event.year,
        period=event.period,
        unit_code=event.unit_code,
        unit_name=event.unit_name,
        level=event.level,
        responsible=event.responsible,
        superior=event.superior,
        superior_unit_code=event.superior_unit_code,
        due_on=event.due_on,
        about=event.unit_code,
        fulfilled_by=(event.fulfilled_by,),
        allowed_acts=(Act.WAIVE, Act.MOVE),
    )
    await uow.obligations.set([duty])


async def set_report_duty(uow: NotifierUow, event: ReportDue) -> None:
    """A commune owes its report on a dossier, or its return; asked anew after a return, it counts anew."""
    kind = duty_kinds()["commune_report"]
    title, title_en = kind.titles(product=event.product_name)
    duty = Duty(
        source_kind="report",
        source_id=str(event.dossier_id),
        revision=revision_at(uow.caused_at),
        deadline_key=f"{kind.code}:{event.year}",
        code=kind.code,
        title=title,
        title_en=title_en,
        source=event.source,
        year=event.year,
        period=str(event.year),
        unit_code=event.commune_code,
        unit_name=event.commune_name,
        level=Level.COMMUNE,
        responsible=kind.responsible,
        superior=kind.superiors.get(event.superior_level),
        superior_unit_code=event.superior_unit_code,
        due_on=event.due_on,
        about=str(event.dossier_id),
        fulfilled_by=kind.fulfilled_by,
        allowed_acts=kind.officials_may,
        counts_from=uow.caused_at,
        waived_by=kind.waived_by,
        waived_about=str(event.dossier_id),
    )
    await uow.obligations.set([duty])


async def set_scoring_duties(uow: NotifierUow, event: ScoringOpened) -> None:
    """Each member of the council owes a sheet for each dossier; the closing of the round ends what is left."""
    kind = duty_kinds()["score_sheets"]
    title, title_en = kind.titles(dossiers=event.dossiers)
    duties = [
        Duty(
            source_kind="scoring",
            source_id=f"{event.round_id}:{member}",
            revision=revision_at(uow.caused_at),
            deadline_key=f"{kind.code}:{event.round_id}",
            code=kind.code,
            title=title,
            title_en=title_en,
            source=kind.source,
            year=event.year,
            period=str(event.year),
            unit_code=event.unit_code,
            unit_name=event.unit_name,
            level=event.level,
            responsible=kind.responsible,
            superior=kind.superiors.get(event.level),
            superior_unit_code=event.unit_code,
            person_id=member,
            due_on=event.due_on,
            about=str(event.round_id),
            fulfilled_by=kind.fulfilled_by,
            allowed_acts=kind.officials_may,
            waived_by=kind.waived_by,
            waived_about=str(event.round_id),
            total=max(event.dossiers, 1),
        )
        for member in event.member_ids
    ]
    await uow.obligations.set(duties)


async def set_renewal_duty(uow: NotifierUow, event: CertificateIssued) -> None:
    """A certificate ends: its producer files the renewal in the window of the rule (data/renewal-rules.json)."""
    kind = duty_kinds()["certificate_renewal"]
    window = renewal_window(renewal_rules(), event.valid_to)
    title, title_en = kind.titles(
        product=event.product_name, code=event.product_code, valid_to=f"{event.valid_to:%d/%m/%Y}"
    )
    duty = Duty(
        source_kind="certificate",
        source_id=str(event.certificate_id),
        revision=0,
        deadline_key=f"{kind.code}:{event.certificate_id}",
        code=kind.code,
        title=title,
        title_en=title_en,
        source=window.source,
        year=window.due_on.year,
        period=str(window.due_on.year),
        unit_code=event.commune_code,
        unit_name=None,
        level=Level.COMMUNE,
        responsible=kind.responsible,
        superior=kind.superiors.get(Level.COMMUNE),
        superior_unit_code=event.commune_code,
        producer_id=event.producer_id,
        opens_on=window.opens_on,
        due_on=window.due_on,
        about=str(event.product_id),
        fulfilled_by=kind.fulfilled_by,
        allowed_acts=kind.officials_may,
        counts_from=_after(event.issued_on),
        waived_by=kind.waived_by,
        waived_about=str(event.certificate_id),
        unit_on=event.issued_on,
    )
    await uow.obligations.set([duty])


async def set_repair_duty(uow: NotifierUow, event: DossierReturned) -> None:
    """A returned dossier waits for its producer by the day the officials set; without one it is only listed.

    Its units are those of its last filing, however long it lay at a council while communes merged.
    """
    kind = duty_kinds()["dossier_repair"]
    title, title_en = kind.titles(product=event.product_name)
    returned_at = uow.caused_at or await uow.now()
    returned_on = legal_date(returned_at)
    filed_at = await uow.fulfilments.last_time(DossierFiled.type, str(event.dossier_id), returned_at)
    duty = Duty(
        source_kind="return",
        source_id=str(event.dossier_id),
        revision=revision_at(uow.caused_at),
        deadline_key=f"{kind.code}:{event.dossier_id}",
        code=kind.code,
        title=title,
        title_en=title_en,
        source=kind.source.format(reasons=event.reasons),
        year=returned_on.year,
        period=str(returned_on.year),
        unit_code=event.commune_code,
        unit_name=None,
        level=Level.COMMUNE,
        responsible=kind.responsible,
        superior=kind.superiors.get(Level.COMMUNE),
        superior_unit_code=event.commune_code,
        producer_id=event.producer_id,
        due_on=event.due_on,
        about=str(event.dossier_id),
        fulfilled_by=kind.fulfilled_by,
        allowed_acts=kind.officials_may,
        counts_from=uow.caused_at,
        waived_by=kind.waived_by,
        waived_about=str(event.dossier_id),
        unit_on=legal_date(filed_at or returned_at),
    )
    await uow.obligations.set([duty])


def revision_at(caused_at: datetime | None) -> int:
    """A revision for events that carry none: the instant they happened, in microseconds."""
    return int(caused_at.timestamp() * 1_000_000) if caused_at else 0


def _after(day: date) -> datetime:
    """Only what is filed after the certificate was issued renews it; its own dossier came before."""
    return end_of(day)
