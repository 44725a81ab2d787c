"""Products and their participation in the yearly programme."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from registry.persistence.tables.base import Base
from registry.persistence.tables.producers import FOLDED, PlacedMixin
from shared.db.tables import Versioned

_SEARCHED = FOLDED.format(text="name || ' ' || producer_name")


class ProductRow(PlacedMixin, Versioned, Base):
    """A product. `producer_name` repeats the producer's, so that one index finds both; `version` is its revision."""

    __tablename__ = "products"
    __table_args__ = (
        Index("products_producer", "producer_id", "id"),
        Index("products_commune", "commune_code", "id"),
        Index("products_district", "district_code", "id"),
        Index("products_folded", "folded", postgresql_using="gin", postgresql_ops={"folded": "gin_trgm_ops"}),
        Index("products_words", "words", postgresql_using="gin"),
        CheckConstraint("set_no > 0", name="set_no"),
    )

    producer_id: Mapped[UUID] = mapped_column(ForeignKey("producers.id"))
    name: Mapped[str]
    producer_name: Mapped[str]
    producer_kind: Mapped[str]
    taxonomy: Mapped[str]
    group_path: Mapped[str]
    set_no: Mapped[int]
    description: Mapped[str | None]
    registered_on: Mapped[date]
    demonstration: Mapped[bool] = mapped_column(default=False)
    folded: Mapped[str] = mapped_column(Computed(_SEARCHED, persisted=True), deferred=True)
    words: Mapped[Any] = mapped_column(
        TSVECTOR, Computed(f"to_tsvector('simple'::regconfig, {_SEARCHED})", persisted=True), deferred=True
    )


class ParticipationRow(Base):
    """A product takes part in a year. The baseline is of the 12 months before it joined OCOP, in đồng."""

    __tablename__ = "participations"
    __table_args__ = (
        CheckConstraint("baseline_revenue >= 0", name="revenue"),
        CheckConstraint("baseline_on <= registered_on", name="baseline_before"),
        Index("participations_year", "year", "product_id"),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    baseline_revenue: Mapped[int] = mapped_column(BigInteger)
    baseline_profit: Mapped[int] = mapped_column(BigInteger)
    baseline_on: Mapped[date]
    registered_on: Mapped[date]
