"""Shipped content: JSON documents as package resources. Sources and licences: README.md in this folder.

Reading only. What the documents mean is decided by `evaluation.domain`.
"""

import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

FOLDERS = (
    "rules",
    "criteria",
    "criteria/incomplete",
    "taxonomies",
    "charters",
    "calendars",
    "conflicts",
    "evidence",
    "routing",
)
"""Every folder that holds documents."""


def read_documents(folder: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and parsed content of each JSON document directly in `folder` (one of FOLDERS), sorted by name."""
    root = files(__name__).joinpath(*folder.split("/"))
    for entry in sorted(root.iterdir(), key=lambda resource: resource.name):
        if entry.name.endswith(".json"):
            yield entry.name, json.loads(entry.read_text(encoding="utf-8"))
