"""Settings of notifier: the common ones, and its own with the prefix NOTIFIER_."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read once at start by `main`, `worker` or `load`."""

    model_config = SettingsConfigDict(env_prefix="NOTIFIER_", frozen=True, extra="ignore", populate_by_name=True)
