"""All SQL of dossiers."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.domain.dossier_states import FINAL
from evaluation.persistence.dossier_visibility import visible_to
from evaluation.persistence.tables.dossiers import DossierReturnRow, DossierRow, FilingWindowRow
from shared.auth.actors import Actor
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

FILTERS = ("state", "level", "year", "commune_code", "district_code", "producer_id")
"""Columns a list may be narrowed by."""

LISTED = tuple(
    DossierRow.__table__.c[name]
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

    def add(self, row: DossierRow | DossierReturnRow) -> None:
        """Write a new row with the transaction."""
        self.session.add(row)

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


def _literal(word: str) -> str:
    """The word with LIKE's own signs made ordinary."""
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
