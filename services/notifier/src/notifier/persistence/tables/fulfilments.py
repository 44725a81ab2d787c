"""What happened that may meet a duty, kept whether or not the duty is known yet."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from notifier.persistence.tables.base import Base
from shared.db.tables import Identified


class Fulfilment(Identified, Base):
    """One thing done (`item`), once for each thing it is `about`: a unit, a dossier, a round, a product."""

    __tablename__ = "fulfilments"
    __table_args__ = (
        UniqueConstraint("event_type", "item", "about"),
        Index("fulfilments_about", "about"),
        Index("fulfilments_unapplied", "id", postgresql_where=text("NOT applied")),
    )

    event_type: Mapped[str]
    item: Mapped[str]
    about: Mapped[str]
    year: Mapped[int | None]
    period: Mapped[str | None]
    code: Mapped[str | None]
    person_id: Mapped[UUID | None]
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(BigInteger)
    applied: Mapped[bool]
