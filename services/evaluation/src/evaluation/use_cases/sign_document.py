"""Record what came back from the e-office: number, day, signer, and the signed file beside the draft."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from evaluation.domain.access import require_producer
from evaluation.domain.document_errors import DocumentSigned, NewerDraft
from evaluation.domain.document_kinds import RULES, DocumentKind
from evaluation.persistence.tables.documents import DocumentFileRow, DocumentRow, DocumentSigningRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.errors import Fault, Forbidden, Invalid, Text


async def sign_document(
    uow: EvaluationUow,
    actor: Actor,
    document_id: UUID,
    number: str | None,
    signed_on: date,
    signer: str,
    file_sha256: str | None,
) -> Row[Any]:
    """Record the signing, once per kind and subject.

    Raises NotFound out of scope, Forbidden for who reads it but does not make it, DocumentSigned, NewerDraft, Invalid
    for the day or a file the caller did not send.
    """
    document: DocumentRow = (await uow.documents.read(actor, document_id))[0]
    await _require_maker(uow, actor, document)
    await uow.documents.hold(document.kind, document.subject_id)
    signing = await uow.documents.signing(document.kind, document.subject_id)
    if signing is not None:
        raise DocumentSigned(
            "Văn bản này đã ghi nhận số và ngày ký.",
            "Number and day of this document are recorded already.",
            state="signed",
            allowed=["read"],
            document_id=str(signing.document_id),
            number=signing.number,
        )
    latest = await uow.documents.latest(document.kind, document.subject_id)
    if latest is not None and latest.id != document.id:
        raise NewerDraft(
            "Đã có dự thảo mới hơn; chỉ ghi nhận ký cho dự thảo mới nhất.",
            "There is a newer draft; only the newest is signed.",
            state="draft",
            allowed=["signing of the newest"],
            document_id=str(latest.id),
        )
    file = await _signed_file(uow, actor, document, signed_on, file_sha256)
    row = DocumentSigningRow(
        document_id=document.id,
        kind=document.kind,
        subject_id=document.subject_id,
        number=number,
        signed_on=signed_on,
        signer=signer,
        recorded_by=actor.person_id,
    )
    await uow.documents.sign(row, file)
    await uow.audit(
        str(actor.person_id),
        "document.signed",
        "document",
        document.id,
        {"number": number, "signed_on": signed_on.isoformat(), "file": file_sha256},
    )
    return await uow.documents.read(actor, document_id)


async def _signed_file(
    uow: EvaluationUow, actor: Actor, document: DocumentRow, signed_on: date, sha256: str | None
) -> DocumentFileRow | None:
    """The signed file as a row, checked together with the day so that both faults are told at once."""
    faults = []
    if signed_on > await uow.today():
        future = Text("ngày ký ở tương lai", "the day of signature is in the future")
        faults.append(Fault("signed_on", "in_the_future", future))
    stored = None if sha256 is None else await uow.documents.sent_by(sha256, actor.person_id)
    if sha256 is not None and (stored is None or stored.kind != "pdf"):
        unknown = Text(
            "bạn chưa gửi tệp PDF có mã này (PUT /document-files/{sha256})",
            "you have not sent a PDF with this hash (PUT /document-files/{sha256})",
        )
        faults.append(Fault("file_sha256", "unknown_file", unknown))
    if faults:
        raise Invalid(faults=faults)
    if stored is None:
        return None
    return DocumentFileRow(document_id=document.id, format="signed", sha256=stored.sha256, size=stored.size)


async def _require_maker(uow: EvaluationUow, actor: Actor, document: DocumentRow) -> None:
    """Raise Forbidden unless the caller made it, acts for its producer, or is a maker at the unit that issues it."""
    makers = RULES[DocumentKind(document.kind)].makers
    if Role.PRODUCER in makers and document.dossier_id is not None:
        dossier = await uow.document_sources.dossier(document.dossier_id)
        require_producer(actor, dossier.producer_id)
        return
    if document.made_by == actor.person_id and actor.has(*makers):
        return
    if document.unit_code is not None and document.unit_code in actor.units(*makers - {Role.COUNCIL_MEMBER}):
        return
    raise Forbidden(
        "Người lập văn bản hoặc đơn vị ban hành ghi nhận việc ký.",
        "Whoever made the document, or the issuing unit, records its signing.",
        needs=sorted(role.value for role in makers),
    )
