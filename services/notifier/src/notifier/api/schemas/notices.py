"""Notices, the inbox and the summary on the wire."""

from datetime import date, datetime
from typing import Literal, Self
from uuid import UUID

from pydantic import BaseModel

from notifier.domain.templates import render_text
from notifier.persistence.notices import InboxRow
from notifier.persistence.tables.notices import Notice
from shared.http.pages import Page

NoticeState = Literal[
    "created", "held", "digested", "sending", "handed", "sent", "delivered", "failed", "unknown", "skipped", "cancelled"
]
NoticeKind = Literal["reminder", "escalation", "silence", "digest", "risk", "contact_code", "webhook", "absence"]


class NoticeRead(BaseModel):
    """One notice to one person through one channel. The address is not shown: it is personal data."""

    id: UUID
    obligation_id: UUID | None
    silence_id: UUID | None
    report_id: UUID | None
    absence_id: UUID | None
    digest_id: UUID | None
    kind: NoticeKind
    due_on: date
    step: int
    unit_code: str
    person_id: UUID
    recipient_name: str
    in_place_of: UUID | None
    """The absent person whom the recipient stands in for."""
    channel: str
    follows: UUID | None
    held_until: datetime | None
    template_code: str
    template_version: int
    state: NoticeState
    reason: str | None
    refusals: int
    made_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    read_at: datetime | None

    @classmethod
    def of(cls, row: Notice) -> Self:
        """The row as the API shows it."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class InboxItem(BaseModel):
    """A notice as its recipient reads it."""

    id: UUID
    kind: NoticeKind
    obligation_id: UUID | None
    absence_id: UUID | None
    due_on: date
    subject: str
    text: str
    sent_at: datetime
    read_at: datetime | None

    @classmethod
    def of(cls, row: InboxRow) -> Self:
        """The row with its words rendered."""
        words = render_text(row.subject, row.body, row.notice.parameters)
        shown = {name: getattr(row.notice, name) for name in cls.model_fields if name not in {"subject", "text"}}
        return cls(subject=words[0], text=words[1], **shown)


class InboxPage(Page[InboxItem]):
    """A page of the inbox, and how many items wait to be read (100 means 100 or more)."""

    unread: int


class Summary(BaseModel):
    """How things stand at the programme's time.

    `unsettled` is what is due now and not yet handled: events not yet applied to duties, deadlines not yet marked,
    reminder steps and reports of silence not yet made, notices created or being sent. At 0, what was told to notifier
    before has had all its effects. `unknown` notices (SMTP cannot say whether they left) are counted by their state.
    """

    notices_by_state: dict[str, int]
    obligations_by_state: dict[str, int]
    unsettled: int
