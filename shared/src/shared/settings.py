"""Settings every service has. A service's own `settings.py` subclasses this; nothing else reads the environment.

Names without a prefix are common to all services; a service's own have its prefix, such as `REGISTRY_DATABASE_URL`.
"""

from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """Common settings. Frozen; read once at start. The default environment is production, the strict one."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", populate_by_name=True)

    environment: Literal["development", "production"] = Field("production", validation_alias="OCOP_ENVIRONMENT")
    """`production` refuses development secrets, the built-in issuer and a movable programme clock."""
    public_url: str = Field("http://localhost:8080", validation_alias="OCOP_PUBLIC_URL")
    """The one origin that clients see; links and QR codes are made from it."""
    redis_url: SecretStr = Field(SecretStr("redis://127.0.0.1:6379"), validation_alias="REDIS_URL")
    """The task queue. It holds no truth: it may be emptied at any moment."""
    registry_url: str = Field("http://127.0.0.1:8001", validation_alias="REGISTRY_URL")
    """Where the other services reach registry (queries, signing keys)."""
    otlp_endpoint: str | None = Field(None, validation_alias="OCOP_OTLP_ENDPOINT")
    """OpenTelemetry collector (OTLP over HTTP). Unset: no traces are made."""
    log_level: str = Field("INFO", validation_alias="OCOP_LOG_LEVEL")
    """Least level that is logged."""
    database_url: SecretStr
    """The service's own role on its own schema. Set by the service's prefix."""
    database_pool: int = 5
    """Connections per process that write and stay open, megabytes each (as many again read); a rush opens more."""

    @model_validator(mode="after")
    def refuse_development_secrets(self) -> Self:
        """A production start with a password meant for development is an error, not a warning."""
        if self.environment == "production":
            for name in type(self).model_fields:
                value = getattr(self, name)
                if isinstance(value, SecretStr) and "development" in value.get_secret_value():
                    raise ValueError(f"{name} holds a development secret; production refuses to start with it")
        return self

    @property
    def development(self) -> bool:
        """Whether development-only routes and the movable clock are allowed."""
        return self.environment == "development"
