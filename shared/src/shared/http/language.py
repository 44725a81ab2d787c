"""The language of an answer: Vietnamese unless the caller prefers English."""

from contextvars import ContextVar

_language: ContextVar[str] = ContextVar("language", default="vi")


def language() -> str:
    """ "vi" or "en" for the request being answered."""
    return _language.get()


def choose_language(accept_language: str | None) -> None:
    """Set the language from an Accept-Language header (RFC 9110 §12.5.4): the highest-weighted of vi and en."""
    if not accept_language:
        _language.set("vi")
        return
    weights = {"vi": 0.0, "en": 0.0}
    for part in accept_language.lower().split(","):
        tag, _, parameter = part.strip().partition(";")
        key = tag.split("-")[0]
        if key in weights:
            try:
                weight = float(parameter.strip().removeprefix("q=")) if parameter else 1.0
            except ValueError:
                weight = 0.0
            weights[key] = max(weights[key], weight)
    _language.set("en" if weights["en"] > weights["vi"] else "vi")
