"""Where HTTP is put together: wiring only."""

from fastapi import FastAPI

from registry.settings import Settings
from shared.http.app import create_service_app

ROUTERS = ()


def create_app(settings: Settings | None = None) -> FastAPI:
    """The ASGI application of registry."""
    settings = settings or Settings()  # from the environment
    return create_service_app("registry", "OCOP registry", settings, ROUTERS)
