"""Certificates, the running numbers of product codes, and printed stamps."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.persistence.tables.base import Base
from registry.persistence.tables.producers import PlacedMixin
from shared.db.tables import Identified, Versioned


class CertificateRow(PlacedMixin, Versioned, Base):
    """A recognised star. `valid_to` is the printed last day; `ended_on` the first day it no longer holds.

    The database refuses a certificate without a decision, and two of one product that hold on the same day.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("product_code"),
        UniqueConstraint("decision_id"),
        CheckConstraint("star BETWEEN 1 AND 5", name="star"),
        CheckConstraint("btrim(decision_number) <> ''", name="decision"),
        CheckConstraint("decided_on <= issued_on", name="decided_before"),
        CheckConstraint("valid_to >= issued_on", name="validity"),
        CheckConstraint("(ended_on IS NULL) = (ended_reason IS NULL)", name="ended"),
        CheckConstraint("(kept_to IS NULL) = (kept_for IS NULL) AND kept_to >= valid_to", name="kept"),
        CheckConstraint("ended_on >= issued_on", name="ended_after"),
        CheckConstraint("ended_reason IN ('expired', 'revoked', 'replaced')", name="ended_reason"),
        ExcludeConstraint(
            ("product_id", "="),
            (text("daterange(issued_on, LEAST(GREATEST(valid_to, kept_to) + 1, ended_on))"), "&&"),
            name="certificates_one_at_a_time",
            using="gist",
        ),
        Index("certificates_product", "product_id", "issued_on"),
        Index("certificates_expiring", "valid_to", "id"),
        Index("certificates_star", "star", "product_id"),
        Index("certificates_commune", "commune_code", "id"),
        Index("certificates_district", "district_code", "id"),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    producer_id: Mapped[UUID] = mapped_column(ForeignKey("producers.id"))
    product_name: Mapped[str]
    dossier_id: Mapped[UUID | None]
    decision_id: Mapped[UUID | None]
    star: Mapped[int]
    product_code: Mapped[str]
    decision_number: Mapped[str]
    decided_on: Mapped[date]
    decided_by: Mapped[str]
    year: Mapped[int]
    issued_on: Mapped[date]
    valid_to: Mapped[date]
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str | None]
    ended_words: Mapped[str | None]
    """Why it was revoked or corrected, in words for the public."""
    ended_decision: Mapped[str | None]
    kept_to: Mapped[date | None]
    """Last day it is kept while its late renewal is decided (26/2026 Art. 12.3); `kept_for` is that dossier."""
    kept_for: Mapped[UUID | None]
    traceable: Mapped[bool] = mapped_column(default=False)


class CodeSeriesRow(Base):
    """The last running number given in a series; its row lock makes numbers follow one another without gaps."""

    __tablename__ = "code_series"

    scope: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class StampRangeRow(Identified, Base):
    """Traceability stamps printed for a certificate: numbers from … to, both inclusive."""

    __tablename__ = "stamp_ranges"
    __table_args__ = (
        CheckConstraint("from_number >= 1 AND to_number >= from_number", name="numbers"),
        ExcludeConstraint(
            ("certificate_id", "="),
            (text("int8range(from_number, to_number, '[]')"), "&&"),
            name="stamp_ranges_once",
            using="gist",
        ),
    )

    certificate_id: Mapped[UUID] = mapped_column(ForeignKey("certificates.id"))
    from_number: Mapped[int] = mapped_column(BigInteger)
    to_number: Mapped[int] = mapped_column(BigInteger)
    printed_on: Mapped[date]
