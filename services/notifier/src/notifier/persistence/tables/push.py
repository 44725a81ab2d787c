"""Devices that take pushed notices."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base


class PushDeviceRow(Base):
    """The keys of a subscription; the contact of channel `webpush` is its address and whose it is."""

    __tablename__ = "push_devices"

    contact_id: Mapped[UUID] = mapped_column(ForeignKey("contacts.id", ondelete="CASCADE"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    p256dh: Mapped[str]
    auth: Mapped[str]
    last_sent_at: Mapped[datetime | None]
