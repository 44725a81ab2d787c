"""The words of notices: checked when loaded, rendered when sent or read."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, TemplateSyntaxError, meta
from jinja2.sandbox import SandboxedEnvironment

from notifier.domain.reports import offered as offered_to

PARAMETERS: frozenset[str] = frozenset(
    {
        "recipient",
        "title",
        "title_en",
        "unit_name",
        "person_name",
        "source",
        "opens_on",
        "due_on",
        "days_left",
        "days_late",
        "done",
        "total",
    }
)
"""What a reminder or an escalation can say; `person_name` where the duty is one person's."""
MAIL = "mail"
"""The form of words for e-mail and inbox."""
SILENCE_PARAMETERS: frozenset[str] = frozenset({"recipient", "title", "title_en", "due_on", "units", "asked"})
"""What the report of a silence can say; `units` are [{"code", "name"}]."""


@dataclass(frozen=True, slots=True)
class NoticeTemplate:
    """One version of the words. `body` is plain text, `html` the same for mail programs that show it."""

    code: str
    form: str
    version: int
    valid_from: date
    parameters: tuple[str, ...]
    subject: str
    body: str
    html: str

    @property
    def digest(self) -> str:
        """A hash of everything: a loaded version must never change."""
        content = [
            *([] if self.form == MAIL else [self.form]),
            self.valid_from.isoformat(),
            *self.parameters,
            self.subject,
            self.body,
            self.html,
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Rendered:
    """A notice in words."""

    subject: str
    body: str
    html: str


def _vn_date(value: str | date) -> str:
    return f"{_date(value):%d/%m/%Y}"


def _iso_date(value: str | date) -> str:
    return _date(value).isoformat()


def _date(value: str | date) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _environment(*, escape: bool) -> Environment:
    environment = SandboxedEnvironment(
        autoescape=escape, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.filters.update(vn_date=_vn_date, iso_date=_iso_date)
    return environment


_TEXT, _HTML = _environment(escape=False), _environment(escape=True)


def read_template(entry: Mapping[str, Any], *, silence: frozenset[str]) -> NoticeTemplate:
    """A template of a data file, checked. `silence` are the codes that report silences.

    Raises KeyError or ValueError when it is malformed, uses a parameter it does not declare, or declares one that
    a notice of its kind does not have.
    """
    template = NoticeTemplate(
        code=entry["code"],
        form=entry.get("form", MAIL),
        version=entry["version"],
        valid_from=entry["valid_from"],
        parameters=tuple(entry["parameters"]),
        subject=entry["subject"].strip(),
        body=entry["body"].strip() + "\n",
        html=entry["html"].strip() + "\n",
    )
    name = f"template {template.code} v{template.version}"
    offered = offered_to(template.parameters, SILENCE_PARAMETERS if template.code in silence else PARAMETERS)
    if unknown := set(template.parameters) - offered:
        raise ValueError(f"{name}: a notice has no parameter {sorted(unknown)}")
    for part in (template.subject, template.body, template.html):
        try:
            used = meta.find_undeclared_variables(_TEXT.parse(part))
        except TemplateSyntaxError as error:
            raise ValueError(f"{name}: {error}") from error
        if missing := used - set(template.parameters):
            raise ValueError(f"{name}: uses {sorted(missing)} without declaring it")
    return template


def render(subject: str, body: str, html: str, parameters: Mapping[str, Any]) -> Rendered:
    """A template's parts with their parameters. Raises jinja2.UndefinedError when one is missing."""
    title, words = render_text(subject, body, parameters)
    return Rendered(title, words, _compiled(html, escape=True).render(parameters))


def render_text(subject: str, body: str, parameters: Mapping[str, Any]) -> tuple[str, str]:
    """Subject (one line) and plain text only, for the inbox."""
    title = " ".join(_compiled(subject, escape=False).render(parameters).split())
    lines = _compiled(body, escape=False).render(parameters).strip().splitlines()
    return title, "\n".join(line.rstrip() for line in lines) + "\n"


@lru_cache(maxsize=256)
def _compiled(source: str, *, escape: bool) -> Template:
    return (_HTML if escape else _TEXT).from_string(source)
