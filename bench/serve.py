"""Serve one application for a measurement: `python -m bench.serve MODULE PORT CORES`; one process, one worker.

The product and its naive twin run through this alike, with the server settings of `deploy.local.children`.
"""

import ctypes
import os
import signal
import sys

import uvicorn

_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """End when the measuring process ends, however it does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))


def main() -> None:
    """Serve until SIGTERM."""
    die_with_parent()
    module, port, cores = sys.argv[1:4]
    os.sched_setaffinity(0, {int(core) for core in cores.split(",")})
    uvicorn.run(
        f"{module}:create_app",
        factory=True,
        host="127.0.0.1",
        port=int(port),
        loop="uvloop",
        http="deploy.protocol:JoinedHttp",
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1",
        timeout_keep_alive=75,
    )


if __name__ == "__main__":
    main()
