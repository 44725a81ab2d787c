"""All SQL that keeps what other services told, whatever the order it came in."""

import json
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.commerce import GrowthMeasured, OutletClosed, OutletOpened, TradeEventHeld
from shared.contracts.evaluation import DossierFiled, DossierForwarded, ResultReleased
from shared.contracts.notifier import ObligationLifted, ObligationMet, ObligationMissed

_OUTLET_OPENED = """
    INSERT INTO outlet_projection (outlet_id, name, commune_code, unit_code, province_code, opened_on,
                                   opened_revision, closed_revision)
    VALUES (:outlet_id, :name, :commune_code, :unit_code, :province_code, :opened_on, :revision, 0)
    ON CONFLICT (outlet_id) DO UPDATE SET name = excluded.name, commune_code = excluded.commune_code,
        unit_code = excluded.unit_code, province_code = excluded.province_code, opened_on = excluded.opened_on,
        opened_revision = excluded.opened_revision
    WHERE outlet_projection.opened_revision < excluded.opened_revision
"""
_OUTLET_CLOSED = """
    INSERT INTO outlet_projection (outlet_id, unit_code, closed_on, opened_revision, closed_revision)
    VALUES (:outlet_id, :unit_code, :closed_on, 0, :revision)
    ON CONFLICT (outlet_id) DO UPDATE SET closed_on = excluded.closed_on, closed_revision = excluded.closed_revision
    WHERE outlet_projection.closed_revision < excluded.closed_revision
"""
_TRADE_EVENT = """
    INSERT INTO trade_event_projection (trade_event_id, kind, name, province_code, held_on, exhibitors, sales, year,
                                        revision)
    VALUES (:trade_event_id, :kind, :name, :province_code, :held_on, :exhibitors, :sales, :year, :revision)
    ON CONFLICT (trade_event_id) DO UPDATE SET kind = excluded.kind, name = excluded.name,
        province_code = excluded.province_code, held_on = excluded.held_on, exhibitors = excluded.exhibitors,
        sales = excluded.sales, year = excluded.year, revision = excluded.revision
    WHERE trade_event_projection.revision < excluded.revision
"""
_GROWTH = """
    INSERT INTO growth_projection (figures_id, product_id, period_from, period_to, revenue, profit, revenue_ratio,
                                   profit_ratio, district_code, province_code, year, revision)
    VALUES (:figures_id, :product_id, :period_from, :period_to, :revenue, :profit, :revenue_ratio, :profit_ratio,
            :district_code, :province_code, :year, :revision)
    ON CONFLICT (figures_id) DO UPDATE SET period_from = excluded.period_from, period_to = excluded.period_to,
        revenue = excluded.revenue, profit = excluded.profit, revenue_ratio = excluded.revenue_ratio,
        profit_ratio = excluded.profit_ratio, revision = excluded.revision
    WHERE growth_projection.revision < excluded.revision
"""
_STANDS = """
    INSERT INTO obligation_projection AS p (obligation_id, code, period, unit_code, year, due_on, state, late, revision)
    VALUES (:obligation_id, :code, :period, :unit_code, :year, :due_on, :state, false, :revision)
    ON CONFLICT (obligation_id)
    DO UPDATE SET state = excluded.state, due_on = excluded.due_on, revision = excluded.revision
    WHERE p.state <> 'met' AND excluded.revision > p.revision
"""
_MET = """
    INSERT INTO obligation_projection (obligation_id, code, period, unit_code, year, due_on, state, met_on, late)
    VALUES (:obligation_id, :code, :period, :unit_code, :year, :due_on, 'met', :met_on, :late)
    ON CONFLICT (obligation_id) DO UPDATE SET state = 'met', met_on = excluded.met_on, late = excluded.late,
        due_on = excluded.due_on, revision = excluded.revision
"""
_FILED = """
    INSERT INTO dossier_projection (dossier_id, product_id, year, commune_code, district_code, province_code, kind,
                                    ruleset, filed_on)
    VALUES (:dossier_id, :product_id, :year, :commune_code, :district_code, :province_code, :kind, :ruleset,
            :filed_on)
    ON CONFLICT (dossier_id) DO UPDATE SET commune_code = excluded.commune_code, kind = excluded.kind,
        ruleset = excluded.ruleset, filed_on = excluded.filed_on
"""
_FORWARDED = """
    INSERT INTO dossier_projection (dossier_id, product_id, year, district_code, province_code, forwarded)
    VALUES (:dossier_id, :product_id, :year, :district_code, :province_code, CAST(:facts AS jsonb))
    ON CONFLICT (dossier_id) DO UPDATE SET forwarded = dossier_projection.forwarded || excluded.forwarded
"""
_RELEASED = """
    INSERT INTO dossier_projection (dossier_id, product_id, year, commune_code, district_code, province_code, results)
    VALUES (:dossier_id, :product_id, :year, :commune_code, :district_code, :province_code, CAST(:facts AS jsonb))
    ON CONFLICT (dossier_id) DO UPDATE SET results = dossier_projection.results || excluded.results
"""


class Projections:
    """What other services told. Each statement may run twice and in any order with the others."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def outlet_opened(self, event: OutletOpened) -> None:
        """An outlet is open; a later revision corrects it."""
        await self._run(_OUTLET_OPENED, event.model_dump())

    async def outlet_closed(self, event: OutletClosed) -> None:
        """An outlet is closed, even when its opening is heard of later."""
        await self._run(_OUTLET_CLOSED, event.model_dump())

    async def trade_event_held(self, event: TradeEventHeld) -> None:
        """A fair, promotion or conference took place."""
        await self._run(_TRADE_EVENT, event.model_dump())

    async def growth_measured(self, event: GrowthMeasured) -> None:
        """Figures of a product against its baseline."""
        await self._run(_GROWTH, event.model_dump())

    async def obligation_missed(self, event: ObligationMissed) -> None:
        """A unit sent nothing by its deadline, unless it is known to have met it, or the duty to be lifted since."""
        await self._run(_STANDS, event.model_dump() | {"state": "missed"})

    async def obligation_lifted(self, event: ObligationLifted) -> None:
        """A duty was waived, or has a later date."""
        state = "waived" if event.because == "waived" else "open"
        await self._run(_STANDS, event.model_dump() | {"state": state})

    async def obligation_met(self, event: ObligationMet) -> None:
        """A unit met its duty, on time or late."""
        await self._run(_MET, event.model_dump())

    async def dossier_filed(self, event: DossierFiled) -> None:
        """A dossier was filed."""
        await self._run(_FILED, event.model_dump())

    async def dossier_forwarded(self, event: DossierForwarded) -> None:
        """A dossier went up a level."""
        await self._run(_FORWARDED, event.model_dump() | {"facts": json.dumps({event.to_level.value: event.mean})})

    async def result_released(self, event: ResultReleased) -> None:
        """A level's result is known."""
        await self._run(_RELEASED, event.model_dump() | {"facts": json.dumps({event.level.value: event.star})})

    async def _run(self, statement: str, values: dict[str, Any]) -> None:
        await self._session.execute(text(statement), values)
