"""Proofs that were handed out, so that a printed copy can be checked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base


class ProofRow(Base):
    """What was asked when a proof with this digest was first handed out, when and to whom. Its content is made anew."""

    __tablename__ = "proofs"

    digest: Mapped[str] = mapped_column(primary_key=True)
    obligation_id: Mapped[UUID] = mapped_column(ForeignKey("obligations.id"))
    person_id: Mapped[UUID | None]
    whole_deadline: Mapped[bool]
    issued_at: Mapped[datetime]
    issued_to: Mapped[UUID]
