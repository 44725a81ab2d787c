"""The committed contract: one OpenAPI document per service and the merged one, in `contracts/`.

`python -m deploy.origin.contracts` writes them; `--check` fails when they differ from what the code says.
"""

import importlib
import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from deploy.origin.descriptions import merge_descriptions
from deploy.origin.settings import SERVICES

FOLDER = Path(__file__).parents[2] / "contracts"

_UNUSED = {
    "database_url": "postgresql://none@127.0.0.1:1/none",
    "signing_key": "none",
    "oidc_issuer": "https://sign-in.example",
}
"""What a production service insists on. It is needed to run, not to say what the service answers."""


def describe_services() -> dict[str, dict[str, Any]]:
    """What each service says of itself in production, without starting it: no database or queue is reached.

    Development-only routes are no part of the contract.
    """
    described = {}
    for service in SERVICES:
        settings = importlib.import_module(f"{service}.settings").Settings(environment="production", **_UNUSED)
        described[service] = importlib.import_module(f"{service}.main").create_app(settings).openapi()
    return described


@cache
def documents() -> Mapping[str, str]:
    """The text of every file of the contract."""
    described = describe_services()
    whole = {**described, "openapi": merge_descriptions(described)}
    return {f"{name}.json": json.dumps(one, ensure_ascii=False, indent=1) + "\n" for name, one in whole.items()}


def outdated() -> list[str]:
    """The names of files that are missing, not what the code says, or of no service any more."""
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    wanted = documents()
    return sorted(name for name in {*there, *wanted} if there.get(name) != wanted.get(name))


def main() -> int:
    """Write the files, or compare them; the exit code of the command."""
    if "--check" in sys.argv[1:]:
        if old := outdated():
            print(f"contracts/ is not what the code says ({', '.join(old)}): run make contracts and commit the change")
        return 1 if old else 0
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.json"):
        path.unlink()
    for name, content in documents().items():
        (FOLDER / name).write_text(content, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
