"""Web push: a notice to every device of a person, each through the push service of its browser (RFC 8030).

The notice was handed over when one device's service took it. A service that is down or asks for time rests by itself.
Sending again is harmless: the topic replaces what was not shown yet, and the device shows one message of each tag.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Protocol
from urllib.parse import urlsplit
from uuid import UUID

from notifier.domain.deliveries import Letter
from notifier.domain.outward_addresses import ClosedAddress, read_address
from notifier.domain.push import PushDevice, PushRules, headers_of, message_of
from notifier.domain.templates import render_text
from notifier.integrations.channels import Refused, Taken, Unavailable, Uncertain
from notifier.integrations.outward_http import Answer, NoAnswer, OutwardHttp, Unreachable
from notifier.integrations.push_encryption import Vapid, encrypt
from notifier.integrations.retry_after import retry_after
from notifier.integrations.turns import REST_SECONDS, Turns

AT_ONCE = 10
"""Messages to one push service at once."""
MOST_REST_SECONDS = 3600
GONE = frozenset({404, 410})


class Devices(Protocol):
    """Where the subscriptions are kept."""

    async def beside(self, address: str) -> Sequence[PushDevice]:
        """Every live device of the person whose one this address is."""
        ...

    async def record(self, reached: Sequence[UUID], gone: Sequence[UUID]) -> None:
        """Which took a message, and which are no more."""
        ...


class WebPushSender:
    """Sends under one identity."""

    def __init__(
        self, http: OutwardHttp, vapid: Vapid, devices: Devices, rules: PushRules, *, loopback: bool = False
    ) -> None:
        self._http, self._vapid, self._devices, self._rules = http, vapid, devices, rules
        self._loopback = loopback
        self._all = Turns(50)
        self._services: dict[str, Turns] = {}

    def slot(self) -> AbstractAsyncContextManager[bool]:
        """A turn to send."""
        return self._all.take()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close()

    async def send(self, letter: Letter) -> Taken:
        """Push to each device. Raises TemplateError, Refused, Unavailable or Uncertain where none took it."""
        title, body = render_text(letter.subject, letter.body, letter.parameters)
        message = message_of(letter, title, body.strip())
        devices = await self._devices.beside(letter.address)
        results = await asyncio.gather(*(self._push(letter, message, one) for one in devices), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, (Refused, Unavailable, Uncertain)):
                raise result
        pairs = list(zip(devices, results, strict=True))
        reached = [device.contact_id for device, result in pairs if isinstance(result, Taken)]
        gone = [device.contact_id for device, result in pairs if isinstance(result, Refused) and result.dead]
        if reached or gone:
            await self._devices.record(reached, gone)
        return _together(results)

    async def _push(self, letter: Letter, message: bytes, device: PushDevice) -> Taken:
        try:
            origin = read_address(device.endpoint, loopback=self._loopback).origin
        except ClosedAddress as error:
            raise Refused(str(error), final=True, kind="address_closed", dead=True) from error
        service = self._services.setdefault(urlsplit(origin).netloc, Turns(AT_ONCE))
        async with service.take() as free:
            if not free:
                raise Unavailable("the push service rests")
            return await self._post(letter, message, device, origin, service)

    async def _post(self, letter: Letter, message: bytes, device: PushDevice, origin: str, service: Turns) -> Taken:
        headers = {
            **headers_of(letter, self._rules),
            "Authorization": self._vapid.authorization(origin),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
        }
        try:
            answer = await self._http.post(device.endpoint, encrypt(message, device.p256dh, device.auth), headers)
        except ClosedAddress as error:
            raise Refused(str(error), final=True, kind="address_closed", dead=True) from error
        except Unreachable as error:
            service.rest()
            raise Unavailable(str(error)) from error
        except NoAnswer as error:
            service.rest()
            raise Uncertain(str(error)) from error
        return read_answer(answer, service)


def read_answer(answer: Answer, service: Turns) -> Taken:
    """What a push service said. Raises by its status; `service` rests where it asks for it."""
    status = answer.status
    if 200 <= status < 300:
        return Taken(answer.headers.get("location"))
    if status in GONE:
        raise Refused(f"HTTP {status}: the subscription is no more", final=True, kind="device_gone", dead=True)
    if status == 413:
        raise Refused("HTTP 413: too long", final=True, kind="too_long")
    if status == 429 or status >= 500:
        service.rest(min(retry_after(answer.headers) or REST_SECONDS, MOST_REST_SECONDS))
        raise Unavailable(f"HTTP {status}")
    if status in {401, 403}:
        raise Refused(f"HTTP {status}: subscribed with another key, or our clock is wrong", final=True, kind="key")
    raise Refused(f"HTTP {status}", final=True)


def _together(results: Sequence[Taken | BaseException]) -> Taken:
    """Handed over when one took it; else what leaves most hope."""
    for result in results:
        if isinstance(result, Taken):
            return result
    for kind in (Uncertain, Unavailable, Refused):
        left = [result for result in results if isinstance(result, kind)]
        alive = [result for result in left if not (isinstance(result, Refused) and result.dead)]
        if alive:
            raise alive[0]
    raise Refused("no device is left", final=True, kind="device_gone", dead=True)
