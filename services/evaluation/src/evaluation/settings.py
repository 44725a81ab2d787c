"""Settings of evaluation: the common ones, and its own with the prefix EVALUATION_."""

from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.contracts.roles import Role
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read once at start by `main`, `worker` or `load`."""

    model_config = SettingsConfigDict(env_prefix="EVALUATION_", frozen=True, extra="ignore", populate_by_name=True)

    files_url: str = Field("file:///var/lib/ocop/files", validation_alias="OCOP_FILES_URL")
    """Where evidence is kept: `file://` and a folder, or `s3://` and a bucket (credentials from the environment of
    the S3 client)."""

    rules_administrators: frozenset[Literal[Role.NATIONAL_OFFICER, Role.PROVINCE_SECRETARY]] = Field(
        frozenset({Role.NATIONAL_OFFICER}), min_length=1
    )
    """Whose officials import and publish rulesets and sheets: those of the programme's national office, or, where a
    province runs the system alone, its standing body (`province_secretary`). JSON list in the environment."""

    dossier_papers: int = Field(1_000, ge=1)
    """Papers that one dossier may have."""
    unfinished_uploads: int = Field(20, ge=1)
    """Files that one person may have half sent."""
    upload_hours: int = Field(72, ge=1)
    """How long an upload waits for its next byte."""
    unused_file_days: int = Field(30, ge=1)
    """How long a content stays that no dossier or document uses, after it was last sent."""
