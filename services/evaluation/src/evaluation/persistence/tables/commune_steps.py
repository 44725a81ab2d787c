"""Receiving a dossier: numbered slips, checks of its form, and the thread of repair (26/2026 Art. 7.2, Form 01)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class ReceiptSeriesRow(Base):
    """The last number given in a series of slips: one series for each unit and year at each level."""

    __tablename__ = "receipt_series"

    level: Mapped[str] = mapped_column(primary_key=True)
    unit_code: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class RegistrationReceiptRow(Identified, Base):
    """A registration slip (phiếu đăng ký) as a unit numbered it. A wrong one is voided, its number stays used."""

    __tablename__ = "registration_receipts"
    __table_args__ = (
        UniqueConstraint("level", "unit_code", "year", "seq", name="registration_receipts_series_key"),
        CheckConstraint(
            "(voided_on IS NULL) = (void_reason IS NULL) AND (voided_on IS NULL) = (voided_by IS NULL)", name="void"
        ),
        Index(
            "registration_receipts_one_valid",
            "dossier_id",
            "level",
            unique=True,
            postgresql_where=text("voided_on IS NULL"),
        ),
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    level: Mapped[str]
    unit_code: Mapped[str]
    year: Mapped[int]
    seq: Mapped[int]
    number: Mapped[str]
    received_on: Mapped[date]
    received_by: Mapped[UUID]
    receiver: Mapped[str]
    voided_on: Mapped[date | None]
    voided_by: Mapped[UUID | None]
    void_reason: Mapped[str | None]


class FormCheckRow(Identified, Base):
    """One check of a dossier's form: {kind, ref, ok, reason} for each item looked at. Added, never changed."""

    __tablename__ = "form_checks"
    __table_args__ = (Index("form_checks_dossier", "dossier_id", "id"),)

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    level: Mapped[str]
    items: Mapped[list[Any]]
    checked_on: Mapped[date]
    checked_by: Mapped[UUID]


class ThreadMessageRow(Identified, Base):
    """A message between the producer and the officials of a level, on the dossier or on one item of it."""

    __tablename__ = "thread_messages"
    __table_args__ = (
        CheckConstraint("side IN ('producer', 'official')", name="side"),
        CheckConstraint("(item_kind IS NULL) = (item_ref IS NULL)", name="item"),
        Index("thread_messages_dossier", "dossier_id", "id"),
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    level: Mapped[str]
    side: Mapped[str]
    item_kind: Mapped[str | None]
    item_ref: Mapped[str | None]
    message: Mapped[str]
    author_id: Mapped[UUID]
    author_name: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(server_default=func.programme_now())


class ThreadReadingRow(Base):
    """How far a person has read the thread of a dossier with a level."""

    __tablename__ = "thread_readings"

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    level: Mapped[str] = mapped_column(primary_key=True)
    side: Mapped[str]
    last_read: Mapped[UUID]
    read_at: Mapped[datetime]
