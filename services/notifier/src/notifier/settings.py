"""Settings of notifier: the common ones, and its own with the prefix NOTIFIER_."""

from typing import Self

from pydantic import Field, SecretStr, model_validator
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
    mail_bounces_to: str | None = None
    """Sender of the envelope, where bounces go; unset: the sender of the mail."""
    receipts_secret: SecretStr | None = None
    """What a provider proves itself with at `/receipts/…`; unset: only Zalo's are taken, which are signed."""
    link_key: SecretStr | None = Field(None, min_length=32)
    """What signs the links in mails that decline without signing in; unset: mails have none."""
    token_key: SecretStr | None = None
    """Fernet key (32 bytes in URL-safe base64) that seals rotating tokens in the database."""
    sms_url: str | None = None
    """Address of the SMS provider's API; unset: SMS is not offered."""
    sms_key: SecretStr = SecretStr("")
    sms_secret: SecretStr = SecretStr("")
    sms_brand: str = ""
    """The registered brand name, at most 11 letters."""
    sms_connections: int = Field(10, ge=1, le=100)
    zns_url: str | None = None
    """Address of Zalo's business API; unset: ZNS is not offered."""
    zns_oauth_url: str = "https://oauth.zaloapp.com"
    zns_app_id: str = ""
    zns_secret: SecretStr = SecretStr("")
    """The application's secret."""
    zns_refresh_token: SecretStr = SecretStr("")
    """The first refresh token, obtained by hand; the later ones are kept in the database."""
    zns_events_secret: SecretStr = SecretStr("")
    """The official account's secret key that signs its events."""
    zns_development: bool = False
    """Only the application's administrators are reached."""
    zns_connections: int = Field(10, ge=1, le=100)

    @model_validator(mode="after")
    def complete_accounts(self) -> Self:
        """An account is set in full or not at all: half of one would be found out with the first notice."""
        needs = {
            "sms_url": ("sms_key", "sms_secret", "sms_brand"),
            "zns_url": ("zns_app_id", "zns_secret", "zns_refresh_token", "token_key"),
        }
        for url, names in needs.items():
            missing = [name for name in names if getattr(self, url) and not _value(getattr(self, name))]
            if missing:
                raise ValueError(f"{url} is set and {', '.join(missing)} is not")
        return self


def _value(setting: object) -> object:
    return setting.get_secret_value() if isinstance(setting, SecretStr) else setting
