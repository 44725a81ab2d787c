"""All SQL of dossiers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Label, Row, Select, func, select, text, update
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.domain.dossier_states import FINAL
from evaluation.persistence.dossier_visibility import visible_to
from evaluation.persistence.tables.commune_reports import CommuneReportRow
from evaluation.persistence.tables.dossiers import DossierReturnRow, DossierRow, FilingWindowRow
from evaluation.persistence.tables.evidence import EvidenceFileRow, EvidenceRow
from shared.auth.actors import Actor
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

FILTERS = ("state", "level", "year", "commune_code", "district_code", "producer_id")
"""Columns a list may be narrowed by."""

RULES = ("ruleset_id", "sheet_id")
LISTED = tuple(
    DossierRow.__table__.c[name].label(name.removesuffix("_id")) if name in RULES else DossierRow.__table__.c[name]
    for name in (
        "id",
        "product_id",
        "producer_id",
        "product_name",
        "producer_name",
        "kind",
        "state",
        "level",
        "ruleset_id",
        "sheet_id",
        "commune_code",
        "commune_name",
        "district_code",
        "district_name",
        "province_code",
        "province_name",
        "year",
        "filed_on",
        "created_at",
        "updated_at",
        "version",
    )
)
"""Columns of a list: neither forms nor scores, so that a page stays small on a phone."""


class DossierRepository:
    """Dossiers of one transaction. Reads go through `visible_to`; `everyone` is for the system's own work."""

    def __init__(self, session: AsyncSession, statement: Select[DossierRow] | None = None) -> None:
        self.session = session
        self._statement = statement

    def visible_to(self, actor: Actor) -> Self:
        """The same repository, seeing only what the person may see."""
        return type(self)(self.session, select(DossierRow).where(visible_to(actor)))

    def everyone(self) -> Self:
        """The same repository without scope: for handlers of events, never for a caller's request."""
        return type(self)(self.session, select(DossierRow))

    @property
    def _scoped(self) -> Select[DossierRow]:
        if self._statement is None:
            raise LookupError("ask visible_to(actor) first: a read of dossiers has a scope")
        return self._statement

    async def get(self, dossier_id: UUID, *, lock: bool = False) -> DossierRow:
        """The dossier; with `lock` it is held FOR UPDATE. Raises NotFound when unknown or out of scope."""
        statement = self._scoped.where(DossierRow.id == dossier_id)
        if lock:
            statement = statement.with_for_update(of=DossierRow).execution_options(populate_existing=True)
        row = (await self.session.execute(statement)).scalar_one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def get_many(self, dossier_ids: Sequence[UUID], *, lock: bool = False) -> list[DossierRow]:
        """The dossiers, in the order of their ids so that locks never cross. Raises NotFound when one is missing."""
        statement = self._scoped.where(DossierRow.id.in_(dossier_ids)).order_by(DossierRow.id)
        if lock:
            statement = statement.with_for_update(of=DossierRow).execution_options(populate_existing=True)
        rows = list((await self.session.execute(statement)).scalars())
        if len(rows) != len(set(dossier_ids)):
            raise NotFound()
        return rows

    async def find_many(self, dossier_ids: Sequence[UUID], *, lock: bool = False) -> dict[UUID, DossierRow]:
        """Those of the dossiers that are within scope; with `lock` held FOR UPDATE in the order of their ids."""
        statement = self._scoped.where(DossierRow.id.in_(dossier_ids)).order_by(DossierRow.id)
        if lock:
            statement = statement.with_for_update(of=DossierRow).execution_options(populate_existing=True)
        return {row.id: row for row in (await self.session.execute(statement)).scalars()}

    async def page(
        self, page: PageRequest, filters: dict[str, Any], q: str | None
    ) -> tuple[list[Row[Any]], str | None]:
        """A page, newest first. `filters` by column of FILTERS; `q` ignores case and diacritics."""
        statement: Select[Any] = self._scoped.with_only_columns(*LISTED)
        for name in FILTERS:
            if filters.get(name) is not None:
                statement = statement.where(getattr(DossierRow, name) == filters[name])
        for word in (q or "").split():
            statement = statement.where(DossierRow.search.contains(func.vi_fold(_literal(word))))
        columns = DossierRow.__table__.c
        return await fetch_page(self.session, statement, [columns.created_at, columns.id], page, descending=True)

    async def open_dossier_of(self, product_id: UUID) -> DossierRow | None:
        """The product's dossier that is not yet over, whoever may see it."""
        statement = select(DossierRow).where(
            DossierRow.product_id == product_id, DossierRow.state.not_in([state.value for state in FINAL])
        )
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def earlier_than(self, row: DossierRow) -> DossierRow | None:
        """The dossier that this one was carried over from, else the latest of the product that is over."""
        statement = (
            self._scoped.where(
                DossierRow.product_id == row.product_id,
                DossierRow.created_at < row.created_at,
                DossierRow.state.in_([state.value for state in FINAL]),
            )
            .order_by((DossierRow.id == row.carried_from).desc().nulls_last(), DossierRow.created_at.desc())
            .limit(1)
        )
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def view(self, dossier_id: UUID) -> "DossierView":
        """The dossier with its papers, returns and commune report, in one query. Raises NotFound."""
        statement = self._scoped.where(DossierRow.id == dossier_id).add_columns(*_below())
        row = (await self.session.execute(statement.execution_options(populate_existing=True))).one_or_none()
        if row is None:
            raise NotFound()
        return DossierView(row[0], row.evidence, row.returns, row.commune_report)

    def add(self, row: DossierRow | DossierReturnRow | FilingWindowRow | CommuneReportRow) -> None:
        """Write a new row with the transaction."""
        self.session.add(row)

    async def settle_return(self, dossier_id: UUID, on: date) -> str | None:
        """Note that the latest return was repaired on this day; the level that had returned the dossier."""
        latest = (
            select(DossierReturnRow.id)
            .where(DossierReturnRow.dossier_id == dossier_id)
            .order_by(DossierReturnRow.id.desc())
            .limit(1)
            .scalar_subquery()
        )
        level: str | None = await self.session.scalar(
            update(DossierReturnRow)
            .where(DossierReturnRow.id == latest)
            .values(repaired_on=on)
            .returning(DossierReturnRow.level)
        )
        return level

    async def note_certificate(self, dossier_id: UUID, certificate_id: UUID, product_code: str) -> None:
        """Write what registry issued; a dossier that is not known is left to the log of events."""
        await self.session.execute(
            update(DossierRow)
            .where(DossierRow.id == dossier_id, DossierRow.certificate_id.is_distinct_from(certificate_id))
            .values(
                certificate_id=certificate_id,
                product_code=product_code,
                version=DossierRow.version + 1,
                updated_at=func.programme_now(),
            )
        )

    async def window(self, unit_code: str, year: int) -> FilingWindowRow | None:
        """The unit's window of a year, held FOR UPDATE."""
        return await self.session.scalar(
            select(FilingWindowRow)
            .where(FilingWindowRow.unit_code == unit_code, FilingWindowRow.year == year)
            .with_for_update()
        )

    async def windows(self, year: int, unit_code: str | None, page: PageRequest) -> tuple[list[Row[Any]], str | None]:
        """Windows of a year, of one unit or of all."""
        statement = select(FilingWindowRow).where(FilingWindowRow.year == year)
        if unit_code is not None:
            statement = statement.where(FilingWindowRow.unit_code == unit_code)
        return await fetch_page(self.session, statement, [FilingWindowRow.__table__.c.unit_code], page)

    async def closed_window(self, unit_codes: Sequence[str], year: int, today: date) -> FilingWindowRow | None:
        """The window of one of the units that closed before `today`, the earliest; None while all are open."""
        statement = (
            select(FilingWindowRow)
            .where(
                FilingWindowRow.unit_code.in_(unit_codes),
                FilingWindowRow.year == year,
                FilingWindowRow.closes_on < today,
            )
            .order_by(FilingWindowRow.closes_on)
            .limit(1)
        )
        return (await self.session.execute(statement)).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class DossierView:
    """A dossier as it is read: its row, and what belongs to it as plain JSON."""

    row: DossierRow
    evidence: list[dict[str, Any]]
    returns: list[dict[str, Any]]
    commune_report: dict[str, Any] | None


