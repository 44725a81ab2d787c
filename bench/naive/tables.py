"""The product's tables of registry as a naive ORM sees them: relations loaded by a query each."""

from datetime import date
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """Its own metadata; the tables are made by the product's migrations."""


class Producer(Base):
    """A producer."""

    __tablename__ = "producers"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    demonstration: Mapped[bool]


class Participation(Base):
    """A product's year."""

    __tablename__ = "participations"

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    baseline_revenue: Mapped[int] = mapped_column(BigInteger)
    baseline_profit: Mapped[int] = mapped_column(BigInteger)
    baseline_on: Mapped[date]


class Certificate(Base):
    """A certificate."""

    __tablename__ = "certificates"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    star: Mapped[int]
    product_code: Mapped[str]
    decision_number: Mapped[str]
    decided_on: Mapped[date]
    decided_by: Mapped[str]
    issued_on: Mapped[date]
    valid_to: Mapped[date]
    ended_on: Mapped[date | None]
    ended_reason: Mapped[str | None]
    ended_words: Mapped[str | None]
    ended_decision: Mapped[str | None]
    kept_to: Mapped[date | None]
    traceable: Mapped[bool]
    product: Mapped["Product"] = relationship(lazy="raise", viewonly=True)

    def holds(self, day: date) -> bool:
        """Whether it may be relied on that day."""
        last = max(self.valid_to, self.kept_to or self.valid_to)
        return self.issued_on <= day <= last and (self.ended_on is None or day < self.ended_on)

    def began(self, day: date) -> bool:
        """Whether it had begun by that day, and held at all."""
        return self.issued_on <= day and (self.ended_on is None or self.issued_on < self.ended_on)


class Product(Base):
    """A product."""

    __tablename__ = "products"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    producer_id: Mapped[UUID] = mapped_column(ForeignKey("producers.id"))
    name: Mapped[str]
    producer_name: Mapped[str]
    description: Mapped[str | None]
    taxonomy: Mapped[str]
    group_path: Mapped[str]
    set_no: Mapped[int]
    commune_code: Mapped[str]
    commune_name: Mapped[str]
    district_code: Mapped[str | None]
    district_name: Mapped[str | None]
    province_code: Mapped[str]
    province_name: Mapped[str]
    registered_on: Mapped[date]
    demonstration: Mapped[bool]
    version: Mapped[int]
    producer: Mapped[Producer] = relationship(lazy="selectin")
    participations: Mapped[list[Participation]] = relationship(lazy="selectin", order_by=Participation.year)
    certificates: Mapped[list[Certificate]] = relationship(lazy="selectin", order_by=Certificate.issued_on)
