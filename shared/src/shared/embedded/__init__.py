"""Postgres and Valkey started from installed binaries, for one machine with nothing set up and for tests."""

from shared.embedded.errors import EmbeddedError
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.valkey import EmbeddedValkey

__all__ = ["EmbeddedError", "EmbeddedPostgres", "EmbeddedValkey"]
