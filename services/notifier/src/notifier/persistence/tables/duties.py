"""What people decided about duties, the calendars that make duties again each period, and the days offices rest."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base
from shared.db.tables import Identified


class DutyAct(Identified, Base):
    """A duty was waived or moved by an official, or lapsed and revived as its calendar said; never changed."""

    __tablename__ = "duty_acts"
    __table_args__ = (Index("duty_acts_obligation_id", "obligation_id", "id"),)

    obligation_id: Mapped[UUID] = mapped_column(ForeignKey("obligations.id"))
    act: Mapped[str]
    due_before: Mapped[date | None]
    due_after: Mapped[date | None]
    state_before: Mapped[str]
    reason: Mapped[str]
    document: Mapped[str | None]
    """Number of the written decision, where there is one."""
    person_id: Mapped[UUID | None]
    """None where a calendar did it."""
    person_name: Mapped[str | None]
    at: Mapped[datetime]


class WorkingCalendarRow(Base):
    """The rest days and worked rest days of a year, as imported; a year without a row follows the preset."""

    __tablename__ = "working_calendars"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    version: Mapped[int]
    days_off: Mapped[list[Any]]
    working_rest_days: Mapped[list[Any]]
    source: Mapped[str]
    person_id: Mapped[UUID]
    person_name: Mapped[str]
    at: Mapped[datetime]


class DutyCalendarRow(Base):
    """A definition of duties that recur. `document` is the newest text, `published` the one that makes duties."""

    __tablename__ = "duty_calendars"

    id: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int]
    state: Mapped[str]
    code: Mapped[str]
    title: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str]
    working_days: Mapped[bool]
    """Whether its dates depend on which days offices work."""
    document: Mapped[dict[str, Any]]
    published: Mapped[dict[str, Any] | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]


class DutyPlan(Identified, Base):
    """The duties of a calendar in a year, made ahead and looked at again each day (`planned_on`)."""

    __tablename__ = "duty_plans"
    __table_args__ = (UniqueConstraint("calendar_id", "year"),)

    calendar_id: Mapped[str] = mapped_column(ForeignKey("duty_calendars.id"))
    year: Mapped[int]
    planned_on: Mapped[date | None]
    """None: to be planned now."""
    next_try_at: Mapped[datetime] = mapped_column(server_default=func.now())
    duties: Mapped[int] = mapped_column(server_default=text("0"))