def _below() -> tuple[Label[Any], ...]:
    """JSON of what belongs to a dossier, made by Postgres."""
    paper = func.jsonb_build_object(
        *(
            part
            for name in (
                "id",
                "file_sha256",
                "name",
                "criteria",
                "issuer",
                "number",
                "issued_on",
                "expires_on",
                "version",
            )
            for part in (name, getattr(EvidenceRow, name))
        ),
        "kind",
        EvidenceFileRow.kind,
        "size",
        EvidenceFileRow.size,
    )
    papers = (
        select(func.coalesce(func.jsonb_agg(aggregate_order_by(paper, EvidenceRow.id)), text("'[]'::jsonb")))
        .join(EvidenceFileRow, EvidenceFileRow.sha256 == EvidenceRow.file_sha256)
        .where(EvidenceRow.dossier_id == DossierRow.id)
    )
    returned = func.jsonb_build_object(
        "level",
        DossierReturnRow.level,
        "reasons",
        DossierReturnRow.reasons,
        "returned_on",
        DossierReturnRow.returned_on,
        "items",
        DossierReturnRow.items,
        "due_on",
        DossierReturnRow.due_on,
        "repaired_on",
        DossierReturnRow.repaired_on,
    )
    returns = select(
        func.coalesce(func.jsonb_agg(aggregate_order_by(returned, DossierReturnRow.id)), text("'[]'::jsonb"))
    ).where(DossierReturnRow.dossier_id == DossierRow.id)
    report = select(
        func.jsonb_build_object(
            "items",
            CommuneReportRow.items,
            "conclusion",
            CommuneReportRow.conclusion,
            "reported_on",
            CommuneReportRow.reported_on,
            "meeting",
            CommuneReportRow.meeting,
        )
    ).where(CommuneReportRow.dossier_id == DossierRow.id)
    return (
        papers.scalar_subquery().label("evidence"),
        returns.scalar_subquery().label("returns"),
        report.scalar_subquery().label("commune_report"),
    )


def _literal(word: str) -> str:
    """The word with LIKE's own signs made ordinary."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
