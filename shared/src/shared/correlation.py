"""The ids that tie a request to the tasks and events it caused (W3C Trace Context)."""

import os
import re
from contextvars import ContextVar

_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$")
_current: ContextVar[str | None] = ContextVar("traceparent", default=None)


def traceparent() -> str | None:
    """The traceparent of the work being done now, or None outside any."""
    return _current.get()


def trace_id() -> str | None:
    """Its 32 hexadecimal digits; shown to people as the reference of a failed request."""
    value = _current.get()
    return value.split("-")[1] if value else None


def follow(header: str | None) -> str:
    """Continue the caller's trace, or begin one when `header` is missing or malformed; returns the trace id."""
    match = _TRACEPARENT.match(header) if header else None
    drawn = os.urandom(24).hex()
    identity = match.group(1) if match else drawn[:32]
    _current.set(f"00-{identity}-{drawn[32:]}-00")
    return identity
