"""Whether a service's worker beats: `python -m shared.tasks.heartbeat SERVICE` exits 0 when it does.

The worker writes a key every `BEAT_SECONDS` that lives a second longer; a dead or hung worker lets it lapse. This
module loads next to nothing: a probe must be cheap on a busy machine.
"""

import os
import sys

BEAT_SECONDS = 15


def heartbeat_key(queue: str) -> str:
    """The key in Redis that says the worker of a queue is alive."""
    return f"{queue}:heartbeat"


def main() -> None:
    """Exit 1, with a word, when the heartbeat is missing."""
    from redis import Redis  # noqa: PLC0415  # the worker, which imports this module, has its own client

    with Redis.from_url(os.environ["REDIS_URL"], socket_timeout=3) as redis:
        if not redis.exists(heartbeat_key(f"ocop:{sys.argv[1]}")):
            sys.exit("no heartbeat")


if __name__ == "__main__":
    main()
