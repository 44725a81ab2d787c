"""All SQL of supports."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncSession

from registry.domain.product_access import Scope
from registry.persistence.scopes import within
from registry.persistence.tables.supports import SupportRow
from shared.db.pages import PageRequest, fetch_page


class Supports:
    """Support given to producers and products."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: SupportRow) -> None:
        """Keep a new support."""
        self._session.add(row)

    async def page(self, scope: Scope, page: PageRequest, *, kind: str | None) -> tuple[list[Row[Any]], str | None]:
        """A page of supports within a scope, by id."""
        statement = select(SupportRow).where(within(scope, SupportRow, SupportRow.producer_id))
        if kind is not None:
            statement = statement.where(SupportRow.kind == kind)
        keys: list[Any] = [SupportRow.id]
        return await fetch_page(self._session, statement, keys, page)
