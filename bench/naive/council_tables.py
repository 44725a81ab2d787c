"""The product's tables of scoring as a naive ORM sees them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, ForeignKey, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Its own metadata; the tables are made by the product's migrations."""

    type_annotation_map = {dict[str, Any]: JSONB(none_as_null=True), datetime: DateTime(timezone=True)}  # noqa: RUF012  # SQLAlchemy reads it so


class Member(Base):
    """A seat."""

    __tablename__ = "council_members"

    council_id: Mapped[UUID] = mapped_column(ForeignKey("councils.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)


class Council(Base):
    """A council."""

    __tablename__ = "councils"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    members: Mapped[list[Member]] = relationship(lazy="selectin")


class Round(Base):
    """A round."""

    __tablename__ = "rounds"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    council_id: Mapped[UUID] = mapped_column(ForeignKey("councils.id"))
    state: Mapped[str]
    council: Mapped[Council] = relationship(lazy="selectin")


class Conflict(Base):
    """A member who stands aside."""

    __tablename__ = "conflicts"

    round_id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)
    excluded: Mapped[bool]


class RoundDossier(Base):
    """A dossier in a round."""

    __tablename__ = "round_dossiers"

    round_id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(primary_key=True)
    attempt: Mapped[int]
    sheet_id: Mapped[str]
    sheet_hash: Mapped[str]


class Sheet(Base):
    """A sheet of the law."""

    __tablename__ = "sheets"

    id: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]


class ScoreDraft(Base):
    """An unfinished sheet."""

    __tablename__ = "score_drafts"

    round_id: Mapped[UUID] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(primary_key=True)
    member_id: Mapped[UUID] = mapped_column(primary_key=True)


class ScoreSheet(Base):
    """A submitted sheet."""

    __tablename__ = "score_sheets"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    round_id: Mapped[UUID]
    dossier_id: Mapped[UUID]
    member_id: Mapped[UUID]
    attempt: Mapped[int]
    total: Mapped[int]
    part_totals: Mapped[dict[str, Any] | None]
    remarks: Mapped[str | None]
    sheet_hash: Mapped[str]
    submitted_at: Mapped[datetime]
    content_hash: Mapped[str | None]
    statement: Mapped[str | None]


class ScoreChoice(Base):
    """An answer."""

    __tablename__ = "score_choices"

    sheet_id: Mapped[UUID] = mapped_column(primary_key=True)
    criterion: Mapped[str] = mapped_column(primary_key=True)
    choice: Mapped[str]
    points: Mapped[int]
    note: Mapped[str | None]


class OutboxEvent(Base):
    """An event to tell."""

    __tablename__ = "outbox_events"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    payload: Mapped[dict[str, Any]]
    occurred_at: Mapped[datetime]
    traceparent: Mapped[str | None]


class OutboxDelivery(Base):
    """An event on its way to a subscriber."""

    __tablename__ = "outbox_deliveries"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    subscriber: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(server_default=text("'waiting'"))
    sends: Mapped[int] = mapped_column(server_default=text("0"))
    ended_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """A reply kept under its key."""

    __tablename__ = "idempotency_keys"

    actor: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    route: Mapped[str]
    body_hash: Mapped[bytes]
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    body: Mapped[str]
