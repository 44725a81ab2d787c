"""Where HTTP is put together: wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from commerce.api import figures, outlets, trade_events
from commerce.settings import Settings
from shared.auth.tokens import TokenVerifier
from shared.clients.base import ServiceClient
from shared.clients.registry import RegistryClient
from shared.http.app import create_service_app

ROUTERS = (outlets.router, trade_events.router, figures.router)


def create_app(
    settings: Settings | None = None,
    *,
    verifier: TokenVerifier | None = None,
    registry: ServiceClient | None = None,
) -> FastAPI:
    """The ASGI application of commerce. `verifier` and `registry` replace those that the settings name."""
    settings = settings or Settings()  # from the environment

    @asynccontextmanager
    async def resources(app: FastAPI) -> AsyncIterator[None]:
        client = registry or ServiceClient("registry", app.state.settings.registry_url)
        app.state.registry = RegistryClient(client)
        try:
            yield
        finally:
            await client.close()

    return create_service_app("commerce", "OCOP commerce", settings, ROUTERS, resources=resources, verifier=verifier)
