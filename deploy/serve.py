"""Serve one service's API in a container: `python -m deploy.serve SERVICE`."""

import sys

import uvicorn


def main() -> None:
    """Listen on port 8000 until SIGTERM, then finish what runs within 25 seconds."""
    uvicorn.run(
        f"{sys.argv[1]}.main:create_app",
        factory=True,
        host="0.0.0.0",  # noqa: S104  # inside its container, behind the proxy
        port=8000,
        loop="uvloop",
        http="deploy.protocol:JoinedHttp",
        access_log=False,
        log_config=None,
        proxy_headers=True,
        forwarded_allow_ips="*",
        timeout_graceful_shutdown=25,
    )


if __name__ == "__main__":
    main()
