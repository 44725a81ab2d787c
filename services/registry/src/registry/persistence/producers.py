"""All SQL of producers."""

from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from registry.domain.product_access import Scope
from registry.persistence.scopes import within
from registry.persistence.search import fetch_found
from registry.persistence.tables.producers import ProducerRow
from registry.persistence.tables.products import ProductRow
from shared.db.pages import PageRequest
from shared.errors import NotFound


class Producers:
    """Producers, always within somebody's scope."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: ProducerRow) -> None:
        """Keep a new producer."""
        self._session.add(row)

    async def get(
        self, producer_id: UUID, readers: Scope, keepers: Scope, *, lock: bool = False
    ) -> tuple[ProducerRow, bool]:
        """(the producer, whether `keepers` reaches it). Raises NotFound outside `readers`."""
        statement = _seen(readers, keepers).where(ProducerRow.id == producer_id)
        if lock:
            statement = statement.with_for_update(of=ProducerRow)
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFound("Không có chủ thể này trong phạm vi của bạn.", "No such producer within your scope.")
        return row[0], row[1]

    async def demonstration(self) -> set[UUID]:
        """The invented producers that are there."""
        return set(await self._session.scalars(select(ProducerRow.id).where(ProducerRow.demonstration)))

    async def page(
        self,
        readers: Scope,
        keepers: Scope,
        page: PageRequest,
        *,
        q: str | None,
        kind: str | None,
        commune_code: str | None,
        district_code: str | None,
    ) -> tuple[list[Any], str | None]:
        """A page of (producer, whether `keepers` reaches it), by id."""
        statement = _seen(readers, keepers)
        for column, value in (
            (ProducerRow.kind, kind),
            (ProducerRow.commune_code, commune_code),
            (ProducerRow.district_code, district_code),
        ):
            if value is not None:
                statement = statement.where(column == value)
        return await fetch_found(self._session, statement, ProducerRow, q, page, key=ProducerRow.id)

    async def rename_in_products(self, producer: ProducerRow) -> list[ProductRow]:
        """Repeat the producer's name and kind in its products; returns those, at their new version."""
        rows = await self._session.scalars(
            update(ProductRow)
            .where(ProductRow.producer_id == producer.id)
            .values(
                producer_name=producer.name,
                producer_kind=producer.kind,
                version=ProductRow.version + 1,
            )
            .returning(ProductRow),
            execution_options={"synchronize_session": False, "populate_existing": True},
        )
        return list(rows)


def _seen(readers: Scope, keepers: Scope) -> Any:
    kept = within(keepers, ProducerRow, ProducerRow.id).label("kept")
    return select(ProducerRow, kept).where(within(readers, ProducerRow, ProducerRow.id))
