"""Where HTTP is put together: wiring only."""

from fastapi import FastAPI

from registry.api import certificates, passport_page, passports, producers, products, supports
from registry.settings import Settings
from shared.auth.tokens import TokenVerifier
from shared.http.app import create_service_app

ROUTERS = (
    passports.router,
    producers.router,
    products.router,
    certificates.router,
    supports.router,
)


def create_app(settings: Settings | None = None, verifier: TokenVerifier | None = None) -> FastAPI:
    """The ASGI application of registry. `verifier` replaces the one that asks for the signing keys."""
    settings = settings or Settings()  # from the environment
    app = create_service_app("registry", "OCOP registry", settings, ROUTERS, verifier=verifier)
    app.router.routes[:0] = [*passports.HOT_ROUTES, *passport_page.PAGE_ROUTES]
    return app
