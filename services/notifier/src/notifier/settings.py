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
    dkim_key: SecretStr | None = None
    """RSA key (PEM, at least 2048 bits) that signs mails for `dkim_domain` (DKIM); unset: they are not signed here."""
    dkim_domain: str = ""
    dkim_selector: str = ""
    """Where receivers find the public half: `<selector>._domainkey.<domain>`."""
    receipts_secret: SecretStr | None = None
    """What a provider proves itself with at `/receipts/…`; unset: only Zalo's are taken, which are signed."""
    link_key: SecretStr | None = Field(None, min_length=32)
    """What signs the links in mails that decline without signing in; unset: mails have none."""
    token_key: SecretStr | None = None
    """Fernet key (32 bytes in URL-safe base64) that seals rotating tokens, and secrets of webhooks, in the database."""
    outward_loopback: bool = False
    """Development only: addresses that others register may be of this machine, at any port, without TLS."""
    sms_url: str | None = None
    """Address of the SMS provider's API; unset: SMS is not offered."""
    sms_key: SecretStr = SecretStr("")
    sms_secret: SecretStr = SecretStr("")
    sms_brand: str = ""
    """The registered brand name, at most 11 letters."""
    sms_connections: int = Field(10, ge=1, le=100)
    eoffice_url: str | None = None
    """Address of the adapter in front of the province's e-office; unset: formal notices are not offered."""
    eoffice_key: SecretStr = SecretStr("")
    eoffice_organisation: str = ""
    """Our identifier in the document systems (QCVN 102)."""
    webpush_key: SecretStr | None = None
    """The P-256 private key that says to push services who sends (VAPID): PEM, or 32 bytes in URL-safe base64; unset:
    web push is not offered."""
    webpush_contact: str = ""
    """Where push services reach whoever runs this system: `mailto:` or `https://`."""
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
            "dkim_key": ("dkim_domain", "dkim_selector"),
            "eoffice_url": ("eoffice_key", "eoffice_organisation"),
            "webpush_key": ("webpush_contact",),
            "zns_url": ("zns_app_id", "zns_secret", "zns_refresh_token", "token_key"),
        }
        for url, names in needs.items():
            missing = [name for name in names if getattr(self, url) and not _value(getattr(self, name))]
            if missing:
                raise ValueError(f"{url} is set and {', '.join(missing)} is not")
        return self

    @model_validator(mode="after")
    def refuse_loopback(self) -> Self:
        """In production nobody may have us call our own machine."""
        if self.outward_loopback and not self.development:
            raise ValueError("NOTIFIER_OUTWARD_LOOPBACK is for development; production refuses to start with it")
        return self


def _value(setting: object) -> object:
    return setting.get_secret_value() if isinstance(setting, SecretStr) else setting
