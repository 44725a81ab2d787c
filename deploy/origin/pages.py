"""The origin's own pages: home, docs, readiness, the merged description."""

import asyncio
import hashlib
import importlib.util
import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from deploy.origin.connections import ConnectionFailed
from deploy.origin.descriptions import merge_descriptions
from deploy.origin.problems import NOTHING_HERE, STARTING, problem
from deploy.origin.settings import OriginSettings
from deploy.origin.upstreams import ServiceDown, Upstream

_PROBE_SECONDS = 3.0
_PAGE_SECONDS = 1.0
_DESCRIPTION_SECONDS = 5.0
_DESCRIBING_SECONDS = 20.0
"""A service makes its description when first asked: seconds of work for the largest, more on a busy machine."""
_SHOWN_PEOPLE = 24


class Pages:
    """What the origin answers itself. It keeps nothing but the merged description, for a few seconds."""

    def __init__(self, settings: OriginSettings, upstreams: Mapping[str, Upstream]) -> None:
        self._settings = settings
        self._upstreams = upstreams
        self._described: tuple[float, bytes] = (0.0, b"")
        self._describing = asyncio.Lock()
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True
        )

    def app(self) -> Starlette:
        """The pages as an application."""
        return Starlette(
            routes=[
                Route("/", self.home),
                Route("/docs", self.docs),
                Route("/openapi.json", self.description),
                Route("/readyz", self.readiness),
                Route("/livez", self.liveness),
                Mount("/docs/static", StaticFiles(directory=_viewer_folder()), name="static"),
            ],
            middleware=[Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)],
            exception_handlers={404: _nothing_here},
        )

    async def home(self, request: Request) -> Response:
        """What this is and where to go, for a person; works with any of the services down."""
        passports, people = await asyncio.gather(
            self._items("registry", "/api/registry/v1/passports?limit=1"), self._people()
        )
        page = self._templates.get_template("home.html").render(
            origin=str(request.base_url).rstrip("/"),
            services=list(self._upstreams),
            passport=passports[0] if passports else None,
            people=people[:_SHOWN_PEOPLE],
            more_people=max(0, len(people) - _SHOWN_PEOPLE),
            development=self._settings.development,
        )
        return HTMLResponse(page, headers={"cache-control": "no-store"})

    async def docs(self, _request: Request) -> Response:
        """The description as a page one can try; its scripts come from here, nothing from outside."""
        page = self._templates.get_template("docs.html").render(people=await self._people())
        return HTMLResponse(page, headers={"cache-control": "no-store"})

    async def liveness(self, _request: Request) -> Response:
        """The origin itself runs."""
        return JSONResponse({"status": "ok"})

    async def readiness(self, _request: Request) -> Response:
        """200 when every service is ready, and the first data loaded; says which is not."""
        states = dict(zip(self._upstreams, await asyncio.gather(*map(self._state, self._upstreams)), strict=True))
        ready = all(state["status"] == "ready" for state in states.values())
        answer: dict[str, Any] = {"status": "ready" if ready else "not-ready", "services": states}
        if self._settings.loaded_file is not None and not self._settings.loaded_file.exists():
            answer |= {"status": "not-ready", "data": "loading"}
        status = 200 if answer["status"] == "ready" else 503
        return JSONResponse(answer, status, headers={"cache-control": "no-store"})

    async def description(self, request: Request) -> Response:
        """The merged OpenAPI 3.1 document; 503 while a service cannot describe itself."""
        async with self._describing:
            made, body = self._described
            if time.monotonic() - made > _DESCRIPTION_SECONDS or not body:
                try:
                    body = await self._describe()
                except (ServiceDown, ConnectionFailed, TimeoutError, ValueError):
                    return _problem(request, 503)
                self._described = (time.monotonic(), body)
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"etag": etag, "cache-control": "no-cache"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="application/json", headers=headers)

    async def _describe(self) -> bytes:
        documents = {}
        for name, upstream in self._upstreams.items():
            status, body = await upstream.get(f"/api/{name}/v1/openapi.json", seconds=_DESCRIBING_SECONDS)
            if status != 200:
                raise ValueError(f"{name} answers {status} for its description")
            documents[name] = json.loads(body)
        return json.dumps(merge_descriptions(documents), ensure_ascii=False, separators=(",", ":")).encode()

    async def _state(self, name: str) -> dict[str, Any]:
        try:
            status, body = await self._upstreams[name].get("/readyz", seconds=_PROBE_SECONDS)
        except (ServiceDown, ConnectionFailed, TimeoutError) as error:
            return {"status": "down", "detail": str(error) or "no answer in time"}
        if status == 200:
            return {"status": "ready"}
        try:
            return {"status": "not-ready", "detail": json.loads(body)}
        except ValueError:
            return {"status": "not-ready", "detail": f"answers {status}"}

    async def _people(self) -> list[dict[str, Any]]:
        """The demonstration people, in development."""
        return await self._items("registry", "/api/registry/v1/dev-people") if self._settings.development else []

    async def _items(self, service: str, target: str) -> list[dict[str, Any]]:
        """A short list for a page; empty when the service does not answer: the page does without it."""
        try:
            status, body = await self._upstreams[service].get(target, seconds=_PAGE_SECONDS)
            answer = json.loads(body)
        except (ServiceDown, ConnectionFailed, TimeoutError, ValueError, KeyError):
            return []
        items = answer.get("items", []) if isinstance(answer, dict) else answer
        return [one for one in items if isinstance(one, dict)] if status == 200 and isinstance(items, list) else []


def _viewer_folder() -> Path:
    """The folder of the wheel fastapi-offline that holds Swagger UI; its Python code is not used."""
    spec = importlib.util.find_spec("fastapi_offline")
    if spec is None or spec.origin is None:
        raise RuntimeError("the wheel fastapi-offline is not installed: it holds the scripts of /docs")
    return Path(spec.origin).parent / "static"


def _problem(request: Request, status: int) -> Response:
    detail = NOTHING_HERE if status == 404 else STARTING
    headers, body = problem(
        status,
        detail,
        accept_language=request.headers.get("accept-language", ""),
        instance=request.url.path,
    )
    return Response(body, status, headers={name.decode(): value.decode() for name, value in headers})


async def _nothing_here(request: Request, _error: Exception) -> Response:
    return _problem(request, 404)
