"""Producers (chủ thể OCOP)."""

from datetime import date
from typing import Any

from sqlalchemy import Computed, Index
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from registry.persistence.tables.base import Base
from shared.db.tables import Versioned

FOLDED = "translate(vi_fold({text}), '''', '')"
"""Text for search: no case, no diacritics, no apostrophes ("Ch'ơm" and "chom" are one)."""


class PlacedMixin:
    """The place of a record as it was on the record's date: codes and the names they had."""

    commune_code: Mapped[str]
    commune_name: Mapped[str]
    district_code: Mapped[str | None]
    district_name: Mapped[str | None]
    province_code: Mapped[str]
    province_name: Mapped[str]


class ProducerRow(PlacedMixin, Versioned, Base):
    """A cooperative, company, farm or household that takes part. `phone`, `email`, `representative` are personal."""

    __tablename__ = "producers"
    __table_args__ = (
        Index("producers_commune", "commune_code", "id"),
        Index("producers_district", "district_code", "id"),
        Index("producers_folded", "folded", postgresql_using="gin", postgresql_ops={"folded": "gin_trgm_ops"}),
        Index("producers_words", "words", postgresql_using="gin"),
    )

    name: Mapped[str]
    kind: Mapped[str]
    address: Mapped[str]
    phone: Mapped[str | None]
    email: Mapped[str | None]
    representative: Mapped[str]
    registration_number: Mapped[str | None]
    founded_on: Mapped[date | None]
    registered_on: Mapped[date]
    food_safety_committed_on: Mapped[date | None]
    demonstration: Mapped[bool] = mapped_column(default=False)
    folded: Mapped[str] = mapped_column(Computed(FOLDED.format(text="name"), persisted=True), deferred=True)
    words: Mapped[Any] = mapped_column(
        TSVECTOR,
        Computed(f"to_tsvector('simple'::regconfig, {FOLDED.format(text='name')})", persisted=True),
        deferred=True,
    )
