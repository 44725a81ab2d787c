"""Reference data that ships with notifier; sources and licences are in README.md beside it."""

import json
import tomllib
from importlib.resources import files
from typing import Any

_FOLDER = files("notifier.data")


def read_json(name: str) -> dict[str, Any]:
    """The content of a JSON file of this folder."""
    content: dict[str, Any] = json.loads((_FOLDER / name).read_text("utf-8"))
    return content


def read_templates() -> list[dict[str, Any]]:
    """The content of every template file, in the order of their names."""
    entries = sorted((_FOLDER / "templates").iterdir(), key=lambda entry: entry.name)
    return [tomllib.loads(entry.read_text("utf-8")) for entry in entries if entry.name.endswith(".toml")]
