"""Queries to registry."""

from uuid import UUID

from shared.clients.base import ServiceClient
from shared.contracts.registry import ProductSummary


class RegistryClient:
    """What the other services may ask registry."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    async def product_summary(self, product_id: UUID, token: str) -> ProductSummary:
        """A product the caller may see. Raises NotFound otherwise."""
        return ProductSummary.model_validate(
            await self._client.get_json(f"/api/registry/v1/products/{product_id}/summary", token=token)
        )
