"""Queries to registry."""

from datetime import date
from urllib.parse import quote
from uuid import UUID

from shared.clients.base import ServiceClient
from shared.contracts.registry import CertificateSummary, ProductSummary, UnitSummary


class RegistryClient:
    """What the other services may ask registry."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def product_summary(self, product_id: UUID, token: str) -> ProductSummary:
        """A product the caller may see. Raises NotFound otherwise."""
        return ProductSummary.model_validate(
            await self._client.get_json(f"/api/registry/v1/products/{product_id}/summary", token=token)
        )

    async def certificate_summary(self, certificate_id: UUID, token: str) -> CertificateSummary:
        """A certificate the caller may see, with the units that answer for it today. Raises NotFound otherwise."""
        return CertificateSummary.model_validate(
            await self._client.get_json(f"/api/registry/v1/certificates/{certificate_id}/summary", token=token)
        )

    async def unit(self, code: str, on: date, token: str) -> UnitSummary:
        """The unit with this code on a day: codes are used again for other places. Raises NotFound without one."""
        return UnitSummary.model_validate(
            await self._client.get_json(
                f"/api/registry/v1/units/{quote(code, safe='')}", token=token, params={"on": on.isoformat()}
            )
        )
