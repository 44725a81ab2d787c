"""Receiving a dossier on the wire: slips, checks of form, clock, claims, thread."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field
from sqlalchemy import Row

from evaluation.api.schemas.dossier_forms import Line, Prose
from evaluation.api.schemas.dossiers import DossierRead, RepairItemRead
from evaluation.domain.repair_items import Item, ItemKind
from evaluation.persistence.tables.commune_steps import FormCheckRow, RegistrationReceiptRow, ThreadMessageRow
from evaluation.use_cases.read_reception import Reception
from shared.auth.actors import Actor
from shared.contracts.base import Wire
from shared.contracts.roles import Level

MOST_ITEMS = 300


class ReceiptDraft(Wire):
    """Number the registration slip at a level. `received_on` defaults to today, `receiver` to the caller's name."""

    level: Level
    received_on: date | None = None
    receiver: Line | None = None


class ReceiptVoiding(Wire):
    """Why a slip is void."""

    reason: Prose


class ReceiptRead(BaseModel):
    """A registration slip as a unit numbered it."""

    id: UUID
    dossier_id: UUID
    level: Level
    unit_code: str
    year: int
    seq: int
    number: str
    received_on: date
    receiver: str
    voided_on: date | None
    void_reason: str | None

    @classmethod
    def of(cls, row: RegistrationReceiptRow) -> "ReceiptRead":
        """From the row."""
        return cls(**{name: getattr(row, name) for name in cls.model_fields})


class CheckedItem(Wire):
    """An item looked at: right, or faulty with a reason."""

    kind: ItemKind
    ref: Line
    ok: bool
    reason: Prose | None = None

    def item(self) -> Item:
        """As the rules know it."""
        return Item(self.kind, self.ref, self.reason, self.ok)


class FormCheckDraft(Wire):
    """One look through a dossier's form."""

    items: Annotated[list[CheckedItem], Field(min_length=1, max_length=MOST_ITEMS)]


class FormCheckRead(BaseModel):
    """One look through, as kept."""

    id: UUID
    level: Level
    checked_on: date
    items: list[RepairItemRead]

    @classmethod
    def of(cls, row: FormCheckRow) -> "FormCheckRead":
        """From the row."""
        return cls(
            id=row.id,
            level=Level(row.level),
            checked_on=row.checked_on,
            items=[RepairItemRead(**item) for item in row.items],
        )


class ClockRead(BaseModel):
    """The review clock. `days_left` are working days after today to `due_on` inclusive, negative when it passed."""

    length: int
    unit: str
    started_on: date
    due_on: date
    days_left: int
    running: bool
    source: str | None


class ClaimRead(BaseModel):
    """What the producer claims on an item of the report, for the commune to set its observation beside."""

    item: str
    claim: str
    criteria: list[str]


class ReceptionRead(BaseModel):
    """The step at the receiving level on one screen. `claims` is empty where the ruleset asks for no report."""

    dossier: DossierRead
    receipts: list[ReceiptRead]
    form_checks: list[FormCheckRead]
    clock: ClockRead | None
    claims: list[ClaimRead]
    unread_messages: int

    @classmethod
    def of(cls, reception: Reception, actor: Actor) -> "ReceptionRead":
        """As this person may see it."""
        return cls(
            dossier=DossierRead.of(reception.view, actor),
            receipts=[ReceiptRead.of(row) for row in reception.receipts],
            form_checks=[FormCheckRead.of(row) for row in reception.checks],
            clock=None if reception.clock is None else ClockRead.model_validate(reception.clock, from_attributes=True),
            claims=[ClaimRead(item=c.item, claim=c.claim, criteria=list(c.criteria)) for c in reception.claims],
            unread_messages=reception.unread,
        )


class MessageItem(Wire):
    """The item a message is about."""

    kind: ItemKind
    ref: Line


class MessageDraft(Wire):
    """A message to the other side; `level` says with which level, where that is not plain."""

    message: Prose
    item: MessageItem | None = None
    level: Level | None = None


class MessageRead(BaseModel):
    """A message. `seen`: somebody of the other side read it; `unread`: the caller has not."""

    id: UUID
    level: Level
    side: Literal["producer", "official"]
    item: RepairItemRead | None
    message: str
    author_id: UUID
    author_name: str
    written_at: datetime
    seen: bool
    unread: bool

    @classmethod
    def of(cls, row: ThreadMessageRow, *, seen: bool = False, unread: bool = False) -> "MessageRead":
        """From the row."""
        item = None
        if row.item_kind is not None and row.item_ref is not None:
            item = RepairItemRead(kind=ItemKind(row.item_kind), ref=row.item_ref)
        same = {
            n: getattr(row, n) for n in ("id", "level", "side", "message", "author_id", "author_name", "written_at")
        }
        return cls(**same, item=item, seen=seen, unread=unread)

    @classmethod
    def listed(cls, row: Row[Any]) -> "MessageRead":
        """From (message, seen, mine)."""
        return cls.of(row[0], seen=row.seen, unread=not row.mine)


class MessageReading(Wire):
    """The last message the caller has read."""

    message_id: UUID


class UnreadRead(BaseModel):
    """How many messages of the other side are not read yet, counted to 100."""

    unread: int


class TakeoverDraft(Wire):
    """The product whose dossier waits at a level that was abolished."""

    product_id: UUID
