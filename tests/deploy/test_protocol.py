"""An answer leaves as one packet, and nothing that was written is lost or held for long."""

import asyncio
from typing import Any, cast

from deploy.protocol import MOST_HELD, JoinedWrites


class Wire:
    """A transport that keeps what reaches it."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.closed_after: int | None = None

    def writelines(self, parts: list[bytes]) -> None:
        self.sent.append(b"".join(parts))

    def close(self) -> None:
        self.closed_after = len(self.sent)

    def get_extra_info(self, name: str) -> str:
        return f"the wire's {name}"


def joined() -> tuple[Wire, JoinedWrites]:
    wire = Wire()
    return wire, JoinedWrites(cast(Any, wire))


async def test_head_and_body_of_one_turn_leave_together() -> None:
    wire, transport = joined()
    transport.write(b"head ")
    transport.write(b"body")
    assert wire.sent == []
    await asyncio.sleep(0)
    assert wire.sent == [b"head body"]


async def test_a_head_does_not_wait_for_a_body_that_comes_later() -> None:
    wire, transport = joined()
    transport.write(b"head")
    await asyncio.sleep(0)
    transport.write(b"event")
    await asyncio.sleep(0)
    assert wire.sent == [b"head", b"event"]


async def test_much_is_sent_at_once_so_that_the_writer_can_be_told_to_wait() -> None:
    wire, transport = joined()
    transport.write(b"head")
    transport.write(b"x" * MOST_HELD)
    assert [len(sent) for sent in wire.sent] == [MOST_HELD + 4]
    await asyncio.sleep(0)
    assert len(wire.sent) == 1


async def test_closing_sends_what_was_written_first() -> None:
    wire, transport = joined()
    transport.write(b"last words")
    transport.close()
    assert (wire.sent, wire.closed_after) == ([b"last words"], 1)


def test_everything_else_is_the_wires_own() -> None:
    async def asked() -> Any:
        return joined()[1].get_extra_info("peername")

    assert asyncio.run(asked()) == "the wire's peername"
