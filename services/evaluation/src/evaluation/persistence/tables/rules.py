"""Rules in force and out of force: rulesets, sheets, charters, each one document with its hash."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base


class Pinned:
    """A document that dossiers and councils point at. Once `first_used_at` is set, a trigger refuses every change
    but that a newer version ends it.
    """

    id: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[dict[str, Any]]
    hash: Mapped[str]
    """SHA-256 (hex) of the canonical JSON (`evaluation.domain.documents.content_hash`)."""
    effective_from: Mapped[date]
    effective_to: Mapped[date | None]
    """Last day, inclusive: the document's, or the day before the version that superseded it."""
    superseded_by: Mapped[str | None]
    """The version that ended this one."""
    first_used_at: Mapped[datetime | None]
    loaded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RulesetRow(Pinned, Base):
    """One version of the rules. An amended ruleset is a row of its own, `base_id` names what it amends."""

    __tablename__ = "rulesets"
    __table_args__ = (CheckConstraint("effective_to >= effective_from", name="validity"),)

    base_id: Mapped[str]
    decision: Mapped[str]


class SheetRow(Pinned, Base):
    """One scoring sheet. `ruleset_id` is the ruleset as first issued; its amendments use the same sheets."""

    __tablename__ = "sheets"
    __table_args__ = (
        UniqueConstraint("ruleset_id", "set_no", "effective_from"),
        CheckConstraint("recorded_only = (reason IS NOT NULL)", name="reason"),
        Index("sheets_ruleset", "ruleset_id", "set_no"),
        Index("sheets_completes", "completes"),
    )

    ruleset_id: Mapped[str] = mapped_column(ForeignKey("rulesets.id"))
    set_no: Mapped[int]
    name_vi: Mapped[str]
    recorded_only: Mapped[bool]
    reason: Mapped[str | None]
    """Why the sheet can only be recorded by part totals (Vietnamese); null for a complete sheet."""
    completes: Mapped[str | None] = mapped_column(ForeignKey("sheets.id"))
    """The recorded-only sheet of which this is the whole text, found later."""


class CharterRow(Pinned, Base):
    """One version of a council's charter (quy chế hoạt động của Hội đồng); without a body any council may take it."""

    __tablename__ = "charters"
    __table_args__ = (
        CheckConstraint("(level IS NULL) = (unit_code IS NULL)", name="body"),
        Index("charters_body", "level", "unit_code", "effective_from"),
    )

    name_vi: Mapped[str]
    level: Mapped[str | None]
    unit_code: Mapped[str | None]
