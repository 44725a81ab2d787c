"""Formal documents on the wire."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints

from notifier.domain.formal_documents import Said, Status
from notifier.persistence.formal_documents import office_rules
from notifier.persistence.tables.formal_documents import EofficeOrganisation, FormalDocument, FormalDocumentStatus

StageName = Literal["drafted", "handed", "issued", "arrived", "rejected", "accepted", "recalled"]
Short = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class DocumentSummary(BaseModel):
    """A formal notice to a unit. It was told once it is `accepted`: registered by the receiver's e-office.

    `overdue`: handed over days ago and still not registered; a person should ask.
    """

    id: UUID
    unit_code: str
    organisation: str
    subject: str
    due_on: date
    step: int
    stage: StageName
    status_code: str | None
    number: str | None
    issued_on: date | None
    created_at: datetime
    handed_at: datetime | None
    overdue: bool

    @classmethod
    def of(cls, row: FormalDocument, now: datetime) -> Self:
        """The row as the API shows it at `now`."""
        shown = {name: getattr(row, name) for name in DocumentSummary.model_fields if name != "overdue"}
        limit = timedelta(days=office_rules().overdue_days)
        waits = row.stage in {"handed", "issued", "arrived"}
        return cls(**shown, overdue=waits and row.handed_at is not None and now - row.handed_at > limit)


class StatusRead(BaseModel):
    """Something that was said of a document. `stage`: None where it changes nothing."""

    code: str
    name_vi: str
    name_en: str
    stage: StageName | None
    at: datetime
    source: Literal["eoffice", "person"]
    note: str | None

    @classmethod
    def of(cls, row: FormalDocumentStatus) -> Self:
        """The row with the names of its status."""
        known = office_rules().statuses.get(row.code)
        names = {"name_vi": known.name_vi if known else row.code, "name_en": known.name_en if known else row.code}
        plain = {name: getattr(row, name) for name in ("code", "stage", "at", "source", "note")}
        return cls(**plain, **names)


class DocumentRead(DocumentSummary):
    """With its draft, what came back signed, whether that reads otherwise, and everything that was said of it."""

    draft: str
    signer: str | None
    signed_text: str | None
    differs: bool | None
    eoffice_document: str | None
    statuses: list[StatusRead]

    @classmethod
    def whole(cls, row: FormalDocument, history: Sequence[FormalDocumentStatus], now: datetime) -> Self:
        """The row with its history."""
        more = {name: getattr(row, name) for name in ("draft", "signer", "signed_text", "differs", "eoffice_document")}
        return cls(
            **DocumentSummary.of(row, now).model_dump(), **more, statuses=[StatusRead.of(one) for one in history]
        )


class StatusDraft(BaseModel):
    """What a person read in the e-office: one of the statuses of `GET /formal-document-statuses`."""

    model_config = ConfigDict(extra="forbid")

    status: Annotated[str, StringConstraints(min_length=1, max_length=50)]
    at: AwareDatetime
    number: Short | None = None
    issued_on: date | None = None
    signer: Short | None = None
    text: Annotated[str, StringConstraints(max_length=100_000)] | None = None
    """The signed text, to be compared with the draft."""
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None

    def said(self) -> Said:
        """As the rules take it."""
        return Said(
            self.status,
            self.at,
            number=self.number,
            issued_on=self.issued_on,
            signer=self.signer,
            signed_text=self.text,
            note=self.note,
        )


class StatusKind(BaseModel):
    """A status that an e-office may say."""

    code: str
    stage: StageName | None
    name_vi: str
    name_en: str

    @classmethod
    def of(cls, status: Status) -> Self:
        """As the data says."""
        return cls(**{name: getattr(status, name) for name in cls.model_fields})


class StatusKinds(BaseModel):
    """All of them."""

    items: list[StatusKind]


class OrganisationDraft(BaseModel):
    """The identifier of a unit in the document systems (QCVN 102), such as 000.00.15.H47."""

    model_config = ConfigDict(extra="forbid")

    organisation: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.]{3,40}$")]
    name: Short


class OrganisationRead(OrganisationDraft):
    """Where documents for a unit go."""

    unit_code: str
    version: int
    updated_at: datetime

    @classmethod
    def of(cls, row: EofficeOrganisation) -> Self:
        """The row as the API shows it."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class OrganisationList(BaseModel):
    """Every unit with an identifier."""

    items: list[OrganisationRead]
