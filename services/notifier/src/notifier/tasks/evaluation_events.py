"""What evaluation tells."""

from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks.declared import TASKS
from notifier.use_cases.record_deed import record_deed
from notifier.use_cases.set_duties import set_repair_duty, set_report_duty, set_scoring_duties
from notifier.use_cases.set_round_duties import set_round_duties
from shared.contracts.evaluation import (
    AdvisoryReportSent,
    CommuneReportSent,
    DossierFiled,
    DossierForwarded,
    DossierLeftRound,
    DossierReturned,
    DossierWithdrawn,
    MemberRecused,
    Outcome,
    ReportDue,
    ResultReleased,
    RoundFinished,
    RoundScheduled,
    ScoringOpened,
    SheetSubmitted,
    StarDecided,
)

_GOES_ON: frozenset[Outcome] = frozenset({"forwarded", "evaluated_again"})
"""Outcomes at a level after which the dossier is evaluated further: a re-evaluation of 45 days is not over."""


@TASKS.on(DossierFiled)
async def on_dossier_filed(uow: NotifierUow, event: DossierFiled) -> None:
    """Meets a repair, a renewal, or a unit's duty to send dossiers; filed again after a return, it counts again."""
    await record_deed(
        uow,
        event,
        item=event.dossier_id,
        about=(event.dossier_id, event.product_id, event.commune_code, event.district_code, event.province_code),
        on=event.filed_on,
        repeats=True,
    )


@TASKS.on(DossierReturned)
async def on_dossier_returned(uow: NotifierUow, event: DossierReturned) -> None:
    """The officials have done their part; the producer has to repair."""
    await record_deed(uow, event, item=event.dossier_id, about=(event.dossier_id,), repeats=True)
    await set_repair_duty(uow, event)


@TASKS.on(DossierWithdrawn)
async def on_dossier_withdrawn(uow: NotifierUow, event: DossierWithdrawn) -> None:
    """What the commune or the producer still owed on the dossier lapses."""
    await record_deed(uow, event, item=event.dossier_id, about=(event.dossier_id,), on=event.withdrawn_on)


@TASKS.on(ReportDue)
async def on_report_due(uow: NotifierUow, event: ReportDue) -> None:
    """A duty of the commune."""
    await set_report_duty(uow, event)


@TASKS.on(CommuneReportSent)
async def on_commune_report_sent(uow: NotifierUow, event: CommuneReportSent) -> None:
    """The commune has reported."""
    about = (event.dossier_id, event.commune_code)
    await record_deed(uow, event, item=event.dossier_id, about=about, repeats=True)


@TASKS.on(ScoringOpened)
async def on_scoring_opened(uow: NotifierUow, event: ScoringOpened) -> None:
    """A duty of each member."""
    await set_scoring_duties(uow, event)


@TASKS.on(SheetSubmitted)
async def on_sheet_submitted(uow: NotifierUow, event: SheetSubmitted) -> None:
    """One more sheet of a member."""
    await record_deed(
        uow,
        event,
        item=f"{event.dossier_id}:{event.member_id}",
        about=(event.round_id,),
        person_id=event.member_id,
        at=event.submitted_at,
    )


@TASKS.on(MemberRecused)
async def on_member_recused(uow: NotifierUow, event: MemberRecused) -> None:
    """One sheet less that a member owes; with one he handed in before, it counts once."""
    await record_deed(
        uow,
        event,
        item=f"{event.dossier_id}:{event.member_id}",
        about=(event.round_id,),
        person_id=event.member_id,
    )


@TASKS.on(DossierLeftRound)
async def on_dossier_left_round(uow: NotifierUow, event: DossierLeftRound) -> None:
    """One dossier less for every member and for the heads of the advisory team."""
    for member_id in event.member_ids:
        item = f"{event.dossier_id}:{member_id}"
        await record_deed(uow, event, item=item, about=(event.round_id,), person_id=member_id)
    for head_id in event.adviser_ids:
        item = f"{event.dossier_id}:advice:{head_id}"
        await record_deed(uow, event, item=item, about=(event.round_id,), person_id=head_id)


@TASKS.on(RoundScheduled)
async def on_round_scheduled(uow: NotifierUow, event: RoundScheduled) -> None:
    """A meeting to attend, reports to make."""
    await set_round_duties(uow, event)


@TASKS.on(AdvisoryReportSent)
async def on_advisory_report_sent(uow: NotifierUow, event: AdvisoryReportSent) -> None:
    """One report that the heads of the team no longer owe."""
    for head_id in event.head_ids:
        item = f"{event.dossier_id}:advice:{head_id}"
        await record_deed(uow, event, item=item, about=(event.round_id,), person_id=head_id)


@TASKS.on(DossierForwarded)
async def on_dossier_forwarded(uow: NotifierUow, event: DossierForwarded) -> None:
    """A unit sent a dossier up."""
    await record_deed(
        uow,
        event,
        item=f"{event.dossier_id}:{event.from_level}",
        about=(event.dossier_id, event.district_code, event.province_code),
        year=event.year,
    )


@TASKS.on(StarDecided)
async def on_star_decided(uow: NotifierUow, event: StarDecided) -> None:
    """A decision was signed."""
    await record_deed(
        uow,
        event,
        item=event.decision_id,
        about=(event.dossier_id, event.commune_code, event.district_code, event.province_code),
        on=event.decided_on,
        year=event.year,
    )


@TASKS.on(ResultReleased)
async def on_result_released(uow: NotifierUow, event: ResultReleased) -> None:
    """A result is known to its producer; one that goes up or is evaluated again is not yet the dossier's own."""
    ended = None if event.outcome in _GOES_ON else event.dossier_id
    await record_deed(
        uow,
        event,
        item=f"{event.dossier_id}:{event.level}",
        about=(ended, event.commune_code, event.district_code, event.province_code),
        year=event.year,
    )


@TASKS.on(RoundFinished)
async def on_round_finished(uow: NotifierUow, event: RoundFinished) -> None:
    """A unit finished its evaluation of the year; what its members still owed the round lapses."""
    await record_deed(
        uow,
        event,
        item=event.round_id,
        about=(event.unit_code, event.round_id),
        on=event.finished_on,
        year=event.year,
    )
