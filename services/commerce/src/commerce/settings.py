"""Settings of commerce: the common ones, and its own with the prefix COMMERCE_."""

from pydantic_settings import SettingsConfigDict

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Read once at start by `main`, `worker` or `load`."""

    model_config = SettingsConfigDict(env_prefix="COMMERCE_", frozen=True, extra="ignore", populate_by_name=True)
