"""Versioned templates of documents: `<kind>/<version>/template.typ` with `meta.json`, the layouts they stand on, the
legal bases they print. Sources and licences: README.md one folder up.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent
FONTS = TEMPLATES.parent / "fonts"


@dataclass(frozen=True, slots=True)
class Template:
    """One version of one kind's template. `hash` covers template, layout, meta and fonts: all that shapes the page."""

    kind: str
    version: str
    valid_from: date
    source: str
    formats: tuple[str, ...]
    path: Path
    hash: str


@cache
def shipped_templates() -> tuple[Template, ...]:
    """Every template that is shipped, by kind and version."""
    return tuple(_read(meta) for meta in sorted(TEMPLATES.glob("*/*/meta.json")))


def template_for(kind: str, on: date) -> Template:
    """The newest template of a kind that is valid on a day. Raises LookupError when there is none."""
    valid = [t for t in shipped_templates() if t.kind == kind and t.valid_from <= on]
    if not valid:
        raise LookupError(f"no template of {kind} is valid on {on.isoformat()}")
    return max(valid, key=lambda t: t.valid_from)


@cache
def legal_bases() -> dict[str, Any]:
    """What documents cite: `common` and by `rulesets`, each text with its days."""
    document: dict[str, Any] = json.loads((TEMPLATES / "legal_bases.json").read_text(encoding="utf-8"))
    return document


def _read(meta: Path) -> Template:
    told = json.loads(meta.read_text(encoding="utf-8"))
    path = meta.parent / "template.typ"
    layout = TEMPLATES / "layout" / told["layout"] / "layout.typ"
    digest = hashlib.sha256()
    for part in (meta, path, layout, *sorted(FONTS.glob("*.ttf"))):
        digest.update(hashlib.sha256(part.read_bytes()).digest())
    return Template(
        kind=told["kind"],
        version=told["version"],
        valid_from=date.fromisoformat(told["valid_from"]),
        source=told["source"],
        formats=tuple(told["formats"]),
        path=path,
        hash=digest.hexdigest(),
    )
