"""Where HTTP is put together: wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from evaluation.api import (
    commune_steps,
    councils,
    documents,
    dossier_archives,
    dossiers,
    evidence,
    file_links,
    results,
    rounds,
    rules,
    score_previews,
    score_sheets,
    uploads,
)
from evaluation.integrations.documents import Renderer
from evaluation.integrations.files import FileStore
from evaluation.persistence.score_submission import ScoreSubmission
from evaluation.settings import Settings
from shared.auth.tokens import TokenVerifier
from shared.clients.base import ServiceClient
from shared.clients.registry import RegistryClient
from shared.http.app import create_service_app

ROUTERS = (
    rules.router,
    score_previews.router,
    dossiers.router,
    evidence.router,
    commune_steps.router,
    councils.router,
    rounds.router,
    score_sheets.router,
    results.router,
    documents.router,
    uploads.router,
    file_links.router,
    dossier_archives.router,
)

UPLOADS = {
    "/evidence-files/": evidence.MOST_BYTES,
    "/document-files/": evidence.MOST_BYTES,
    "/uploads": evidence.MOST_BYTES,
}


def create_app(
    settings: Settings | None = None,
    *,
    verifier: TokenVerifier | None = None,
    registry: RegistryClient | None = None,
) -> FastAPI:
    """The ASGI application of evaluation. `verifier` and `registry` replace the ones that call registry."""
    settings = settings or Settings()  # from the environment

    @asynccontextmanager
    async def resources(app: FastAPI) -> AsyncIterator[None]:
        client = ServiceClient("registry", settings.registry_url)
        app.state.registry = registry or RegistryClient(client)
        app.state.files = FileStore.open(settings.files_url)
        app.state.score_submission = ScoreSubmission()
        app.state.renderer = Renderer()
        try:
            yield
        finally:
            app.state.renderer.close()
            await client.close()

    return create_service_app(
        "evaluation",
        "OCOP evaluation",
        settings,
        ROUTERS,
        resources=resources,
        verifier=verifier,
        uploads=UPLOADS,
    )
