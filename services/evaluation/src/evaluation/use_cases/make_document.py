"""Make a document: read, freeze the data, draw, keep. Made again it is a new revision, until one is signed."""

import json
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from evaluation.data.templates import Template, template_for
from evaluation.domain.document_errors import DocumentSigned
from evaluation.domain.document_kinds import DocumentKind
from evaluation.domain.documents import content_hash
from evaluation.integrations.files import FileStore, in_hand
from evaluation.integrations.renderer import Renderer
from evaluation.persistence.tables.documents import DocumentFileRow, DocumentRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.document_sources import SOURCES
from evaluation.use_cases.document_sources.matter import Asked, Matter
from shared.auth.actors import Actor
from shared.db.engine import Database
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Drawn:
    """A document that is drawn and in the store, not yet in the database. `files`: (sha256, size) by format."""

    kind: DocumentKind
    subject_id: UUID
    matter: Matter
    template: Template
    data: dict[str, Any]
    files: dict[str, tuple[str, int]]


async def draw_document(
    database: Database,
    store: FileStore,
    renderer: Renderer,
    actor: Actor,
    kind: DocumentKind,
    subject_id: UUID,
    asked: Asked,
) -> Drawn:
    """Read what the document is made from, draw it and store the files; no transaction is held while drawing.

    Raises what the kind's source raises, DocumentSigned, Unavailable, DrawingFailed.
    """
    async with EvaluationUow.open(database) as uow:
        matter = await SOURCES[kind](uow, actor, subject_id, asked)
        await _refuse_signed(uow, kind, subject_id)
    template = template_for(kind, matter.paper.made_on)
    data: dict[str, Any] = json.loads(json.dumps(asdict(matter.paper), default=str))
    files = {}
    for form, content in (await renderer.draw(template, data)).items():
        received = in_hand(content)
        await store.put(received)
        files[form] = (received.sha256, received.size)
    return Drawn(kind, subject_id, matter, template, data, files)


async def keep_document(uow: EvaluationUow, actor: Actor, drawn: Drawn) -> Row[Any]:
    """Write the document; the one that exists where nothing changed since. Raises DocumentSigned."""
    await uow.documents.hold(drawn.kind, drawn.subject_id)
    await _refuse_signed(uow, drawn.kind, drawn.subject_id)
    data_hash = content_hash(drawn.data)
    before = await uow.documents.latest(drawn.kind, drawn.subject_id)
    if before is not None and (before.data_hash, before.template_hash) == (data_hash, drawn.template.hash):
        return await uow.documents.read(actor, before.id)
    document = DocumentRow(
        id=new_id(),
        kind=drawn.kind.value,
        subject_id=drawn.subject_id,
        revision=1 if before is None else before.revision + 1,
        dossier_id=drawn.matter.dossier_id,
        round_id=drawn.matter.round_id,
        level=drawn.matter.level,
        unit_code=drawn.matter.unit_code,
        template_version=drawn.template.version,
        template_hash=drawn.template.hash,
        data=drawn.data,
        data_hash=data_hash,
        made_by=actor.person_id,
    )
    files = [
        DocumentFileRow(document_id=document.id, format=form, sha256=sha256, size=size)
        for form, (sha256, size) in drawn.files.items()
    ]
    await uow.documents.add(document, files)
    await uow.audit(
        str(actor.person_id), "document.made", "document", document.id, {"kind": drawn.kind, "data": data_hash}
    )
    return await uow.documents.read(actor, document.id)


async def _refuse_signed(uow: EvaluationUow, kind: DocumentKind, subject_id: UUID) -> None:
    signing = await uow.documents.signing(kind, subject_id)
    if signing is not None:
        raise DocumentSigned(
            "Văn bản này đã ký, không lập lại được.",
            "This document is signed; it is not made again.",
            state="signed",
            allowed=["read"],
            document_id=str(signing.document_id),
            number=signing.number,
        )
