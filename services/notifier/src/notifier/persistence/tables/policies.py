"""Reminder policies and notice templates, loaded from data and kept with their validity."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, SmallInteger, Text, Time, func
from sqlalchemy.dialects.postgresql import JSONB, ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql import text

from notifier.persistence.tables.base import Base


class ReminderPolicy(Base):
    """How the duties of one code (or `*`, all others) are reminded of, for due dates in its validity."""

    __tablename__ = "reminder_policies"
    __table_args__ = (
        ExcludeConstraint(
            ("code", "="),
            (text("daterange(valid_from, valid_to, '[]')"), "&&"),
            name="reminder_policies_one_at_a_time",
            using="gist",
            where=text("state = 'published'"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    code: Mapped[str]
    state: Mapped[str]
    """A draft reminds of nothing; what is published never changes, but for its end."""
    version: Mapped[int]
    valid_from: Mapped[date | None]
    valid_to: Mapped[date | None]
    superseded_by: Mapped[str | None]
    drafted_by: Mapped[UUID | None]
    """None for what ships with the system."""
    published_by: Mapped[UUID | None]
    published_at: Mapped[datetime | None]
    source: Mapped[str]
    send_at: Mapped[time] = mapped_column(Time)
    working_days: Mapped[str]
    quiet_begins: Mapped[time | None] = mapped_column(Time)
    quiet_ends: Mapped[time | None] = mapped_column(Time)
    digest_every: Mapped[str | None]
    digest_weekday: Mapped[int | None] = mapped_column(SmallInteger)
    digest_at: Mapped[time | None] = mapped_column(Time)
    digest_immediate_from: Mapped[int | None] = mapped_column(SmallInteger)
    digest_template: Mapped[str | None]
    risk_weekday: Mapped[int | None] = mapped_column(SmallInteger)
    risk_at: Mapped[time | None] = mapped_column(Time)
    risk_template: Mapped[str | None]
    tells_absent: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether who is absent is told beside the deputy."""
    chains: Mapped[list[Any]]
    silence_template: Mapped[str | None]
    most_tries: Mapped[int]
    first_retry_seconds: Mapped[int]
    longest_retry_seconds: Mapped[int]
    give_up_seconds: Mapped[int]


class ReminderPolicyStep(Base):
    """One step of a policy: so many days from the due date (negative before), who is told, in which words."""

    __tablename__ = "reminder_policy_steps"

    policy_id: Mapped[str] = mapped_column(ForeignKey("reminder_policies.id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    audience: Mapped[str] = mapped_column(ForeignKey("audiences.code"), primary_key=True)
    template_code: Mapped[str]
    chains: Mapped[list[Any] | None] = mapped_column(JSONB(none_as_null=True))
    """Instead of the policy's."""


class AudienceRow(Base):
    """Whom a step can tell. Without a role: who has the duty, or the superior; the duty itself names them."""

    __tablename__ = "audiences"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    role: Mapped[str | None]
    place: Mapped[str | None]


class NoticeTemplate(Base):
    """The words of a notice. A version never changes once loaded; `digest` proves it."""

    __tablename__ = "notice_templates"

    code: Mapped[str] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(primary_key=True)
    """Kind of words, as the channel takes them."""
    version: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    valid_from: Mapped[date]
    parameters: Mapped[list[str]] = mapped_column(ARRAY(Text))
    subject: Mapped[str]
    body: Mapped[str]
    html: Mapped[str]
    digest: Mapped[str]
    language: Mapped[str] = mapped_column(default="vi", server_default=text("'vi'"))
    """vi is what everybody can be told in; en goes to who chose it."""
    fields: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """Parameters of the provider's template, and how each is filled (form zns)."""
    state: Mapped[str] = mapped_column(server_default=text("'draft'"))
    """draft, submitted, approved, rejected; only approved words are used."""
    provider_template: Mapped[str | None]
    """What the provider calls it."""
    submitted_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]
