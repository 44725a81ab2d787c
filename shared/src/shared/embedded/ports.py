"""TCP ports of 127.0.0.1."""

import socket

from shared.embedded.errors import EmbeddedError

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether nobody listens on the port of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port that is free at this moment."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        number: int = probe.getsockname()[1]
        return number


def choose_port(wanted: int | None, last: int | None) -> int:
    """The port asked for, else the one used last time if still free, else any free one.

    Raises EmbeddedError when the port asked for is taken.
    """
    if wanted is not None:
        if not is_free(wanted):
            raise EmbeddedError(f"Port {wanted} is taken by another program; free it or choose another.")
        return wanted
    return last if last is not None and is_free(last) else free_port()
