"""Notifier's API for a measurement, believing the tokens of the run without asking registry."""

import json
import os
from typing import Any

from fastapi import FastAPI

from notifier.main import create_app as create
from shared.auth.tokens import TokenVerifier


async def _keys() -> dict[str, Any]:
    keys: dict[str, Any] = json.loads(os.environ["BENCH_KEYS"])
    return keys


def create_app() -> FastAPI:
    """The product's application."""
    return create(verifier=TokenVerifier(_keys))
