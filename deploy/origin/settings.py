"""What the origin is told."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SERVICES = ("registry", "evaluation", "commerce", "notifier")


@dataclass(frozen=True, slots=True)
class OriginSettings:
    """Where the services are and how the origin speaks of itself."""

    services: Mapping[str, str]
    """Address of each service, by name."""
    development: bool = False
    """Shows the demonstration people on the home page and the docs page."""
    loaded_file: Path | None = None
    """Where set, the origin is ready only once this file exists (the local loader makes it)."""

    @classmethod
    def from_environment(cls) -> "OriginSettings":
        """Read <SERVICE>_URL for each service, OCOP_ENVIRONMENT and OCOP_LOADED_FILE."""
        names = [name for name in SERVICES if f"{name.upper()}_URL" in os.environ] or SERVICES
        loaded = os.environ.get("OCOP_LOADED_FILE")
        return cls(
            services={
                name: os.environ.get(f"{name.upper()}_URL", f"http://127.0.0.1:{8001 + number}")
                for number, name in enumerate(names)
            },
            development=os.environ.get("OCOP_ENVIRONMENT") == "development",
            loaded_file=Path(loaded) if loaded else None,
        )
