"""Settings of evaluation: the common ones, and its own with the prefix EVALUATION_."""

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from evaluation.domain.rule_kinds import ADMINISTRATORS
from shared.contracts.roles import Role
from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read once at start by `main`, `worker` or `load`."""

    model_config = SettingsConfigDict(env_prefix="EVALUATION_", frozen=True, extra="ignore", populate_by_name=True)

    files_url: str = Field("file:///var/lib/ocop/files", validation_alias="OCOP_FILES_URL")
    """Where evidence is kept: `file://` and a folder, or `s3://` and a bucket (credentials from the environment of
    the S3 client)."""

    rules_administrators: frozenset[Role] = frozenset({Role.NATIONAL_OFFICER})
    """Whose officials import and publish rulesets and sheets: those of the programme's national office, or, where a
    province runs the system alone, its standing body (`province_secretary`). JSON list in the environment."""

    @field_validator("rules_administrators")
    @classmethod
    def known_administrators(cls, roles: frozenset[Role]) -> frozenset[Role]:
        """Refuse roles that have no business with the law."""
        if not roles or not roles <= ADMINISTRATORS:
            raise ValueError(f"must be of {sorted(ADMINISTRATORS)}")
        return roles
