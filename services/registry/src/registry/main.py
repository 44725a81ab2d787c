"""Where HTTP is put together: wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from registry.api import (
    activities,
    appointments,
    boards,
    certificates,
    dev,
    dev_issuer,
    passport_page,
    passports,
    plans,
    producers,
    products,
    supports,
    tokens,
    units,
)
from registry.api.hot import HOT
from registry.settings import Settings
from registry.use_cases.open_identity import open_identity
from shared.auth.tokens import TokenVerifier
from shared.http.app import create_service_app

ROUTERS: tuple[APIRouter, ...] = (
    tokens.router,
    units.router,
    appointments.router,
    plans.router,
    activities.router,
    boards.router,
    producers.router,
    products.router,
    certificates.router,
    supports.router,
    passports.router,
)
DEVELOPMENT_ROUTERS: tuple[APIRouter, ...] = (dev.router, dev_issuer.router)
"""Not part of a production system: there they are 404."""
PAGES: tuple[APIRouter, ...] = (boards.pages, passport_page.pages)
"""HTML pages at the origin itself, without the API's prefix."""


def create_app(settings: Settings | None = None, verifier: TokenVerifier | None = None) -> FastAPI:
    """The ASGI application of registry. Raises ValueError when production lacks its signing key or provider."""
    settings = settings or Settings()  # from the environment
    settings.refuse_to_serve_unprepared()

    @asynccontextmanager
    async def resources(app: FastAPI) -> AsyncIterator[None]:
        async with open_identity(app.state.settings, app.state.database) as identity:
            app.state.signer = identity.signer
            app.state.dev_signer = identity.dev_signer
            app.state.identity_provider = identity.provider
            yield

    async def own_keys() -> dict[str, object]:
        keys: dict[str, object] = app.state.signer.public_keys()
        return keys

    app = create_service_app(
        "registry",
        "OCOP registry",
        settings,
        (*ROUTERS, *PAGES, *(DEVELOPMENT_ROUTERS if settings.development else ())),
        resources=resources,
        verifier=verifier or TokenVerifier(own_keys),
        hot=HOT,
    )
    return app
