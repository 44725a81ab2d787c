"""Channels, where each person can be reached through them, and what their providers gave us."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
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
    offered: Mapped[bool] = mapped_column(server_default=text("true"))
    """Whether the worker has an account with its provider; one that it does not offer is passed over."""
    price: Mapped[int] = mapped_column(server_default=text("0"))
    """Đồng for each segment, or each notice where there are no segments."""
    guard_seconds: Mapped[int] = mapped_column(server_default=text("0"))
    """For so long the provider takes no second message with the same reference: asking is sending again."""
    delivered_within_seconds: Mapped[int | None]
    """A notice not known to be delivered by then goes on to the next channel of its chain; None: never."""
    approval_days: Mapped[int] = mapped_column(server_default=text("0"))
    """Days a provider usually takes to approve a template; 0: needs no approval."""


class Contact(Versioned, Base):
    """An address of a person on a channel. The view `contact_points` says which one is used, or what stands against it.

    Without a usable one, e-mail goes to the address of the appointment: the office gave it, nobody has to prove it.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        UniqueConstraint("person_id", "channel", "address"),
        Index(
            "contacts_one_primary",
            "person_id",
            "channel",
            unique=True,
            postgresql_where=text("is_primary AND removed_at IS NULL"),
        ),
    )

    person_id: Mapped[UUID]
    channel: Mapped[str] = mapped_column(ForeignKey("channels.code"))
    address: Mapped[str]
    label: Mapped[str | None]
    verified_at: Mapped[datetime | None]
    is_primary: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Used before the person's others of the channel."""
    origin: Mapped[str] = mapped_column(default="person", server_default=text("'person'"))
    """person, or office: an appointment's address of which a provider told something."""
    dead_at: Mapped[datetime | None]
    """The provider says that nobody is reached there any more."""
    dead_because: Mapped[str | None]
    removed_at: Mapped[datetime | None]


class ContactCode(Base):
    """A code that proves an address; `id` is that of the notice that carries it. The code itself is kept nowhere."""

    __tablename__ = "contact_codes"
    __table_args__ = (
        Index("contact_codes_contact_id", "contact_id", "id"),
        Index("contact_codes_person_id", "person_id", "asked_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"))
    person_id: Mapped[UUID]
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    digests: Mapped[list[bytes]] = mapped_column(ARRAY(LargeBinary), server_default=text("'{}'"))
    """One for each time it was handed to the provider, each with a code of its own."""
    tries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    used_at: Mapped[datetime | None]


class ProviderToken(Base):
    """The rotating tokens of a provider, sealed; one row, renewed under its lock."""

    __tablename__ = "provider_tokens"

    channel: Mapped[str] = mapped_column(ForeignKey("channels.code"), primary_key=True)
    sealed: Mapped[bytes]
    seed_digest: Mapped[str]
    """Hash of the setting that the first token came from: another setting begins anew."""
    expires_at: Mapped[datetime]
    renewed_at: Mapped[datetime]


class TestMode(Base):
    """While `enabled`, channels that send reach only `people`; one row."""

    __tablename__ = "test_modes"
    __table_args__ = (CheckConstraint("one", name="one"),)

    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    enabled: Mapped[bool]
    people: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
