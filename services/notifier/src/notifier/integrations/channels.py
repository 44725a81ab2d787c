"""What every channel that sends has in common: the port, and the three ways in which sending can fail."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from notifier.domain.deliveries import Letter


class Refused(Exception):
    """The provider said no to this message: it was not sent. Tried again as often as the policy says.

    `final`: it would say no again; the next channel of the chain is asked at once. `kind` is one word for lists of
    failures. `dead`: nobody is reached at this address any more.
    """

    def __init__(self, reason: str, *, final: bool = False, kind: str = "refused", dead: bool = False) -> None:
        super().__init__(reason)
        self.final, self.kind, self.dead = final, kind, dead


class Unavailable(Exception):
    """The provider was not reached or did not take part: nothing was sent, no try is used up."""


class Misconfigured(Unavailable):
    """The account itself cannot send (key, balance, approval): the channel pauses itself until a person resumes it."""


class Uncertain(Exception):
    """The message was handed over and no answer came: sent or not, nobody here knows."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The provider took the message; `reference` is what it calls it, `segments` are what it charges."""

    reference: str | None = None
    segments: int = 1
    handed: bool = False
    """It was handed to somebody who has yet to send it: told only once that is said."""


class Sender(Protocol):
    """The port of a channel: one adapter for a real provider, its simulator beside the tests."""

    def slot(self) -> AbstractAsyncContextManager[bool]:
        """A turn to send; yields False when there is none soon, or the provider rests after a failure."""
        ...

    async def send(self, letter: Letter) -> Taken:
        """Send one message whose reference is the notice's id. Raises Refused, Unavailable or Uncertain."""
        ...

    async def close(self) -> None:
        """Give back what is held open."""
        ...


Senders = Mapping[str, Sender]
"""The senders of a worker, by channel."""
