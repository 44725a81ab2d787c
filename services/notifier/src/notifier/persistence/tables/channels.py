"""Channels, and where each person can be reached through them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base
from shared.db.tables import Versioned


class ChannelRow(Base):
    """A channel as loaded from data; while `paused_at` is set nothing is sent through it and notices wait."""

    __tablename__ = "channels"

    code: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str]
    sends: Mapped[bool]
    name_vi: Mapped[str]
    name_en: Mapped[str]
    paused_at: Mapped[datetime | None]
    paused_because: Mapped[str | None]


class Contact(Versioned, Base):
    """An address of a person on a channel. The view `contact_points` says which one is used, or what stands against it.

    Without one, e-mail goes to the address of the appointment.
    """

    __tablename__ = "contacts"
    __table_args__ = (UniqueConstraint("person_id", "channel", "address"),)

    person_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(ForeignKey("channels.code"))
    address: Mapped[str]
    label: Mapped[str | None]
    verified_at: Mapped[datetime | None]
    opted_out_at: Mapped[datetime | None]
    dead_at: Mapped[datetime | None]
    """The provider says that nobody is reached there any more."""
    dead_because: Mapped[str | None]
    removed_at: Mapped[datetime | None]
