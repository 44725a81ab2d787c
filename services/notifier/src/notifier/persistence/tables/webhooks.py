"""Systems of others that are told, what they are told, and how each try ended."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, Identity, Index, LargeBinary, SmallInteger, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base
from shared.db.tables import Identified, Versioned


class WebhookEndpoint(Versioned, Base):
    """An address that is told of some kinds of events, by who registered it. Instants are real time.

    Secrets are sealed; the old one is live beside the new one until `old_secret_until`.
    """

    __tablename__ = "webhook_endpoints"

    number: Mapped[int] = mapped_column(SmallInteger, Identity(always=True))
    owner_id: Mapped[UUID]
    owner_name: Mapped[str]
    unit_code: Mapped[str]
    """The owner's unit when it was registered."""
    name: Mapped[str]
    url: Mapped[str]
    kinds: Mapped[list[str]] = mapped_column(ARRAY(Text))
    units: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    """It is told of what happens in these and within them; None: of everything in the province."""
    state: Mapped[str]
    because: Mapped[str | None]
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    old_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_secret_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(server_default=text("0"))
    """Tries in a row that failed."""
    failing_since: Mapped[datetime | None]
    rest_until: Mapped[datetime] = mapped_column(server_default=text("now()"))
    last_success_at: Mapped[datetime | None]
    disabled_at: Mapped[datetime | None]
    owner_told_at: Mapped[datetime | None]


class WebhookDelivery(Identified, Base):
    """One message to one endpoint. Its id is the identity that receivers know repetitions by."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        Index(
            "webhook_deliveries_waiting", "endpoint_id", "next_try_at", "id", postgresql_where=text("state = 'waiting'")
        ),
        Index("webhook_deliveries_sending", "endpoint_id", "claimed_at", postgresql_where=text("state = 'sending'")),
        Index("webhook_deliveries_endpoint_id", "endpoint_id", "id"),
    )

    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_endpoints.id"))
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]]
    state: Mapped[str]
    reason: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))
    """How often it was claimed; fences off a slow worker."""
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    """How often it failed since it was made or sent anew by hand."""
    redeliveries: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    next_try_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    leased_until: Mapped[datetime] = mapped_column(server_default=text("now()"))
    claimed_at: Mapped[datetime | None]
    give_up_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class WebhookAttempt(Base):
    """One try: what was answered, or what went wrong."""

    __tablename__ = "webhook_attempts"

    delivery_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="CASCADE"), primary_key=True)
    attempt: Mapped[int] = mapped_column(primary_key=True)
    began_at: Mapped[datetime]
    milliseconds: Mapped[int]
    status: Mapped[int | None]
    error: Mapped[str | None]
