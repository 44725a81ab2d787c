"""Administrative units and bodies with their validity, and what each became."""

from datetime import date

from sqlalchemy import CheckConstraint, Computed, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.persistence.tables.base import Base
from shared.db.tables import Identified


class UnitRow(Identified, Base):
    """A unit as it was from a day to a day. The key is (code, valid_from): codes are used again for other places."""

    __tablename__ = "units"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("level IN ('commune', 'district', 'province', 'central')", name="level"),
        CheckConstraint("valid_to >= valid_from", name="validity"),
        ExcludeConstraint(
            ("code", "="),
            ("level", "="),
            (text("daterange(valid_from, valid_to, '[]')"), "&&"),
            name="units_no_overlap",
            using="gist",
        ),
        Index("units_parent", "parent_code", "sort_key"),
        Index("units_level", "level", "sort_key", "code"),
    )

    code: Mapped[str]
    level: Mapped[str]
    name: Mapped[str]
    full_name: Mapped[str]
    kind: Mapped[str]
    parent_code: Mapped[str | None]
    province_code: Mapped[str | None]
    district_code: Mapped[str | None]
    """A commune's district while there were districts; a district's own code; null otherwise."""
    folded: Mapped[str] = mapped_column(Computed("translate(vi_fold(full_name), '''', '')", persisted=True))
    """For search: no case, no diacritics (so neither tone placement), no apostrophes."""
    sort_key: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    """Last day, inclusive."""


class UnitSuccessionRow(Base):
    """On `on_date` the unit (from_code, from_valid_from) became, or joined, (to_code, to_valid_from)."""

    __tablename__ = "unit_successions"

    from_code: Mapped[str] = mapped_column(primary_key=True)
    from_valid_from: Mapped[date] = mapped_column(primary_key=True)
    to_code: Mapped[str] = mapped_column(primary_key=True)
    to_valid_from: Mapped[date] = mapped_column(primary_key=True)
    on_date: Mapped[date]
    instrument: Mapped[str]


class BodyRow(Identified, Base):
    """A department or office that plans name (plan 2023 section V), from a day to a day."""

    __tablename__ = "bodies"
    __table_args__ = (
        UniqueConstraint("code", "valid_from"),
        CheckConstraint("valid_to >= valid_from", name="validity"),
        ExcludeConstraint(
            ("code", "="),
            (text("daterange(valid_from, valid_to, '[]')"), "&&"),
            name="bodies_no_overlap",
            using="gist",
        ),
    )

    code: Mapped[str]
    name: Mapped[str]
    unit_code: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class BodySuccessionRow(Base):
    """On `on_date` the body (from_code, from_valid_from) became, or joined, (to_code, to_valid_from)."""

    __tablename__ = "body_successions"

    from_code: Mapped[str] = mapped_column(primary_key=True)
    from_valid_from: Mapped[date] = mapped_column(primary_key=True)
    to_code: Mapped[str] = mapped_column(primary_key=True)
    to_valid_from: Mapped[date] = mapped_column(primary_key=True)
    on_date: Mapped[date]
    instrument: Mapped[str]
