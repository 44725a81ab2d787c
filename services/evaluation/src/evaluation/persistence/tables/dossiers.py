"""Dossiers, and the days until which units take them in."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from evaluation.persistence.tables.base import Base
from shared.db.tables import Identified, Versioned

OPEN_STATES = "state IN ('draft', 'filed', 'returned', 'reported', 'in_round', 'scored', 'forwarded')"


class DossierRow(Versioned, Base):
    """One product's file in one evaluation. Names of product, producer and units are a projection of registry's.

    Until the first filing `ruleset_id` and `sheet_id` are those of the day and may change; from `filed_on` on they
    stay to the end, pinned by the hashes (26/2026 Art. 12.2).
    """

    __tablename__ = "dossiers"
    __table_args__ = (
        CheckConstraint("kind IN ('first', 'upgrade', 'renewal')", name="kind"),
        CheckConstraint(
            "state IN ('draft', 'filed', 'returned', 'reported', 'in_round', 'scored', 'forwarded', 'recognised',"
            " 'not_recognised', 'withdrawn')",
            name="state",
        ),
        CheckConstraint("level IN ('commune', 'district', 'province', 'central')", name="level"),
        CheckConstraint(
            "(filed_on IS NULL) = (ruleset_hash IS NULL) AND (filed_on IS NULL) = (sheet_hash IS NULL)"
            " AND (filed_on IS NULL OR state <> 'draft')"
            " AND (filed_on IS NOT NULL OR state IN ('draft', 'withdrawn'))",
            name="frozen",
        ),
        CheckConstraint("(state = 'withdrawn') = (withdrawn_on IS NOT NULL)", name="withdrawn"),
        Index("dossiers_one_open", "product_id", unique=True, postgresql_where=text(OPEN_STATES)),
        Index("dossiers_commune", "commune_code", "created_at", "id"),
        Index("dossiers_district", "district_code", "created_at", "id"),
        Index("dossiers_province", "province_code", "created_at", "id"),
        Index("dossiers_producer", "producer_id", "created_at", "id"),
        Index("dossiers_product", "product_id", "created_at"),
        Index("dossiers_search", "search", postgresql_using="gin", postgresql_ops={"search": "gin_trgm_ops"}),
    )

    product_id: Mapped[UUID]
    producer_id: Mapped[UUID]
    product_name: Mapped[str]
    producer_name: Mapped[str]
    producer_kind: Mapped[str]
    group_path: Mapped[str]
    set_no: Mapped[int]
    kind: Mapped[str]
    state: Mapped[str] = mapped_column(default="draft")
    ruleset_id: Mapped[str] = mapped_column(ForeignKey("rulesets.id"))
    ruleset_hash: Mapped[str | None]
    sheet_id: Mapped[str] = mapped_column(ForeignKey("sheets.id"))
    sheet_hash: Mapped[str | None]
    level: Mapped[str | None]
    """Where it waits now; null in the producer's hands and when it is over."""
    reached: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    """Every level it ever waited at; kept by a trigger on `level`."""
    commune_code: Mapped[str]
    commune_name: Mapped[str]
    district_code: Mapped[str | None]
    district_name: Mapped[str | None]
    province_code: Mapped[str]
    province_name: Mapped[str]
    year: Mapped[int]
    filed_on: Mapped[date | None]
    """The first filing: it decides the ruleset. A filing after a return leaves it as it is."""
    refiled_on: Mapped[date | None]
    """The latest filing after a return."""
    self_score: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """`choices` by criterion, `notes` by criterion, `part_totals` on a recorded-only sheet."""
    registration_form: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    self_assessment: Mapped[dict[str, Any]] = mapped_column(server_default=text("'{}'"))
    """Form 02 beside the self-score: values by section and field (`domain/dossier_forms.py`)."""
    carried_from: Mapped[UUID | None] = mapped_column(ForeignKey("dossiers.id"))
    """The earlier dossier of the product whose answers and papers were taken over last."""
    withdrawn_on: Mapped[date | None]
    withdrawal_reason: Mapped[str | None]
    certificate_valid_to: Mapped[date | None]
    """Last day of the certificate that was live when the draft was made, as registry told it."""
    certificate_id: Mapped[UUID | None]
    product_code: Mapped[str | None]
    created_by: Mapped[UUID]
    search: Mapped[str] = mapped_column(Computed("vi_fold(product_name || ' ' || producer_name)", persisted=True))


class FilingWindowRow(Versioned, Base):
    """The last day on which a unit takes in dossiers of a year; `source` is the document that says so."""

    __tablename__ = "filing_windows"
    __table_args__ = (UniqueConstraint("unit_code", "year"),)

    unit_code: Mapped[str]
    year: Mapped[int]
    closes_on: Mapped[date]
    source: Mapped[str]
    set_by: Mapped[UUID]


class DossierReturnRow(Identified, Base):
    """A dossier sent back to its producer for repair, with the reasons."""

    __tablename__ = "dossier_returns"
    __table_args__ = (Index("dossier_returns_dossier", "dossier_id", "id"),)

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    level: Mapped[str]
    reasons: Mapped[str]
    returned_on: Mapped[date]
    returned_by: Mapped[UUID]
    items: Mapped[list[Any]] = mapped_column(default=list, server_default=text("'[]'"))
    """{kind, ref, reason} of each item to repair."""
    due_on: Mapped[date | None]
    repaired_on: Mapped[date | None]
    """The day the producer filed again: what was asked is then settled."""
