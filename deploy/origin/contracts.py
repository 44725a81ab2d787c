"""The committed contract: one OpenAPI document per service and the merged one, in `contracts/`.

`python -m deploy.origin.contracts` writes them; `--check` fails when they differ from what the code says.
"""

import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from deploy.origin.descriptions import merge_descriptions
from deploy.origin.settings import SERVICES

FOLDER = Path("contracts")


def describe_services() -> dict[str, dict[str, Any]]:
    """What each service says of itself, without starting it: no database or queue is reached."""
    os.environ["OCOP_ENVIRONMENT"] = "production"  # development-only routes are no part of the contract
    described = {}
    for service in SERVICES:
        os.environ.setdefault(f"{service.upper()}_DATABASE_URL", "postgresql://none@127.0.0.1:1/none")
        described[service] = importlib.import_module(f"{service}.main").create_app().openapi()
    return described


def documents() -> dict[Path, str]:
    """The text of every file of the contract."""
    described = describe_services()
    files = {FOLDER / f"{service}.json": document for service, document in described.items()}
    files[FOLDER / "openapi.json"] = merge_descriptions(described)
    return {path: json.dumps(one, ensure_ascii=False, indent=1) + "\n" for path, one in files.items()}


def main() -> int:
    """Write the files, or compare them; the exit code of the command."""
    texts = documents()
    if "--check" in sys.argv[1:]:
        old = [path for path, text in texts.items() if not path.exists() or path.read_text() != text]
        for path in old:
            print(f"{path} is not what the code says; run make contracts and commit the change")
        return 1 if old else 0
    FOLDER.mkdir(exist_ok=True)
    for path, text in texts.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
