"""All SQL of trade events and participations."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from commerce.domain.access import Scope
from commerce.persistence.search import matches
from commerce.persistence.tables.projections import CertificateProjection
from commerce.persistence.tables.trade_events import TradeEventParticipationRow, TradeEventRow
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

_EXHIBITORS = (
    select(func.count(TradeEventParticipationRow.producer_id.distinct()))
    .where(TradeEventParticipationRow.trade_event_id == TradeEventRow.id)
    .scalar_subquery()
    .label("exhibitors")
)
SHOWN = (
    TradeEventRow.id,
    TradeEventRow.kind,
    TradeEventRow.name,
    TradeEventRow.place,
    TradeEventRow.province_code,
    TradeEventRow.starts_on,
    TradeEventRow.ends_on,
    TradeEventRow.sales,
    TradeEventRow.contracts,
    TradeEventRow.summary,
    TradeEventRow.version,
    _EXHIBITORS,
)


@dataclass(frozen=True, slots=True)
class TradeEventFilter:
    """Which events are asked for; None asks nothing. `year` is that of the first day."""

    state: Literal["announced", "held"] | None = None
    q: str | None = None
    kind: str | None = None
    province_code: str | None = None
    year: int | None = None
    product_id: UUID | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The filter in SQL."""
        found: list[ColumnElement[bool]] = []
        if self.kind is not None:
            found.append(TradeEventRow.kind == self.kind)
        if self.province_code is not None:
            found.append(TradeEventRow.province_code == self.province_code)
        if self.state is not None:
            held = TradeEventRow.summary.is_not(None)
            found.append(held if self.state == "held" else ~held)
        if self.year is not None:
            found.append(TradeEventRow.starts_on.between(date(self.year, 1, 1), date(self.year, 12, 31)))
        if self.q:
            found.append(matches(TradeEventRow.folded, self.q))
        if self.product_id is not None:
            taking_part = select(TradeEventParticipationRow.id).where(
                TradeEventParticipationRow.trade_event_id == TradeEventRow.id,
                TradeEventParticipationRow.product_id == self.product_id,
            )
            found.append(taking_part.exists())
        return found


class TradeEvents:
    """Events of trade promotion; who is signed in may read them, their province's trade department writes."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, row: TradeEventRow) -> None:
        """Write a new event."""
        self._session.add(row)
        await self._session.flush()

    async def page(self, wanted: TradeEventFilter, page: PageRequest) -> tuple[list[Row[Any]], str | None]:
        """Events, the latest first."""
        statement = select(*SHOWN).where(*wanted.conditions())
        keys = [TradeEventRow.starts_on, TradeEventRow.id]
        return await fetch_page(self._session, statement, keys, page, descending=True)

    async def get(self, trade_event_id: UUID) -> Row[*tuple[Any, ...]]:
        """One event with the products that take part. Raises NotFound."""
        statement = select(*SHOWN, _participations().label("participations")).where(TradeEventRow.id == trade_event_id)
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def take(self, scope: Scope, trade_event_id: UUID, *, for_change: bool) -> TradeEventRow:
        """An event within reach, locked: alone `for_change`, else together with others that add to it."""
        statement = select(TradeEventRow).where(
            TradeEventRow.id == trade_event_id, TradeEventRow.province_code.in_(scope.provinces)
        )
        row = (await self._session.execute(statement.with_for_update(read=not for_change))).scalar_one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def add_participation(self, row: TradeEventParticipationRow) -> bool:
        """Let a product take part; False when it does already."""
        values = {
            name: getattr(row, name)
            for name in ("trade_event_id", "product_id", "producer_id", "certificate_id", "recorded_by")
        }
        statement = insert(TradeEventParticipationRow).values(values)
        statement_once = statement.on_conflict_do_nothing().returning(TradeEventParticipationRow.id)
        return (await self._session.execute(statement_once)).scalar_one_or_none() is not None


def _participations() -> Any:
    certificate, participation = CertificateProjection, TradeEventParticipationRow
    entry = func.json_build_object(
        "product_id",
        participation.product_id,
        "producer_id",
        participation.producer_id,
        "product_code",
        certificate.product_code,
        "product_name",
        certificate.product_name,
        "star",
        certificate.star,
    )
    return (
        select(func.coalesce(func.json_agg(entry), func.json_build_array()))
        .select_from(participation)
        .join(certificate, certificate.certificate_id == participation.certificate_id)
        .where(participation.trade_event_id == TradeEventRow.id)
        .scalar_subquery()
    )
