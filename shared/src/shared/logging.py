"""Structured logs: one JSON line per event, with the correlation id of the request or task that caused it.

Tokens and telephone numbers are taken out of every line, whoever wrote them into it, and rows out of every error.
"""

import logging
import re
import sys
from traceback import format_exception
from typing import Any, cast

import structlog
from structlog.typing import EventDict, Processor

from shared.correlation import trace_id

_SECRET = re.compile(
    r"(?P<token>\beyJ[\w-]+\.[\w-]+\.[\w-]*)"
    r"|(?P<password>(?<=://)[^\s/@:\"]*:[^\s/@\"]+(?=@))"
    r"|(?P<phone>(?<![\w+.-])(?:\+84[ .-]?|0)\d{2,3}[ .-]?\d{3}[ .-]?\d{3,4}(?![\w-]))"
)

_ROW = re.compile(
    r"(?s)(\n[ |]*DETAIL: |query argument \$\d+: |invalid input syntax for type [^:\n]+: |out of range: ).*?"
    r"(?=\n[ |]*(?:HINT: |\[SQL|\+-|\n[ |]*(?:The above|During handling))|\Z)"
)


def without_rows(text: str) -> str:
    """What an error says, less the values that Postgres and its driver quote: the row of a person, for instance."""
    return _ROW.sub(r"\1<row>", text)


def without_secrets(_logger: Any, _name: str, line: Any) -> str:
    """A rendered log line with "<token>", "<password>" or "<phone>" where one stood."""
    return _SECRET.sub(lambda match: f"<{match.lastgroup}>", line)


def with_trace(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """The event with the trace id of the work being done, looked up only when a line is written."""
    if identity := trace_id():
        event.setdefault("trace_id", identity)
    return event


def configure_logging(service: str, level: str) -> None:
    """Send structlog and the standard library's records to standard output as JSON lines."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        with_trace,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(lambda e: without_rows("".join(format_exception(*e)).rstrip())),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
                cast(Processor, without_secrets),  # the last one, after the line was rendered
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for talkative in ("httpx", "arq"):  # they tell of each call and job, arguments included
        logging.getLogger(talkative).setLevel("WARNING")
    structlog.contextvars.bind_contextvars(service=service)
