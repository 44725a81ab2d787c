"""Evidence on the wire."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from evaluation.api.schemas.choices import CriterionCode
from evaluation.api.schemas.dossier_forms import Line
from evaluation.use_cases.attach_evidence import Paper, PaperWords
from shared.contracts.base import Wire

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256 of a content, 64 hexadecimal digits in lower case."""


class EvidenceFileRead(BaseModel):
    """A stored content."""

    sha256: str
    size: int
    kind: str
    media_type: str


class EvidenceEdit(Wire):
    """What is said of a paper: its name, dates, and the criteria (or parts) of the sheet it supports."""

    name: Line
    criteria: list[CriterionCode] = Field(min_length=1, max_length=200)
    issuer: Line | None = None
    number: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = None
    issued_on: date | None = None
    expires_on: date | None = None

    def words(self) -> PaperWords:
        """As the use case takes it."""
        return PaperWords(**self.model_dump())


class EvidenceDraft(EvidenceEdit):
    """A paper: a content that was sent before, and what is said of it."""

    file_sha256: Sha256

    def paper(self) -> Paper:
        """As the use case takes it."""
        return Paper(**self.model_dump())
