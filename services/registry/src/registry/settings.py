"""Settings of registry: the common ones, and its own with the prefix REGISTRY_."""

from typing import Self

from pydantic import SecretStr, model_validator
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings

DEV_ISSUER_PATH = "/api/registry/v1/dev-issuer"


class Settings(ServiceSettings):
    """Read once at start by `main`, `worker` or `load`."""

    model_config = SettingsConfigDict(env_prefix="REGISTRY_", frozen=True, extra="ignore", populate_by_name=True)

    signing_key: SecretStr | None = None
    """Ed25519 private key (PEM, PKCS #8) that signs platform tokens. Several PEM blocks: the first signs, the others
    still verify (rotation). The API of a production system does not start without it; development makes its own."""
    oidc_issuer: str | None = None
    """Issuer URL of the sign-in provider (VNeID, a province's SSO, Keycloak). Unset in development: built-in."""
    oidc_audience: str = "ocop-web"
    """Client id that the provider puts into `aud` of the id_tokens meant for this system."""

    @model_validator(mode="after")
    def refuse_built_in_issuer(self) -> Self:
        """Production never trusts the issuer that signs in whoever is clicked on."""
        if self.environment == "production" and self.oidc_issuer == self.dev_issuer:
            raise ValueError("REGISTRY_OIDC_ISSUER is the built-in development issuer; production refuses it")
        return self

    def refuse_to_serve_unprepared(self) -> None:
        """Raise ValueError when a production API lacks what it signs tokens with, or whom it lets sign people in."""
        missing = [
            name
            for name, value in (("REGISTRY_SIGNING_KEY", self.signing_key), ("REGISTRY_OIDC_ISSUER", self.oidc_issuer))
            if not value
        ]
        if missing and not self.development:
            raise ValueError(f"production refuses to start without {' and '.join(missing)}")

    @property
    def dev_issuer(self) -> str:
        """Issuer URL of the built-in development provider."""
        return self.public_url.rstrip("/") + DEV_ISSUER_PATH
