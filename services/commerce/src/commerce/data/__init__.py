"""Law and plan as data: what ships with commerce, and how it is read."""

import json
from importlib.resources import files
from typing import Any


def read_document(name: str) -> dict[str, Any]:
    """A JSON document of this folder. Raises FileNotFoundError when there is none of that name."""
    document: dict[str, Any] = json.loads((files(__package__) / name).read_text(encoding="utf-8"))
    return document
