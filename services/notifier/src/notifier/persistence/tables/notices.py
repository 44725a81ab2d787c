"""Notices: one row for each recipient, step and channel, written before anything is sent."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ForeignKey, ForeignKeyConstraint, Index, SmallInteger, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base
from shared.db.tables import Identified


class ReminderStep(Base):
    """A step that was handled: notices were made, or it was skipped, or nobody was there to be told."""

    __tablename__ = "reminder_steps"
    __table_args__ = (
        Index("reminder_steps_no_recipient", "obligation_id", postgresql_where=text("outcome = 'no_recipient'")),
    )

    obligation_id: Mapped[UUID] = mapped_column(ForeignKey("obligations.id"), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    outcome: Mapped[str]
    reason: Mapped[str | None]
    handled_at: Mapped[datetime]


class Silence(Identified, Base):
    """A deadline passed and these units had sent nothing: reported once to their superior."""

    __tablename__ = "silences"
    __table_args__ = (
        UniqueConstraint("deadline_key", "due_on", "superior", "superior_unit_code"),
        Index("silences_unnoticed", "id", postgresql_where=text("noticed_at IS NULL")),
    )

    deadline_key: Mapped[str]
    code: Mapped[str]
    title: Mapped[str]
    title_en: Mapped[str | None]
    year: Mapped[int]
    period: Mapped[str]
    due_on: Mapped[date]
    superior: Mapped[str]
    superior_unit_code: Mapped[str]
    units: Mapped[list[Any]]
    """[{"code", "name"}] of the silent units, by code."""
    asked: Mapped[int]
    """How many units had the duty."""
    silent_at: Mapped[datetime]
    policy_id: Mapped[str] = mapped_column(ForeignKey("reminder_policies.id"))
    noticed_at: Mapped[datetime | None]


class Notice(Identified, Base):
    """What one person is told once. Its id is the reference the mail server sees (Message-ID).

    `made_at`, `sent_at`, `read_at` are programme time; `next_try_at`, `leased_until`, `give_up_at`,
    `claimed_at` real time. That obligation, channel and template exist is looked up once a statement by a trigger,
    which makes reminders twice as fast as enforced keys; that they stay is seen to by triggers too.
    """

    __tablename__ = "notices"
    __table_args__ = (
        ForeignKeyConstraint(
            ["template_code", "template_form", "template_version"],
            ["notice_templates.code", "notice_templates.form", "notice_templates.version"],
            name="notices_template",
        ),
        UniqueConstraint(
            "obligation_id",
            "silence_id",
            "report_id",
            "contact_id",
            "absence_id",
            "person_id",
            "due_on",
            "step",
            "channel",
            "turn",
            name="notices_once",
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            "notices_waiting",
            "channel",
            text("notice_priority(kind, step)"),
            "next_try_at",
            "id",
            postgresql_where=text("state = 'created'"),
        ),
        Index(
            "notices_to_follow", "id", postgresql_where=text("state = 'failed' AND NOT followed AND fallbacks <> '{}'")
        ),
        Index(
            "notices_undelivered",
            "channel",
            "claimed_at",
            postgresql_where=text("state = 'sent' AND NOT followed AND fallbacks <> '{}'"),
        ),
        Index("notices_failed_untold", "id", postgresql_where=text("state = 'failed' AND NOT failure_told")),
        Index("notices_sending", "claimed_at", postgresql_where=text("state = 'sending'")),
        Index("notices_held", "held_until", "id", postgresql_where=text("state = 'held'")),
        Index("notices_document_id", "document_id", postgresql_where=text("document_id IS NOT NULL")),
        Index("notices_digest_id", "digest_id", postgresql_where=text("digest_id IS NOT NULL")),
        Index("notices_state", "state", "id"),
        Index("notices_unit_code", "unit_code", "id"),
        Index("notices_person_id", "person_id", "id"),
        Index(
            "notices_unread",
            "person_id",
            postgresql_where=text("channel = 'inbox' AND state = 'sent' AND read_at IS NULL AND forgotten_at IS NULL"),
        ),
        Index("notices_to_forget", "kind", "made_at", postgresql_where=text("forgotten_at IS NULL")),
    )

    obligation_id: Mapped[UUID | None] = mapped_column(ForeignKey("obligations.id"))
    silence_id: Mapped[UUID | None] = mapped_column(ForeignKey("silences.id"))
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("risk_reports.id"))
    contact_id: Mapped[UUID | None]
    """The address whose owner is to prove it; it may be removed since."""
    absence_id: Mapped[UUID | None] = mapped_column(ForeignKey("absences.id"))
    """The absence in which its recipient stands in, or stands in no longer."""
    turn: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    """How many of the person's addresses on this channel were found dead before, for this notice."""
    held_until: Mapped[datetime | None]
    """It waits for the person's digest (programme time); None where it goes out by itself."""
    digest_id: Mapped[UUID | None] = mapped_column(ForeignKey("notices.id"))
    """The notice that told it together with others."""
    due_on: Mapped[date]
    step: Mapped[int] = mapped_column(SmallInteger)
    kind: Mapped[str]
    unit_code: Mapped[str]
    person_id: Mapped[UUID]
    recipient_name: Mapped[str]
    in_place_of: Mapped[UUID | None]
    """The absent person whom the recipient stands in for."""
    address: Mapped[str | None]
    channel: Mapped[str] = mapped_column(ForeignKey("channels.code"))
    fallbacks: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Channels of the chain that are tried one after another when this one fails."""
    follows: Mapped[UUID | None] = mapped_column(ForeignKey("notices.id"))
    """The notice whose failure made this one."""
    followed: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    template_code: Mapped[str]
    template_form: Mapped[str]
    template_version: Mapped[int]
    parameters: Mapped[dict[str, Any]]
    state: Mapped[str]
    reason: Mapped[str | None]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    """When the provider said it arrived, where a provider says so."""
    read_at: Mapped[datetime | None]
    provider_reference: Mapped[str | None]
    """What the provider calls it."""
    attempts: Mapped[int]
    """How often it was claimed; fences a slow worker off."""
    refusals: Mapped[int]
    """How often the mail server refused it; `most_tries` of the policy end it."""
    most_tries: Mapped[int]
    first_retry_seconds: Mapped[int]
    longest_retry_seconds: Mapped[int]
    next_try_at: Mapped[datetime]
    leased_until: Mapped[datetime]
    """Until then it is in the task queue; later it is put there again, in case Redis lost it."""
    give_up_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    segments: Mapped[int | None] = mapped_column(SmallInteger)
    cost: Mapped[int | None]
    """Đồng, at the price of the channel when it was sent."""
    uncertain_at: Mapped[datetime | None]
    """When it first became unknown whether it had left."""
    alerted_at: Mapped[datetime | None]
    """When a person was asked to look, since the provider cannot say what became of it."""
    replays: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("formal_documents.id"))
    """The document of the e-office that a formal notice became."""
    failure_told: Mapped[bool] = mapped_column(server_default=text("false"))
    """Whether systems that subscribed to failures were told of it."""
    content_digest: Mapped[str | None]
    """Of the words that were told, kept when they are deleted."""
    forgotten_at: Mapped[datetime | None]
    """When parameters and address were deleted; who was told what, when and by which channel stays."""


class Receipt(Identified, Base):
    """What a provider said later of a notice it had taken: each outcome once, however often it is told."""

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("notice_id", "outcome"),
        Index("receipts_to_apply", "notice_id", postgresql_where=text("NOT applied")),
    )

    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notices.id", ondelete="CASCADE"))
    outcome: Mapped[str]
    reason: Mapped[str]
    dead: Mapped[bool]
    """Nobody is reached at that address any more."""
    applied: Mapped[bool] = mapped_column(server_default=text("false"))
