"""Asking a service how it is, with the standard library alone: the supervisor stays small."""

import json
import urllib.error
import urllib.request
from typing import Any

_SECONDS = 5.0
_READY_SECONDS = 1.0
_DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # no proxy stands before this machine


def is_ready(url: str) -> bool:
    """Whether the address answers 200 soon. A child that is being restarted lets its callers wait."""
    try:
        with _DIRECT.open(url, timeout=_READY_SECONDS) as answer:
            return bool(answer.status == 200)
    except (OSError, ValueError):
        return False


def get_json(url: str) -> Any:
    """What the address answers, an error answer too; None when it does not answer or not in JSON."""
    try:
        with _DIRECT.open(url, timeout=_SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        try:
            return json.load(error)
        except ValueError:
            return None
    except (OSError, ValueError):
        return None
