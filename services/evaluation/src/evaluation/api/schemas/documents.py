"""Documents on the wire."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from evaluation.api.schemas.results import MOST_DOSSIERS
from evaluation.domain.document_kinds import RULES, DocumentKind, Format, Subject
from evaluation.domain.file_kinds import MEDIA_TYPES
from evaluation.persistence.tables.documents import DocumentRow, DocumentSigningRow
from shared.contracts.base import Wire

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
MakeableKind = Literal[
    "registration_slip",
    "self_assessment",
    "commune_report",
    "score_sheet",
    "advisory_report",
    "minutes",
    "result_list",
    "recognition_decision",
    "certificate",
    "result_notice",
    "revocation_decision",
]
"""The kinds that have a source (`use_cases/document_sources`)."""


class DocumentDraft(Wire):
    """Make a document of this kind about a subject: a dossier, a round, a decision of recognition, the team's report
    (a record of kind `report`), a revocation, or one's own score sheet.

    Made again with the same data it is the same document; with other data a new revision, until one is signed.
    `dossier_ids`: the dossiers that one decision of recognition covers beside its subject.
    """

    kind: MakeableKind
    subject_id: UUID
    dossier_ids: list[UUID] = Field(default_factory=list, max_length=MOST_DOSSIERS)

    @model_validator(mode="after")
    def _of_one_decision(self) -> Self:
        if self.dossier_ids and self.kind != "recognition_decision":
            raise ValueError("only a decision of recognition covers several dossiers")
        return self


class SigningDraft(Wire):
    """What came back from the e-office. `number` as printed; `file_sha256` of a PDF sent by PUT document-files."""

    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = Field(
        None, examples=["2201/QĐ-UBND"]
    )
    signed_on: date
    signer: Line
    file_sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class SignedFileRead(BaseModel):
    """A signed file that is stored, to be named in the signing."""

    sha256: str
    size: int
    media_type: str


class SubjectRead(BaseModel):
    """What a document is about."""

    kind: Subject
    id: UUID


class TemplateRead(BaseModel):
    """The template a document was drawn by; the hash covers layout and fonts too."""

    version: str
    hash: str


class DocumentFileRead(BaseModel):
    """A file of a document: GET documents/{id}/file?format=…"""

    format: Format
    sha256: str
    size: int
    media_type: str


class SigningRead(BaseModel):
    """Number, day and signer as recorded."""

    number: str | None
    signed_on: date
    signer: str
    recorded_at: datetime


class DocumentListed(BaseModel):
    """A document in a list."""

    id: UUID
    kind: DocumentKind
    subject: SubjectRead
    title: str
    dossier_id: UUID | None
    round_id: UUID | None
    level: str | None
    unit_code: str | None
    revision: int
    state: Literal["draft", "signed"]
    template: TemplateRead
    data_hash: str
    made_by: UUID
    made_at: datetime
    files: list[DocumentFileRead]
    signing: SigningRead | None

    @classmethod
    def values_of(cls, row: Any) -> dict[str, Any]:
        """From (document, files, signing)."""
        document: DocumentRow = row[0]
        signing: DocumentSigningRow | None = row[2]
        kind = DocumentKind(document.kind)
        same = ("id", "dossier_id", "round_id", "level", "unit_code", "revision", "data_hash", "made_by", "made_at")
        return {name: getattr(document, name) for name in same} | {
            "kind": kind,
            "subject": SubjectRead(kind=RULES[kind].subject, id=document.subject_id),
            "title": document.data["title"],
            "state": "draft" if signing is None else "signed",
            "template": TemplateRead(version=document.template_version, hash=document.template_hash),
            "files": [DocumentFileRead(**file, media_type=media_type(file["format"])) for file in row.files],
            "signing": None if signing is None else SigningRead.model_validate(signing, from_attributes=True),
        }

    @classmethod
    def of(cls, row: Any) -> "DocumentListed":
        """From (document, files, signing)."""
        return cls(**cls.values_of(row))


class DocumentRead(DocumentListed):
    """A whole document: `data` is what its template was filled with, frozen."""

    data: dict[str, Any]

    @classmethod
    def of(cls, row: Any) -> "DocumentRead":
        """From (document, files, signing)."""
        return cls(**cls.values_of(row), data=row[0].data)


def media_type(form: str) -> str:
    """The media type of a format; what comes back signed is a PDF."""
    return MEDIA_TYPES["docx" if form == Format.DOCX else "pdf"]
