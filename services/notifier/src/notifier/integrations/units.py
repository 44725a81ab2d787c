"""The administrative units of a level on a day, asked of registry."""

from datetime import date

from shared.clients.base import ServiceClient
from shared.contracts.registry import UnitSummary
from shared.contracts.roles import Level
from shared.db.pages import MOST
from shared.errors import NotFound


class UnitDirectory:
    """Registry's public list of units. Hold no database connection while asking it."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def units(self, level: Level, on: date, within: str | None) -> list[UnitSummary]:
        """Units of a level in force on a day, of one province or all. Raises Unavailable when registry is silent."""
        found: list[UnitSummary] = []
        cursor: str | None = None
        while True:
            params = {"level": level.value, "on": on.isoformat(), "limit": str(MOST)}
            params |= {"cursor": cursor} if cursor else {}
            page = await self._client.get_json("/api/registry/v1/units", params=params)
            found += [UnitSummary.model_validate(item) for item in page["items"]]
            cursor = page["next"]
            if cursor is None:
                return [unit for unit in found if within in (None, unit.province_code, unit.code)]

    async def became(self, code: str, on: date, today: date) -> UnitSummary | None:
        """What the unit called `code` on a day is today: itself, or what it became part of, step by step.

        None where registry knows no such unit or no single successor. Raises Unavailable when registry is silent.
        """
        while True:
            try:
                found = await self._client.get_json(f"/api/registry/v1/units/{code}", params={"on": on.isoformat()})
            except NotFound:
                return None
            unit = UnitSummary.model_validate(found)
            if unit.valid_to is None or unit.valid_to >= today:
                return unit
            if len(unit.successors) != 1 or unit.successors[0].since <= on:
                return None
            code, on = unit.successors[0].code, unit.successors[0].since

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
