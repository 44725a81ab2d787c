"""When and where a round sits, in which order, and who is invited."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base


class RoundScheduleRow(Base):
    """The schedule of a round: `meetings` {on, at, place}, `agenda` {dossier_id, meeting, starts_at, presenter, place}
    in order, `invited` {name, body, person_id}. Nothing about a score sheet changes it.
    """

    __tablename__ = "round_schedules"

    round_id: Mapped[UUID] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    extra: Mapped[bool]
    proposal_deadline: Mapped[date | None]
    copies_sent_on: Mapped[date | None]
    advisory_due_on: Mapped[date | None]
    meetings: Mapped[list[Any]]
    agenda: Mapped[list[Any]]
    invited: Mapped[list[Any]]
    set_by: Mapped[UUID]
    version: Mapped[int]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
