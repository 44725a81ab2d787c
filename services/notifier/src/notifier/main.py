"""Where HTTP is put together: wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from notifier.api import (
    absences,
    calendar_feeds,
    calendars,
    contacts,
    duty_calendars,
    notices,
    obligations,
    operation,
    policies,
    preferences,
    proofs,
    receipts,
    risks,
    templates,
    waiting,
)
from notifier.integrations.units import UnitDirectory
from notifier.settings import Settings
from shared.auth.tokens import TokenVerifier
from shared.clients.base import ServiceClient
from shared.http.app import create_service_app

ROUTERS = (
    obligations.router,
    notices.router,
    waiting.router,
    calendars.router,
    duty_calendars.router,
    templates.router,
    operation.router,
    receipts.router,
    policies.router,
    calendar_feeds.router,
    risks.router,
    contacts.router,
    absences.router,
    proofs.router,
    preferences.router,
)


def create_app(
    settings: Settings | None = None,
    *,
    verifier: TokenVerifier | None = None,
    registry: ServiceClient | None = None,
) -> FastAPI:
    """The ASGI application of notifier. `verifier` and `registry` replace those that the settings name."""
    settings = settings or Settings()  # from the environment
    chosen = settings

    @asynccontextmanager
    async def resources(app: FastAPI) -> AsyncIterator[None]:
        app.state.units = UnitDirectory(registry or ServiceClient("registry", chosen.registry_url))
        try:
            yield
        finally:
            await app.state.units.close()

    return create_service_app("notifier", "OCOP notifier", settings, ROUTERS, resources=resources, verifier=verifier)
