"""`python -m deploy.origin`: the origin as a container of its own, on OCOP_PORT of OCOP_HOST."""

import os

import uvicorn

from deploy.origin.server import server_config


def main() -> None:
    """Serve until SIGTERM."""
    port = int(os.environ.get("OCOP_PORT", "8080"))
    host = os.environ.get("OCOP_HOST", "127.0.0.1")
    uvicorn.Server(server_config(graceful_seconds=25, host=host, port=port)).run()


if __name__ == "__main__":
    main()
