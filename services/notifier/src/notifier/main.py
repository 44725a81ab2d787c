"""Where HTTP is put together: wiring only."""

from fastapi import FastAPI

from notifier.api import calendar_feeds, notices, obligations, operation, policies, receipts, risks, templates
from notifier.settings import Settings
from shared.auth.tokens import TokenVerifier
from shared.http.app import create_service_app

ROUTERS = (
    obligations.router,
    notices.router,
    templates.router,
    operation.router,
    receipts.router,
    policies.router,
    calendar_feeds.router,
    risks.router,
)


def create_app(settings: Settings | None = None, *, verifier: TokenVerifier | None = None) -> FastAPI:
    """The ASGI application of notifier. `verifier` replaces the one that asks registry for its keys."""
    settings = settings or Settings()  # from the environment
    return create_service_app("notifier", "OCOP notifier", settings, ROUTERS, verifier=verifier)
