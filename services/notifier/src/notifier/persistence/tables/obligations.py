"""Obligations: who must do what by when, and how far it is done."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Computed, ForeignKey, Index, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base
from shared.db.tables import Identified


class Obligation(Identified, Base):
    """One duty of one unit, person or producer.

    What it asks comes from its source event (highest `revision` stands); `done`, `state`, `met_at`, `late` are
    derived from the fulfilments by `settle`, so that the order in which events arrive does not matter.
    """

    __tablename__ = "obligations"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id"),
        Index("obligations_about", "about"),
        Index("obligations_waived_about", "waived_about"),
        Index("obligations_listed_on_id", "listed_on", "id"),
        Index("obligations_unit_code_listed_on_id", "unit_code", "listed_on", "id"),
        Index("obligations_superior_unit_code", "superior_unit_code", "listed_on", "id"),
        Index("obligations_person_id", "person_id", postgresql_where=text("person_id IS NOT NULL")),
        Index("obligations_producer_id", "producer_id", postgresql_where=text("producer_id IS NOT NULL")),
        Index("obligations_search", "search", postgresql_using="gin", postgresql_ops={"search": "public.gin_trgm_ops"}),
        Index("obligations_unsettled", "id", postgresql_where=text("NOT settled")),
        Index("obligations_next_step_at", "next_step_at", "id", postgresql_where=text("next_step_at IS NOT NULL")),
        Index("obligations_open_due_at", "due_at", postgresql_where=text("state = 'open'")),
        Index("obligations_silence_due", "id", postgresql_where=text("silence_due")),
        Index("obligations_deadline_key", "deadline_key", "due_on"),
        Index("obligations_state", "state"),
        Index(
            "obligations_waiting",
            "owner_key",
            "listed_on",
            "id",
            postgresql_include=["updated_at"],
            postgresql_where=text("state IN ('open', 'missed')"),
        ),
        Index(
            "obligations_unit_on",
            "unit_on",
            "unit_code",
            postgresql_where=text("unit_on IS NOT NULL AND state IN ('open', 'missed')"),
        ),
        Index("obligations_owner_key_updated_at", "owner_key", "updated_at", "id"),
    )

    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int]
    source_kind: Mapped[str]
    source_id: Mapped[str]
    revision: Mapped[int] = mapped_column(BigInteger)
    deadline_key: Mapped[str]
    """What units share whose silence is reported together."""
    code: Mapped[str]
    title: Mapped[str]
    title_en: Mapped[str | None]
    source: Mapped[str]
    year: Mapped[int]
    period: Mapped[str]
    unit_code: Mapped[str]
    unit_name: Mapped[str | None]
    level: Mapped[str]
    responsible: Mapped[str]
    superior: Mapped[str | None]
    superior_unit_code: Mapped[str | None]
    person_id: Mapped[UUID | None]
    producer_id: Mapped[UUID | None]
    opens_on: Mapped[date | None]
    due_on: Mapped[date | None]
    """Last day in time, inclusive; None where the law sets no clock."""
    due_at: Mapped[datetime | None]
    """First instant that is too late."""
    listed_on: Mapped[date]
    """`due_on`, or the last date there is: the order of lists."""
    asked_due_on: Mapped[date | None]
    """The due date as the source asks; `due_on` differs from it while an official has moved the duty."""
    moved_at: Mapped[datetime | None]
    waived_at: Mapped[datetime | None]
    """An official waived it, or its calendar asks it no more (`duty_acts`)."""
    allowed_acts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """What officials may do to it: waive, move. Dates that the law or another service sets are not theirs."""
    told_missed: Mapped[bool] = mapped_column(server_default=text("false"))
    """Others were told that it is missed, and nothing else since."""
    owner_key: Mapped[str] = mapped_column(
        Computed(
            "CASE WHEN (person_id IS NOT NULL) THEN ('person:'::text || (person_id)::text)"
            " WHEN (producer_id IS NOT NULL) THEN ('producer:'::text || (producer_id)::text)"
            " ELSE ((responsible || ':'::text) || unit_code) END",
            persisted=True,
        )
    )
    """Whose it is, as one value: a person, a producer, or an office of a unit."""
    about: Mapped[str]
    """What an event must name to count: the unit, or the dossier, round or product."""
    fulfilled_by: Mapped[list[str]] = mapped_column(ARRAY(Text))
    counts_from: Mapped[datetime | None]
    """Fulfilments before this instant belong to an earlier duty."""
    waived_by: Mapped[list[str]] = mapped_column(ARRAY(Text))
    waived_about: Mapped[str | None]
    total: Mapped[int]
    done: Mapped[int]
    state: Mapped[str]
    met_at: Mapped[datetime | None]
    late: Mapped[bool]
    missed_at: Mapped[datetime | None]
    settled: Mapped[bool]
    next_step_at: Mapped[datetime | None]
    silence_due: Mapped[bool]
    """Missed, and its superior is still to be told in the report of its deadline's silences."""
    unit_on: Mapped[date | None]
    """For a producer's duty: the last day on which `unit_code` is known to name its commune. Codes are reused."""
    search: Mapped[str | None] = mapped_column(
        Computed("public.vi_fold((title || ' '::text) || COALESCE(unit_name, ''::text))", persisted=True)
    )


class DeadlineRevision(Base):
    """Every due date an obligation ever had; nothing is lost when a deadline moves."""

    __tablename__ = "deadline_revisions"

    obligation_id: Mapped[UUID] = mapped_column(ForeignKey("obligations.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    due_on: Mapped[date | None]
    source: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
