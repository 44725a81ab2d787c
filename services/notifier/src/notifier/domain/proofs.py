"""Digests by which what was told can be checked later: of the words of one notice, and of a whole proof."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateError

from notifier.domain.contacts import KIND as CODE
from notifier.domain.short_messages import unsigned
from notifier.domain.templates import SMS, ZNS, render_fields, render_text


@dataclass(frozen=True, slots=True)
class Content:
    """A notice's words and what they were filled with."""

    kind: str
    form: str
    subject: str
    body: str
    fields: Mapping[str, Mapping[str, Any]]
    parameters: Mapping[str, Any]


def content_digest(content: Content) -> str | None:
    """SHA-256 (hexadecimal) of what the person could read, in UTF-8; None for codes, which are kept nowhere.

    A mail or inbox item: subject, an empty line, the plain text, without the line break at its end. An SMS: its text.
    A Zalo notice: its parameters as canonical JSON. Words that cannot be filled were never sent: the digest is of what
    they would have been filled with.
    """
    if content.kind == CODE:
        return None
    try:
        return _sha256(_readable(content))
    except (TemplateError, TypeError, ValueError):
        return _sha256(canonical(dict(content.parameters)))


def canonical(value: Any) -> str:
    """JSON with sorted keys, no spaces, letters as they are: the same content gives the same text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def proof_digest(content: Any) -> str:
    """SHA-256 (hexadecimal) of a proof's content as canonical JSON in UTF-8."""
    return _sha256(canonical(content))


def _readable(content: Content) -> str:
    if content.form == ZNS:
        return canonical(render_fields(content.fields, content.parameters))
    subject, body = render_text(content.subject, content.body, content.parameters)
    return unsigned(body) if content.form == SMS else f"{subject}\n\n{body.rstrip()}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
