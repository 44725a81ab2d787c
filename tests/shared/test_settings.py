"""Production is the default and refuses what is meant for development."""

import pytest
from pydantic import SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings

PRODUCTION = {"database_url": "postgresql://registry:Zx81@db/ocop", "redis_url": "redis://:Zx81@redis"}


class WithOwnSecret(ServiceSettings):
    model_config = SettingsConfigDict(env_prefix="OWN_", frozen=True, extra="ignore", populate_by_name=True)

    signing_secret: SecretStr = SecretStr("a-development-signing-secret")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OCOP_ENVIRONMENT", "REDIS_URL", "OWN_SIGNING_SECRET", "OWN_DATABASE_URL", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)


def test_the_default_environment_is_the_strict_one() -> None:
    settings = ServiceSettings(**PRODUCTION)
    assert settings.environment == "production"
    assert not settings.development


@pytest.mark.parametrize("field", sorted(PRODUCTION))
def test_production_refuses_a_development_password(field: str) -> None:
    with pytest.raises(ValidationError, match=f"{field} holds a development secret"):
        ServiceSettings(**PRODUCTION | {field: "scheme://user:development-only@host"})
    assert ServiceSettings(
        **PRODUCTION | {field: "scheme://user:development-only@host", "environment": "development"}
    ).development


def test_production_refuses_the_default_of_a_secret_that_was_left_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="signing_secret holds a development secret"):
        WithOwnSecret(**PRODUCTION)
    monkeypatch.setenv("OWN_SIGNING_SECRET", "Zx81")
    assert WithOwnSecret(**PRODUCTION).signing_secret.get_secret_value() == "Zx81"


def test_secrets_are_not_shown_and_settings_do_not_change() -> None:
    settings = ServiceSettings(**PRODUCTION)
    assert "Zx81" not in repr(settings)
    with pytest.raises(ValidationError):
        settings.public_url = "http://elsewhere"


def test_an_unknown_environment_is_refused() -> None:
    with pytest.raises(ValidationError):
        ServiceSettings(**PRODUCTION, environment="staging")
