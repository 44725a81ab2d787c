"""Imported rules and their publication: who brought which text from where. Rows are added, never changed."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified


class RuleDraftRow(Identified, Base):
    """A checked document of one ruleset, sheet or charter, that nothing stands on before it is published.

    `rule_id`, `hash` and `effective_from` are the newest version's where a ruleset document holds amendments. `level`
    and `unit_code` say whose council a charter is for.
    """

    __tablename__ = "rule_drafts"
    __table_args__ = (
        CheckConstraint("kind IN ('ruleset', 'sheet', 'charter')", name="kind"),
        Index("rule_drafts_rule", "kind", "rule_id"),
    )

    kind: Mapped[str]
    rule_id: Mapped[str]
    name: Mapped[str]
    document: Mapped[dict[str, Any]]
    hash: Mapped[str]
    effective_from: Mapped[date]
    level: Mapped[str | None]
    unit_code: Mapped[str | None]
    source: Mapped[str]
    page_reference: Mapped[str | None]
    note: Mapped[str | None]
    imported_by: Mapped[UUID]
    imported_at: Mapped[datetime] = mapped_column(server_default=func.programme_now())


class RulePublicationRow(Base):
    """The publication of a draft: from which day it is in force, and what it supersedes."""

    __tablename__ = "rule_publications"
    __table_args__ = (Index("rule_publications_rule", "kind", "rule_id", "published_at"),)

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("rule_drafts.id"), primary_key=True)
    kind: Mapped[str]
    rule_id: Mapped[str]
    hash: Mapped[str]
    effective_from: Mapped[date]
    supersedes: Mapped[str | None]
    published_by: Mapped[UUID]
    published_at: Mapped[datetime] = mapped_column(server_default=func.programme_now())
