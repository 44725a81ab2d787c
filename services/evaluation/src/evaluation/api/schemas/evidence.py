"""Evidence on the wire."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from evaluation.api.schemas.choices import CriterionCode
from evaluation.api.schemas.dossiers import Line
from evaluation.use_cases.attach_evidence import Paper
from shared.contracts.base import Wire

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a content, 64 hexadecimal digits in lower case."""


class EvidenceFileRead(BaseModel):
    """A stored content."""

    sha256: str
    size: int
    kind: str
    media_type: str


class EvidenceDraft(Wire):
    """A paper: a content that was sent before, and the criteria (or parts) of the sheet it supports."""

    file_sha256: Sha256
    name: Line
    criteria: list[CriterionCode] = Field(min_length=1, max_length=200)
    issuer: Line | None = None
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = None
    issued_on: date | None = None
    expires_on: date | None = None

    def paper(self) -> Paper:
        """As the use case takes it."""
        return Paper(**self.model_dump())
