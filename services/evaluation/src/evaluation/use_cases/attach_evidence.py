"""Evidence: store a content, and say which criteria of a dossier it supports."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from evaluation.domain.documents import Faults
from evaluation.domain.errors import TooManyPapers, invalid
from evaluation.domain.faults import ScoreError
from evaluation.domain.sheets import Sheet
from evaluation.integrations.files import FileStore, Received
from evaluation.persistence.dossiers import DossierView
from evaluation.persistence.tables.evidence import EvidenceRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.edit_dossier import changed, editable
from evaluation.use_cases.find_rules import rules_of
from evaluation.use_cases.keep_content import look_at, note_content
from shared.auth.actors import Actor
from shared.db.engine import Database
from shared.errors import Fault, Invalid, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperWords:
    """What is said of a paper."""

    name: str
    criteria: Sequence[str]
    issuer: str | None = None
    number: str | None = None
    issued_on: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(PaperWords):
    """A stored content, and what is said of it when it is attached."""

    file_sha256: str


async def store_file(
    database: Database, store: FileStore, actor: Actor, sha256: str, received: Received
) -> tuple[str, bool]:
    """Check a content and keep it; its kind, and whether it is new here. Sending it again changes nothing.

    The database is asked only when all bytes are here and kept: a slow sender holds no transaction. Raises Invalid
    when the content has another hash, FileRefused for a kind that is not taken.
    """
    if received.sha256 != sha256:
        text = Text(
            "Nội dung không khớp mã SHA-256 trong địa chỉ: tệp bị hỏng khi gửi, hãy gửi lại.",
            "The content does not match the SHA-256 of the address: it was damaged on the way, send it again.",
        )
        raise Invalid(text.vi, text.en, faults=[Fault("sha256", "hash_mismatch", text)], received=received.sha256)
    kind = await look_at(received)
    await store.put(received)
    async with EvaluationUow.open(database) as uow:
        return kind, await note_content(uow, store, received, kind, actor.person_id)


async def attach_evidence(
    uow: EvaluationUow, actor: Actor, dossier_id: UUID, paper: Paper, most_papers: int
) -> DossierView:
    """Attach a stored content to criteria of the dossier's sheet.

    Raises Invalid for an unknown file or criterion, TooManyPapers beyond `most_papers`.
    """
    row = await editable(uow, actor, dossier_id)
    if await uow.evidence.count_papers(row.id, most_papers) >= most_papers:
        raise TooManyPapers(
            f"Hồ sơ đã có {most_papers} tệp minh chứng, là mức nhiều nhất; hãy ghép hoặc bỏ bớt.",
            f"The dossier has {most_papers} papers, the most that is taken; join or remove some.",
            state=row.state,
            allowed=["remove"],
            most=most_papers,
        )
    today = await uow.today()
    _, sheet = await rules_of(uow, row, today)
    faults = paper_faults(sheet, paper, today)
    if not await uow.evidence.may_attach(paper.file_sha256, actor, row.producer_id):
        faults.add(
            "file_sha256",
            "unknown_file",
            "chưa có tệp này: gửi tệp trước bằng PUT evidence-files/{sha256}",
            "no such file of yours: send it first with PUT evidence-files/{sha256}",
        )
    if faults:
        raise invalid(ScoreError(faults))
    uow.evidence.add(
        EvidenceRow(
            dossier_id=row.id,
            file_sha256=paper.file_sha256,
            name=paper.name,
            criteria=list(dict.fromkeys(paper.criteria)),
            issuer=paper.issuer,
            number=paper.number,
            issued_on=paper.issued_on,
            expires_on=paper.expires_on,
            attached_by=actor.person_id,
        )
    )
    return await changed(uow, actor, row)


def paper_faults(sheet: Sheet, paper: PaperWords, today: date) -> Faults:
    """What is wrong with what is said of a paper: criteria the sheet does not have, dates that cannot be."""
    faults = Faults()
    known = {criterion.code for criterion in sheet.criteria} | {part.code for part in sheet.parts}
    for i, code in enumerate(paper.criteria):
        if code not in known:
            faults.add(
                f"criteria[{i}]",
                "unknown_criterion",
                f"bộ tiêu chí {sheet.code} không có tiêu chí {code}",
                f"sheet {sheet.code} has no criterion {code}",
            )
    if paper.issued_on and paper.issued_on > today:
        faults.add("issued_on", "future", "muộn hơn hôm nay", "is after today")
    if paper.issued_on and paper.expires_on and paper.expires_on < paper.issued_on:
        faults.add("expires_on", "order", "sớm hơn ngày cấp", "is before issued_on")
    return faults


async def detach_evidence(uow: EvaluationUow, actor: Actor, dossier_id: UUID, evidence_id: UUID, expected: int) -> None:
    """Take a paper out of a dossier that is still being worked on."""
    row = await editable(uow, actor, dossier_id, expected)
    await uow.evidence.remove(row.id, evidence_id)
    await changed(uow, actor, row)
