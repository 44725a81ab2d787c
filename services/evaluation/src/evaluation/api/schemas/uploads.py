"""Uploads and links on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from evaluation.domain.file_kinds import MEDIA_TYPES
from evaluation.persistence.tables.uploads import UploadRow


class UploadRead(BaseModel):
    """Where an upload stands. A finished one has the hash that attaches the file to a dossier."""

    id: UUID
    state: Literal["open", "finished", "refused"]
    size: int
    offset: int
    name: str | None
    expires_at: datetime
    sha256: str | None
    kind: str | None
    media_type: str | None
    refusal: str | None

    @classmethod
    def of(cls, row: UploadRow, language: str) -> "UploadRead":
        """From the stored row; `refusal` in the caller's language."""
        same = {name: getattr(row, name) for name in ("id", "state", "size", "name", "expires_at", "sha256", "kind")}
        return cls(
            **same,
            offset=row.received,
            media_type=MEDIA_TYPES[row.kind] if row.kind else None,
            refusal=row.refusal[language] if row.refusal else None,
        )


class FileLink(BaseModel):
    """An address that gives the content without a token, to whoever has it, until `expires_at`."""

    url: str
    expires_at: datetime
