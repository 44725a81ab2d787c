"""Settings of notifier: the common ones, and its own with the prefix NOTIFIER_."""

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read once at start by `main`, `worker` or `load`."""

    model_config = SettingsConfigDict(env_prefix="NOTIFIER_", frozen=True, extra="ignore", populate_by_name=True)

    smtp_url: SecretStr = Field(SecretStr("smtp://127.0.0.1:1025"), validation_alias="SMTP_URL")
    """The mail server: `smtp://`, `smtp+starttls://` or `smtps://`, then `[user:password@]host[:port]`."""
    mail_from: str = "OCOP <no-reply@ocop.example>"
    """Sender of every mail; its domain is the domain of the Message-IDs."""
    mail_connections: int = Field(10, ge=1, le=100)
    """How many connections to the mail server one worker opens at most."""
