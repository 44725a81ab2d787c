"""A real server on a socket whose clients are cut off in the middle: uploads go on where they were, byte by byte."""

import asyncio
import hashlib
import random

from tests.evaluation.api.test_uploads import TUS, begun, head, read
from tests.evaluation.files import paper
from tests.evaluation.sockets import served
from tests.evaluation.worlds import World, producer_of

from shared.auth.actors import Actor
from shared.testing.people import headers_for

CUTS = 20


async def send_and_cut(port: int, actor: Actor, path: str, offset: int, content: bytes, cut_after: int) -> None:
    """Promise the rest of the file, send `cut_after` bytes of it, and tear the connection."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    headers = (
        headers_for(actor)
        | TUS
        | {
            "Host": "test",
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(len(content) - offset),
        }
    )
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    writer.write(f"PATCH {path} HTTP/1.1\r\n{lines}\r\n".encode())
    writer.write(content[offset : offset + cut_after])
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.transport.abort()


async def settled_offset(world: World, actor: Actor, path: str) -> int:
    """The offset once the server has noticed the cut."""
    last = -1
    while True:
        asked = await head(world, actor, path)
        offset = int(asked.headers["upload-offset"])
        if offset == last:
            return offset
        last = offset
        await asyncio.sleep(0.1)


async def test_an_upload_cut_twenty_times_arrives_byte_by_byte(world: World) -> None:
    chance = random.Random(20)
    actor, content = producer_of(world.product()), paper(19_000_000)
    digest = hashlib.sha256(content).hexdigest()
    path = await begun(world, actor, len(content))
    offset, resumed_inside = 0, 0
    async with served(world.app) as port:
        for _ in range(CUTS):
            most = (len(content) - offset) // 4
            await send_and_cut(port, actor, path, offset, content, chance.randrange(1, most))
            before, offset = offset, await settled_offset(world, actor, path)
            assert before <= offset < len(content)
            resumed_inside += offset > before
            assert (await read(world, actor, path))["state"] == "open"
            assert not (world.files / "evidence" / digest[:2] / digest[2:4] / digest).exists()
        assert resumed_inside >= CUTS // 2, "what came before a cut must count"
        for _ in range(50):  # the last cut request may hold the upload a moment longer
            sent = (
                headers_for(actor)
                | TUS
                | {
                    "Upload-Offset": str(offset),
                    "Content-Type": "application/offset+octet-stream",
                }
            )
            answer = await world.client.patch(path, content=content[offset:], headers=sent)
            if answer.status_code != 409:
                break
            await asyncio.sleep(0.1)
    assert answer.status_code == 204, answer.text
    assert answer.headers["upload-sha256"] == digest
    assert (world.files / "evidence" / digest[:2] / digest[2:4] / digest).read_bytes() == content
