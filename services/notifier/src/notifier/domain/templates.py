"""The words of notices: checked when loaded, rendered when sent or read."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from jinja2 import Environment, StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import SandboxedEnvironment

from notifier.domain.reports import EXAMPLE as REPORT_EXAMPLE
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
_PLACE = re.compile(r"<([a-z_]+)>")
DEFAULT_LANGUAGE = "vi"
"""What every notice has words in."""
MAIL = "mail"
"""The form of words for e-mail and inbox."""
SMS, ZNS = "sms", "zns"
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
    fields: dict[str, Any] = field(default_factory=dict)
    """Form zns: each parameter of the provider's template, `{"text": how it is filled, "most": letters}`."""
    language: str = "vi"
    """Of its readers; versions of all languages are counted together."""

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
            *([json.dumps(self.fields, sort_keys=True)] if self.fields else []),
            *([] if self.language == DEFAULT_LANGUAGE else [f"language {self.language}"]),
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
        subject=entry.get("subject", "").strip(),
        body=entry["body"].strip() + "\n",
        html=entry.get("html", "").strip() + "\n" if entry.get("html", "").strip() else "",
        fields={name: dict(value) for name, value in entry.get("fields", {}).items()},
        language=entry.get("language", DEFAULT_LANGUAGE),
    )
    if faults := faults_of(template, silence=silence):
        raise ValueError(f"{template.code} {template.form} v{template.version}: {faults[0][1]}")
    return template


def faults_of(template: NoticeTemplate, *, silence: frozenset[str]) -> list[tuple[str, str]]:
    """What is wrong with a template, as (field, words): found when it is published, never when it is sent."""
    faults: list[tuple[str, str]] = []
    known = offered_to(
        template.code, template.parameters, SILENCE_PARAMETERS if template.code in silence else PARAMETERS
    )
    declared = set(template.parameters)
    if unknown := declared - known:
        faults.append(("parameters", f"no parameter {sorted(unknown)} in such a notice"))
    if template.form == MAIL:
        faults += [(part, "is empty") for part in ("subject", "html") if not getattr(template, part)]
    parts = {"subject": template.subject, "body": template.body, "html": template.html}
    if template.form == ZNS:
        parts = {f"fields.{name}": str(value.get("text", "")) for name, value in template.fields.items()}
        faults += _field_faults(template)
    used: set[str] = set()
    for part, words in parts.items():
        try:
            names = meta.find_undeclared_variables(_TEXT.parse(words))
        except TemplateSyntaxError as error:
            faults.append((part, str(error)))
            continue
        used |= names
        if missing := names - declared:
            faults.append((part, f"uses {sorted(missing)} without declaring it"))
    if not faults and (idle := declared - used):
        faults.append(("parameters", f"declares {sorted(idle)} and does not use it"))
    if not faults:
        faults += _unrenderable(template, silence=silence)
    return faults


def _field_faults(template: NoticeTemplate) -> list[tuple[str, str]]:
    """What is wrong with the parameters of a provider's template."""
    faults = []
    if set(_PLACE.findall(template.body)) != set(template.fields):
        faults.append(("fields", "must be exactly the <names> in the body that the provider approves"))
    for name, value in template.fields.items():
        if not value.get("text"):
            faults.append((f"fields.{name}", "is empty"))
        if not isinstance(value.get("most"), int) or value["most"] < 1:
            faults.append((f"fields.{name}", "`most` is the provider's greatest number of letters"))
    return faults


def _unrenderable(template: NoticeTemplate, *, silence: frozenset[str]) -> list[tuple[str, str]]:
    """A template whose words fail on an ordinary notice."""
    example = example_of(template.code, silence=silence)
    try:
        if template.form == ZNS:
            render_fields(template.fields, example)
        else:
            render(template.subject, template.body, template.html, example)
    except (TemplateError, TypeError, ValueError) as error:
        return [("body", f"cannot be rendered: {error}")]
    return []


def example_of(code: str, *, silence: frozenset[str]) -> dict[str, Any]:
    """Parameters of an invented notice, for previews."""
    common: dict[str, Any] = {
        "recipient": "Nguyễn Thị Thử",
        "title": "Đánh giá, phân hạng sản phẩm OCOP cấp huyện năm 2023",
    }
    common |= {"title_en": "District evaluation of OCOP products 2023", "due_on": "2023-07-31"} | REPORT_EXAMPLE
    if code in silence:
        return common | {"units": [{"code": "502", "name": "Thành phố Tam Kỳ"}], "asked": 18}
    return common | {
        "unit_name": "Thành phố Tam Kỳ",
        "person_name": None,
        "source": "Kế hoạch 2023",
        "opens_on": "2023-05-01",
        "days_left": 7,
        "days_late": 3,
        "done": 7,
        "total": 12,
    }


def render_fields(fields: Mapping[str, Mapping[str, Any]], parameters: Mapping[str, Any]) -> dict[str, str]:
    """The parameters of a provider's template, each cut to what it may hold."""
    filled = {}
    for name, value in fields.items():
        words = " ".join(_compiled(value["text"], escape=False).render(parameters).split())
        most = int(value["most"])
        filled[name] = words if len(words) <= most else words[: most - 1].rstrip() + "…"
    return filled


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
