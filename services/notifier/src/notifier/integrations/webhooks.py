"""Telling a system of others: one signed POST, judged by its status alone."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from notifier.domain.outward_addresses import ClosedAddress
from notifier.domain.webhooks import GONE, body_of, headers_of
from notifier.integrations.outward_http import Answer, NoAnswer, OutwardHttp, Unreachable
from notifier.integrations.retry_after import retry_after
from notifier.integrations.seals import Seal, Unsealable

MOST_WAIT_SECONDS = 86_400
SLOW_DOWN = frozenset({429, 503})


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a try. `reason` is one word, None when it arrived; `wait` what the receiver asks for, in seconds."""

    reason: str | None
    status: int | None = None
    error: str | None = None
    wait: int = 0
    gone: bool = False
    milliseconds: int = 0


class WebhookSender:
    """Signs and sends. `public_url` completes the links of messages."""

    def __init__(self, http: OutwardHttp, seal: Seal, public_url: str) -> None:
        self._http, self._seal, self._public_url = http, seal, public_url

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def tell(self, delivery_id: UUID, url: str, payload: dict[str, Any], sealed: Sequence[bytes]) -> Told:
        """One try; whatever goes wrong is in the answer."""
        began = time.perf_counter()
        told = await self._tell(delivery_id, url, payload, sealed)
        spent = round((time.perf_counter() - began) * 1000)
        return Told(told.reason, told.status, told.error, told.wait, told.gone, spent)

    async def _tell(self, delivery_id: UUID, url: str, payload: dict[str, Any], sealed: Sequence[bytes]) -> Told:
        body = body_of(payload, self._public_url)
        try:
            live = [self._seal.open(one) for one in sealed]
            headers = headers_of(delivery_id, body, live, datetime.now(UTC))
            return read_answer(await self._http.post(url, body, headers))
        except ClosedAddress as error:
            return Told("address_closed", error=str(error))
        except Unreachable as error:
            return Told("unreachable", error=str(error)[:500])
        except NoAnswer as error:
            return Told("no_answer", error=str(error))
        except Unsealable as error:
            return Told("secret_lost", error=str(error))


def read_answer(answer: Answer) -> Told:
    """Arrived at 2xx only; a redirect is not followed, and 410 says never again."""
    status = answer.status
    if 200 <= status < 300:
        return Told(None, status)
    if status == GONE:
        return Told("gone", status, gone=True)
    wait = min(retry_after(answer.headers), MOST_WAIT_SECONDS) if status in SLOW_DOWN else 0
    return Told("redirect" if 300 <= status < 400 else "refused", status, wait=wait)
