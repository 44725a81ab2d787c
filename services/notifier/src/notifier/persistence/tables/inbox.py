"""What changed in people's inboxes, for those who follow theirs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base


class InboxChange(Base):
    """A notice came, or was read; written by triggers of `notices`. `position` is given after commit."""

    __tablename__ = "inbox_changes"
    __table_args__ = (
        Index("inbox_changes_unnumbered", "id", postgresql_where=text("position IS NULL")),
        Index("inbox_changes_position", "position", unique=True, postgresql_where=text("position IS NOT NULL")),
        Index("inbox_changes_person_id", "person_id", "position"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    person_id: Mapped[UUID]
    notice_id: Mapped[UUID] = mapped_column(ForeignKey("notices.id", ondelete="CASCADE"))
    kind: Mapped[str]
    position: Mapped[int | None] = mapped_column(BigInteger)


class InboxPosition(Base):
    """The last number given, and the last one whose change was forgotten; one row."""

    __tablename__ = "inbox_positions"
    __table_args__ = (CheckConstraint("one", name="one"),)

    one: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    position: Mapped[int] = mapped_column(BigInteger)
    forgotten: Mapped[int] = mapped_column(BigInteger)
