"""Uploads on their way, contents on their way out, keys of signed links."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import BigInteger

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class UploadRow(Identified, Base):
    """A file that comes in pieces. `received` is the offset that clients resume from; it only grows.

    `lease` names the request that is adding bytes, `leased_to` how long it is believed alive without a word.
    `announced` is the SHA-256 that the sender expects; `sha256` the one that was found at the end.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        UniqueConstraint("person_id", "request_key"),
        CheckConstraint("received >= 0 AND received <= size", name="received"),
        CheckConstraint("state IN ('open', 'finished', 'refused')", name="state"),
        CheckConstraint(
            "(state = 'finished') = (sha256 IS NOT NULL) AND (state = 'finished') <= (received = size)",
            name="finished",
        ),
    )

    person_id: Mapped[UUID]
    request_key: Mapped[str | None]
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    name: Mapped[str | None]
    announced: Mapped[str | None]
    state: Mapped[str] = mapped_column(server_default="open")
    sha256: Mapped[str | None]
    kind: Mapped[str | None]
    refusal: Mapped[dict[str, Any] | None]
    """Why it was refused, in both languages."""
    lease: Mapped[UUID | None]
    leased_to: Mapped[datetime | None]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class UploadPartRow(Base):
    """Bytes of an upload from `start` on, kept in the store under upload, start and the lease that wrote them."""

    __tablename__ = "upload_parts"
    __table_args__ = (CheckConstraint("size > 0", name="size"),)

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    lease: Mapped[UUID]


class ContentRemovalRow(Identified, Base):
    """A content that nothing refers to any more; its bytes are yet to leave the store."""

    __tablename__ = "content_removals"
    __table_args__ = (UniqueConstraint("sha256"),)

    sha256: Mapped[str]


class LinkKeyRow(Base):
    """The secret that short-lived links are signed with where the store signs none; delete it to end all links."""

    __tablename__ = "link_keys"

    purpose: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
