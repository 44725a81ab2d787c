"""The origin's ASGI application: services' paths are passed on, the rest are the origin's own pages."""

import asyncio

from starlette.types import ASGIApp

from deploy.origin.pages import Pages
from deploy.origin.proxy import Exchange, Receive, Scope, Send
from deploy.origin.settings import OriginSettings
from deploy.origin.upstreams import Upstream

_OF_REGISTRY = ("/p/", "/board/")


class Origin:
    """`/api/<service>/…` goes to that service, `/p/…` and `/board/…` to registry, the rest to `pages`."""

    def __init__(self, settings: OriginSettings) -> None:
        self._upstreams = {name: Upstream(name, url) for name, url in settings.services.items()}
        self._pages: ASGIApp = Pages(settings, self._upstreams).app()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        upstream = self._upstream_for(scope["path"])
        if upstream is None:
            await self._pages(scope, receive, send)
        else:
            await Exchange(upstream, scope, receive, send).run()

    def _upstream_for(self, path: str) -> Upstream | None:
        if path.startswith("/api/"):
            return self._upstreams.get(path.split("/", 3)[2])
        if path.startswith(_OF_REGISTRY):
            return self._upstreams.get("registry")
        return None

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                for upstream in self._upstreams.values():
                    upstream.close()
                await asyncio.sleep(0)
                return


def create_app(settings: OriginSettings | None = None) -> Origin:
    """The application, told by the environment where the services are."""
    return Origin(settings or OriginSettings.from_environment())
