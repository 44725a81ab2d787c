"""A whole dossier as one archive, for the level above: papers, signed documents, an index."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from evaluation.domain.access import PERSONAL_FIELDS, sees_personal_data
from evaluation.domain.dossier_archives import (
    FACTS,
    ArchivedDocument,
    archived_papers,
    document_path,
    index_html,
    index_json,
)
from evaluation.domain.file_names import folded
from evaluation.integrations.files import FileStore
from evaluation.integrations.zip_streams import ZipFileEntry, crc32_of
from evaluation.persistence.tables.documents import DocumentRow, DocumentSigningRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.find_rules import rules_of
from shared.auth.actors import Actor
from shared.db.engine import Database


@dataclass(frozen=True, slots=True)
class DossierArchive:
    """The name of an archive and what is in it, index first."""

    name: str
    entries: Sequence[ZipFileEntry]


async def archive_dossier(database: Database, store: FileStore, actor: Actor, dossier_id: UUID) -> DossierArchive:
    """What the person may see of the dossier, as an archive; an official's taking it is put on record.

    No transaction is held while contents are read. Raises NotFound when the dossier is unknown or out of scope, or
    when the store lost a content.
    """
    async with EvaluationUow.open(database) as uow:
        view = await uow.dossiers.visible_to(actor).view(dossier_id)
        _, sheet = await rules_of(uow, view.row, await uow.today())
        signed = await uow.documents.signed_of_dossier(actor, dossier_id)
        papers = archived_papers(view.evidence, sheet)
        sums = await uow.evidence.sums([paper.sha256 for paper in papers])
        if view.row.producer_id not in actor.producers():
            roles = sorted({appointment.role.value for appointment in actor.appointments})
            details = {"roles": roles, "papers": len(papers)}
            await uow.audit(str(actor.person_id), "dossier_archived", "dossier", dossier_id, details)
    documents = [_document(number, *found) for number, found in enumerate(signed, 1)]
    facts = _facts(view.row, actor)
    entries = [
        ZipFileEntry.in_hand("index.html", index_html(facts, sheet, papers, documents)),
        ZipFileEntry.in_hand("index.json", index_json(facts, papers, documents)),
    ]
    files = {paper.path: (paper.size, paper.sha256) for paper in papers}
    files |= {document.path: (document.size, document.sha256) for document in documents}
    for path, (size, sha256) in files.items():
        crc32 = sums.get(sha256)
        if crc32 is None:  # drawn here, or sent before sums were noted
            crc32 = await crc32_of(store, sha256)
        entries.append(ZipFileEntry(path, size, crc32, sha256=sha256))
    name = f"ho-so-{folded(view.row.product_name)}-{view.row.year}-{str(dossier_id)[-12:]}.zip"
    return DossierArchive(name, entries)


def _facts(row: DossierRow, actor: Actor) -> dict[str, Any]:
    """The dossier itself, without the personal fields that the reader's office does not need."""
    hidden = frozenset[str]() if sees_personal_data(actor, row.producer_id) else PERSONAL_FIELDS
    told = {"id": str(row.id), "ruleset": row.ruleset_id, "sheet": row.sheet_id}
    return (
        told
        | {name: getattr(row, name) for name in FACTS if name not in told}
        | {
            "ruleset_hash": row.ruleset_hash,
            "sheet_hash": row.sheet_hash,
            "product_code": row.product_code,
            "registration_form": {name: said for name, said in row.registration_form.items() if name not in hidden},
            "hidden": sorted(hidden),
            "self_score": row.self_score,
        }
    )


def _document(
    number: int, document: DocumentRow, files: Sequence[dict[str, Any]], signing: DocumentSigningRow
) -> ArchivedDocument:
    """The signed file where it came back, else what was drawn."""
    by_format = {file["format"]: file for file in files}
    file = by_format.get("signed") or by_format["pdf"]
    return ArchivedDocument(
        path=document_path(number, document.kind),
        document=document.kind,
        number=signing.number,
        signed_on=signing.signed_on.isoformat(),
        signer=signing.signer,
        size=file["size"],
        sha256=file["sha256"],
    )
