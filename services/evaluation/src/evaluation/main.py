"""Where HTTP is put together: wiring only."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from evaluation.api import (
    advice,
    carry_over,
    commune_steps,
    conflicts,
    council_acts,
    council_work,
    councils,
    documents,
    dossier_archives,
    dossiers,
    drafts,
    evidence,
    file_links,
    forecasts,
    objections,
    reception,
    recomputations,
    results,
    revocations,
    round_schedules,
    round_statistics,
    rounds,
    rule_drafts,
    rules,
    score_previews,
    score_sheets,
    settlements,
    sheet_history,
    uploads,
)
from evaluation.api.hot import HOT
from evaluation.integrations.files import FileStore
from evaluation.integrations.renderer import Renderer
from evaluation.persistence.score_submission import ScoreSubmission
from evaluation.settings import Settings
from shared.auth.tokens import TokenVerifier
from shared.clients.base import ServiceClient
from shared.clients.registry import RegistryClient
from shared.http.app import create_service_app

ROUTERS = (
    score_sheets.router,  # first, because routes are tried in order and this one is asked most on the busiest day
    rules.router,
    rule_drafts.router,
    recomputations.router,
    score_previews.router,
    forecasts.router,
    dossiers.router,
    drafts.router,
    carry_over.router,
    evidence.router,
    commune_steps.router,
    reception.router,
    councils.router,
    council_work.router,
    rounds.router,
    round_schedules.router,
    advice.router,
    results.router,
    settlements.router,
    objections.router,
    revocations.router,
    documents.router,
    conflicts.router,
    council_acts.router,
    sheet_history.router,
    round_statistics.router,
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
        settings: Settings = app.state.settings
        client = ServiceClient("registry", settings.registry_url)
        app.state.registry = registry or RegistryClient(client)
        app.state.files = FileStore.open(settings.files_url)
        app.state.score_submission = ScoreSubmission()
        app.state.renderer = Renderer()
        try:
            yield
        finally:
            await app.state.renderer.close()
            await client.close()

    return create_service_app(
        "evaluation",
        "OCOP evaluation",
        settings,
        ROUTERS,
        resources=resources,
        verifier=verifier,
        hot=HOT,
        uploads=UPLOADS,
    )
