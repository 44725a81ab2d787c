"""Days on which offices are closed or open against the rule, and the feeds that people subscribe to."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base
from shared.db.tables import Identified


class OfficeDay(Base):
    """A day that differs from its week (a public holiday, a weekend day that is worked), as shipped.

    `works_on` reads it for the years that nobody imported; the others are `working_calendars`.
    """

    __tablename__ = "office_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    works: Mapped[bool]
    note: Mapped[str]


class CalendarFeed(Identified, Base):
    """A person's calendar address. Whoever has the token reads it; only its digest is kept."""

    __tablename__ = "calendar_feeds"
    __table_args__ = (Index("calendar_feeds_person_id", "person_id", "id"),)

    person_id: Mapped[UUID]
    token_digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    label: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
