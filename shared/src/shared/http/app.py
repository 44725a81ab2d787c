"""The FastAPI application of a service: the same outside for all four."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from operator import attrgetter
from typing import Any

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, Field
from starlette.types import ASGIApp

from shared.auth.tokens import TokenVerifier
from shared.clients.base import ServiceClient
from shared.db.engine import Database
from shared.db.revisions import head
from shared.http import health
from shared.http.hot import HotRoute, HotRoutes
from shared.http.middleware import BodyLimit, RequestContext, metrics
from shared.http.problems import MEDIA_TYPE, install_problem_handlers
from shared.logging import configure_logging
from shared.observability import configure_tracing
from shared.settings import ServiceSettings

BODY_LIMIT = 1_000_000
"""Bytes of a body, but for uploads."""


class ProblemFault(BaseModel):
    """One fault of a payload."""

    field: str
    code: str
    detail: str


class ProblemDocument(BaseModel):
    """Every error's body (RFC 9457), as application/problem+json."""

    type: str = Field(examples=["/problems/conflict"])
    title: str
    status: int
    detail: str
    instance: str | None = None
    rule: str | None = None
    errors: list[ProblemFault] | None = None


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    code: {
        "description": text,
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
    }
    for code, text in {
        400: "Not understood",
        401: "Not signed in",
        403: "Not within your appointment",
        404: "Unknown or out of scope",
        405: "Method not allowed",
        409: "State conflict",
        412: "Stale version",
        413: "Body too large",
        422: "Payload not valid",
        428: "If-Match missing",
        503: "Try again later",
    }.items()
}


class ServiceApp(FastAPI):
    """FastAPI with hot routes in front of everything else it does."""

    hot: Mapping[tuple[str, str], HotRoute] = {}

    def build_middleware_stack(self) -> ASGIApp:
        """As FastAPI's, behind the hot routes."""
        stack = super().build_middleware_stack()
        return HotRoutes(stack, self.state, self.hot) if self.hot else stack


def service_router(service: str | None, path: str = "", **settings: Any) -> APIRouter:
    """A router of a service's API below `path`; of pages at the origin itself where `service` is None."""
    # FastAPI builds the routes of a router that is included again, at the first request: ours are whole at import.
    prefix = f"/api/{service}/v1{path}" if service else path
    settings["responses"] = {**PROBLEM_RESPONSES, **settings.get("responses", {})}
    return APIRouter(prefix=prefix, generate_unique_id_function=attrgetter("name"), **settings)


def create_service_app(
    service: str,
    title: str,
    settings: ServiceSettings,
    routers: Sequence[APIRouter],
    *,
    resources: Callable[[FastAPI], AbstractAsyncContextManager[None]] | None = None,
    verifier: TokenVerifier | None = None,
    hot: Mapping[tuple[str, str], HotRoute] | None = None,
    uploads: Mapping[str, int] | None = None,
) -> FastAPI:
    """Assemble a service: its routers (see `service_router`), probes, metrics, problems, tokens, database.

    `resources` opens what only this service needs, from `app.state.settings`, and puts it on `app.state`; `verifier`
    replaces the one that asks registry for its keys. `hot`: what is answered before the framework sees it, by method
    and path. `uploads`: larger limits of bodies, by the beginning of a path such as "/evidence-files/".
    """
    configure_logging(service, settings.log_level)
    configure_tracing(service, settings.otlp_endpoint)
    traced = settings.otlp_endpoint is not None

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        settings: ServiceSettings = app.state.settings  # a local system builds applications before it has these
        async with AsyncExitStack() as stack:
            database = Database(settings.database_url.get_secret_value(), name=service, pool=settings.database_pool)
            stack.push_async_callback(database.stop)
            if not settings.development:
                await database.refuse_movable_clock()
            app.state.database = database
            if verifier is None:
                registry = ServiceClient("registry", settings.registry_url)
                stack.push_async_callback(registry.close)
                app.state.verifier = TokenVerifier(lambda: registry.get_json("/api/registry/v1/jwks.json"))
            if resources is not None:
                await stack.enter_async_context(resources(app))
            yield

    prefix = f"/api/{service}/v1"
    app = ServiceApp(
        title=title,
        version="1.0.0",
        openapi_url=f"{prefix}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
        telemetry={"tracing": traced, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.settings, app.state.revision = settings, head(service)
    if not traced:  # the framework makes the spans
        app.hot = {(method, f"{prefix}{path}"): route for (method, path), route in (hot or {}).items()}
    if verifier is not None:
        app.state.verifier = verifier
    install_problem_handlers(app)
    larger = {f"{prefix}{path}": limit for path, limit in (uploads or {}).items()}
    app.add_middleware(BodyLimit, limit=BODY_LIMIT, uploads=larger)
    app.add_middleware(RequestContext)
    for router in (*routers, health.router):
        app.router.routes.extend(router.routes)
    app.add_route("/metrics", metrics, include_in_schema=False)
    _describe_problems(app)
    return app


def _describe_problems(app: FastAPI) -> None:
    """Put ProblemDocument into the OpenAPI components, which the error responses refer to."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            schema = original()
            models = schema.setdefault("components", {}).setdefault("schemas", {})
            document = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
            models.update(document.pop("$defs"))
            models["ProblemDocument"] = document
            for unused in ("HTTPValidationError", "ValidationError"):
                models.pop(unused, None)
            schema["components"]["securitySchemes"] = {
                "platform_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            }
            schema["security"] = [{"platform_token": []}]
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend the document
