"""The documents that the demonstration makes: saved as PDF, so that a person can look at them."""

import os
from pathlib import Path
from typing import Any

from deploy.demo.api import Person
from deploy.demo.report import Report

EVALUATION = "/api/evaluation/v1"


class Papers:
    """A folder of PDFs, numbered in the order they were made."""

    def __init__(self) -> None:
        home = Path(os.environ.get("OCOP_HOME") or ".run")
        self.folder = home.absolute() / "documents"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._made: list[str] = []

    def make(self, person: Person, kind: str, subject_id: str, name: str, **asked: Any) -> dict[str, Any]:
        """Have the system make a document, and save its PDF under `name`."""
        body = {"kind": kind, "subject_id": subject_id} | asked
        document: dict[str, Any] = person.post(f"{EVALUATION}/documents", body)
        content = person.get_bytes(f"{EVALUATION}/documents/{document['id']}/file", format="pdf")
        file = f"{len(self._made) + 1:02d}-{name}.pdf"
        (self.folder / file).write_bytes(content)
        self._made.append(file)
        return document

    def tell(self, report: Report) -> None:
        """Say where the documents lie."""
        report.line(f"{len(self._made)} văn bản PDF trong {self.folder}:")
        for file in self._made:
            report.line(f"  {file}")
