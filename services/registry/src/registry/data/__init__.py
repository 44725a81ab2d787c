"""Reference data that ships with registry; sources and licences in README.md beside it."""

import json
from importlib.resources import files
from typing import Any


def read_document(name: str) -> dict[str, Any]:
    """One JSON document of this folder, by file name. Raises FileNotFoundError when there is none."""
    document = json.loads((files(__name__) / name).read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document
