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
    formal_documents,
    inbox_stream,
    notices,
    obligations,
    operation,
    policies,
    preferences,
    proofs,
    push_devices,
    receipts,
    risks,
    templates,
    waiting,
    webhooks,
)
from notifier.api.gauges import FreshGauges
from notifier.integrations.outward_http import OutwardHttp
from notifier.integrations.push_encryption import Vapid
from notifier.integrations.seals import Seal
from notifier.integrations.units import UnitDirectory
from notifier.settings import Settings
from notifier.use_cases.follow_inbox import InboxHub
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
    webhooks.router,
    inbox_stream.router,
    push_devices.router,
    formal_documents.router,
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

    @asynccontextmanager
    async def resources(app: FastAPI) -> AsyncIterator[None]:
        chosen: Settings = app.state.settings
        key = chosen.webpush_key
        app.state.units = UnitDirectory(registry or ServiceClient("registry", chosen.registry_url))
        app.state.outward = OutwardHttp(loopback=chosen.outward_loopback, connections=1)
        app.state.seal = Seal(chosen.token_key.get_secret_value()) if chosen.token_key else None
        app.state.vapid = Vapid(key.get_secret_value(), chosen.webpush_contact) if key else None
        app.state.inbox_hub = InboxHub(app.state.database)
        try:
            with inbox_stream.stopped_by_signal(app.state.inbox_hub.stop):
                yield
        finally:
            await app.state.inbox_hub.close()
            await app.state.outward.close()
            await app.state.units.close()

    app = create_service_app("notifier", "OCOP notifier", settings, ROUTERS, resources=resources, verifier=verifier)
    app.add_middleware(FreshGauges, state=app.state)
    return app
