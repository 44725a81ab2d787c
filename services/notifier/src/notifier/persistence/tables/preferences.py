"""What people chose: their language, and what they decline where they may."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base
from shared.ids import new_id


class NoticeTopic(Base):
    """What can be declined as one, or not at all, as loaded from data."""

    __tablename__ = "notice_topics"

    code: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    may_leave: Mapped[bool]
    because_vi: Mapped[str]
    because_en: Mapped[str]
    law: Mapped[str]


class NoticeTopicMember(Base):
    """Which notices a topic holds: a kind, and the code of the duty or `*`. The function `topic_of` reads it."""

    __tablename__ = "notice_topic_members"

    kind: Mapped[str] = mapped_column(primary_key=True)
    duty_code: Mapped[str] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(ForeignKey("notice_topics.code", ondelete="CASCADE"))


class PersonSettings(Base):
    """A person's choice of language; who has none is told in Vietnamese. `version` counts every change of a choice."""

    __tablename__ = "person_settings"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    version: Mapped[int]
    language: Mapped[str]


class OptOut(Base):
    """A person declines a topic on a channel that sends; without effect while the topic may not be left."""

    __tablename__ = "opt_outs"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(ForeignKey("channels.code"), primary_key=True)
    since: Mapped[datetime]
    by: Mapped[str]


class EndedOptOut(Base):
    """One that was taken back: it explains what was not sent meanwhile."""

    __tablename__ = "ended_opt_outs"
    __table_args__ = (Index("ended_opt_outs_person_id", "person_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID]
    topic: Mapped[str]
    channel: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    by: Mapped[str]
