"""Whether a service's worker beats: `python -m shared.tasks.heartbeat SERVICE` exits 0 when it does.

arq writes a key every 10 s that lives 11 s; a dead or hung worker lets it lapse.
"""

import os
import sys

from arq.constants import health_check_key_suffix
from redis import Redis

from shared.tasks.queue import queue_name


def main() -> None:
    """Exit 1, with a word, when the heartbeat is missing."""
    with Redis.from_url(os.environ["REDIS_URL"], socket_timeout=3) as redis:
        if not redis.exists(queue_name(sys.argv[1]) + health_check_key_suffix):
            sys.exit("no heartbeat")


if __name__ == "__main__":
    main()
