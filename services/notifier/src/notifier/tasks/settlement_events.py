"""What evaluation tells of the time after a result."""

from notifier.persistence.unit_of_work import NotifierUow
from notifier.tasks.declared import TASKS
from notifier.use_cases.record_deed import record_deed
from notifier.use_cases.set_clock_duties import set_clock_duty
from shared.contracts.settlements import (
    DecisionCorrected,
    DossierReopened,
    ObjectionAnswered,
    ObjectionFiled,
    ObjectionReceived,
    RenewalDecisionDue,
    ResultPublished,
    RevocationDecided,
    RevocationProposed,
)


@TASKS.on(ResultPublished)
async def on_result_published(uow: NotifierUow, event: ResultPublished) -> None:
    """A unit published the list of a round."""
    about = (event.round_id, event.unit_code)
    await record_deed(uow, event, item=event.publication_id, about=about, on=event.published_on, year=event.year)


@TASKS.on(RenewalDecisionDue)
async def on_renewal_decision_due(uow: NotifierUow, event: RenewalDecisionDue) -> None:
    """The whole re-evaluation has its day; a dossier that its producer takes back leaves nothing to evaluate."""
    about = event.dossier_id
    await set_clock_duty(uow, event, "renewal_decision", about=about, unit_name=event.unit_name, waived_about=about)


@TASKS.on(ObjectionFiled)
async def on_objection_filed(uow: NotifierUow, event: ObjectionFiled) -> None:
    """A producer objects."""
    await record_deed(uow, event, item=event.objection_id, about=(event.dossier_id,), on=event.filed_on)


@TASKS.on(ObjectionReceived)
async def on_objection_received(uow: NotifierUow, event: ObjectionReceived) -> None:
    """Its answer is owed."""
    await set_clock_duty(uow, event, "objection_answer", about=event.objection_id, unit_name=None)


@TASKS.on(ObjectionAnswered)
async def on_objection_answered(uow: NotifierUow, event: ObjectionAnswered) -> None:
    """The answer was given."""
    about = (event.objection_id, event.dossier_id)
    await record_deed(uow, event, item=event.objection_id, about=about, on=event.answered_on)


@TASKS.on(DossierReopened)
async def on_dossier_reopened(uow: NotifierUow, event: DossierReopened) -> None:
    """A dossier is evaluated again."""
    await record_deed(uow, event, item=f"{event.dossier_id}:{event.attempt}", about=(event.dossier_id,))


@TASKS.on(DecisionCorrected)
async def on_decision_corrected(uow: NotifierUow, event: DecisionCorrected) -> None:
    """A decision was corrected."""
    await record_deed(uow, event, item=event.correction_id, about=(event.dossier_id,), on=event.corrected_on)


@TASKS.on(RevocationProposed)
async def on_revocation_proposed(uow: NotifierUow, event: RevocationProposed) -> None:
    """The body that revokes owes its decision; a certificate that ends meanwhile leaves nothing to revoke."""
    await set_clock_duty(
        uow,
        event,
        "revocation_decision",
        about=event.revocation_id,
        unit_name=event.unit_name,
        waived_about=event.certificate_id,
    )


@TASKS.on(RevocationDecided)
async def on_revocation_decided(uow: NotifierUow, event: RevocationDecided) -> None:
    """The proposal was decided."""
    about = (event.revocation_id, event.certificate_id)
    await record_deed(uow, event, item=event.revocation_id, about=about, on=event.decided_on)
