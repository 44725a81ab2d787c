"""How the origin is served, by the supervisor's child and by the container alike."""

import uvicorn

from deploy.origin.app import create_app
from shared.logging import configure_logging


def server_config(*, graceful_seconds: int, host: str = "127.0.0.1", port: int = 8080) -> uvicorn.Config:
    """The server's settings. The services' own `Date` and `Server` headers are passed on, so none are added."""
    configure_logging("origin", "INFO")
    return uvicorn.Config(
        create_app(),
        host=host,
        port=port,
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        proxy_headers=False,  # the proxy extends X-Forwarded-For itself
        timeout_keep_alive=75,
        timeout_graceful_shutdown=graceful_seconds,
    )
