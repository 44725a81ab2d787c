"""What becomes of formal notices: handed over, signed, registered by the receiver, or refused."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from notifier.domain.deliveries import Letter
from notifier.domain.formal_documents import NOTICE_STATES, Said, Stage, later, same_text
from notifier.persistence.formal_documents import office_rules
from notifier.persistence.tables.formal_documents import EofficeOrganisation, FormalDocument
from notifier.persistence.unit_of_work import NotifierUow
from shared.auth.actors import Actor
from shared.errors import Fault, Invalid, Text
from shared.http.etags import check_version

FUTURE = timedelta(minutes=10)
"""Clocks of others may be ahead of ours by so much."""


async def record_handed(uow: NotifierUow, letter: Letter, reference: str | None) -> None:
    """The e-office has the draft. The notice counts as told only once the e-office says so."""
    document_id = await uow.deliveries.record_handed(letter, reference)
    document = await uow.formal_documents.find(document_id) if document_id else None
    if document is None:
        return
    if document.stage == "drafted":
        document.stage, document.handed_at, document.eoffice_document = "handed", await uow.now(), reference
    await _follow(uow, document)


async def take_statuses(uow: NotifierUow, said: Sequence[tuple[UUID, Said]]) -> int:
    """What the e-office says, in any order and however often; returns how many speak of documents of ours.

    Raises Invalid for a status that the data does not know: nobody may guess what it means.
    """
    known = 0
    for reference, one in sorted(said, key=lambda pair: (pair[0], pair[1].at)):
        document = await uow.formal_documents.find(reference)
        if document is not None:
            await _apply(uow, document, one, "eoffice")
            known += 1
    return known


async def note_by_hand(uow: NotifierUow, actor: Actor, document_id: UUID, said: Said) -> FormalDocument:
    """What a person read in the e-office, where it tells us nothing by itself. Raises NotFound, Invalid."""
    document = await uow.formal_documents.get(document_id)
    await _apply(uow, document, said, "person")
    details = {"status": said.code, "number": said.number, "note": said.note}
    await uow.audit(str(actor.person_id), "note_status", "formal_document", document_id, details)
    await uow.session.flush()
    return document


async def keep_organisation(
    uow: NotifierUow, actor: Actor, unit_code: str, expected: int, *, organisation: str, name: str
) -> EofficeOrganisation:
    """Where documents for a unit go. Raises Stale."""
    row = await uow.formal_documents.organisation(unit_code)
    check_version(expected, row.version if row else 0)
    row = row or EofficeOrganisation(unit_code=unit_code, version=0)
    row.organisation, row.name, row.version = organisation, name, row.version + 1
    row.updated_at = await uow.now()
    await uow.formal_documents.keep_organisation(row)
    subject = uuid5(NAMESPACE_URL, f"ocop:notifier:eoffice:{unit_code}")
    details = {"unit_code": unit_code, "organisation": organisation}
    await uow.audit(str(actor.person_id), "keep", "eoffice_organisation", subject, details)
    return row


async def _apply(uow: NotifierUow, document: FormalDocument, said: Said, source: str) -> None:
    status = office_rules().statuses.get(said.code)
    if status is None:
        vi, en = f"Không biết trạng thái {said.code}", f"Unknown status {said.code}"
        raise Invalid(faults=[Fault("status", "unknown", Text(vi, en))])
    if said.at > await uow.webhooks.now() + FUTURE:
        raise Invalid(faults=[Fault("at", "future", Text("Thời điểm ở tương lai", "This instant has not come yet"))])
    await uow.formal_documents.note(document.id, said, status.stage, source)
    for name in ("eoffice_document", "number", "issued_on", "signer"):
        setattr(document, name, getattr(said, name) or getattr(document, name))
    if said.signed_text:
        document.signed_text = said.signed_text
        document.differs = not same_text(document.draft, said.signed_text)
    stage: Stage = document.stage  # type: ignore[assignment]  # the column's check allows only stages
    if later(stage, status.stage) != stage:
        document.stage, document.status_code = later(stage, status.stage), said.code
    await _follow(uow, document)


async def _follow(uow: NotifierUow, document: FormalDocument) -> None:
    stage: Stage = document.stage  # type: ignore[assignment]  # the column's check allows only stages
    if stage in NOTICE_STATES:
        await uow.formal_documents.move_notices(document.id, stage, NOTICE_STATES[stage])
