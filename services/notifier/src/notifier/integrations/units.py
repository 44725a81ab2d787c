"""The administrative units of a level on a day, asked of registry."""

from datetime import date

from shared.clients.base import ServiceClient
from shared.contracts.registry import UnitSummary
from shared.contracts.roles import Level
from shared.db.pages import MOST


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

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()
