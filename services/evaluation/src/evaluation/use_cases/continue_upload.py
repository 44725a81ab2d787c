"""Add bytes to an upload where it stopped, and take the file in when the last byte is here.

Bytes are kept in the store first and counted in Postgres second, piece by piece: what was counted survives a cut
network, a killed process and another replica. No transaction is held while bytes come.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

from evaluation.domain.file_refusals import refused
from evaluation.domain.uploads import MOST_PARTS, Checksum, ChecksumMismatch, OffsetMismatch, UploadBusy, UploadLocked
from evaluation.integrations.files import FileStore, Received, receive
from evaluation.persistence.tables.uploads import UploadRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.persistence.uploads import CHECKING, LEASE
from evaluation.use_cases.begin_upload import UploadLimits, gone_because, live_upload
from evaluation.use_cases.keep_content import look_at, note_content
from shared.auth.actors import Actor
from shared.db.engine import Database
from shared.errors import Invalid, NotFound, TooLarge

PIECE = 2_000_000
"""Bytes that are kept and counted at a time; what comes after the last piece of a cut request is kept too."""
SIGN_OF_LIFE = LEASE.total_seconds() / 3
PATIENCE = 10.0
"""Seconds that a question waits for the end of a check."""


class Uploads:
    """Uploads over the database and the store of this process."""

    def __init__(self, database: Database, store: FileStore, limits: UploadLimits) -> None:
        self.database, self.store, self.limits = database, store, limits

    async def append(
        self, actor: Actor, upload_id: UUID, offset: int, chunks: AsyncIterator[bytes], checksum: Checksum | None
    ) -> UploadRow:
        """Add the bytes of one request at `offset`; `chunks` that end early are a cut network, and what came stays.

        With a checksum the bytes count together or not at all. Raises NotFound, UploadGone, OffsetMismatch,
        UploadBusy, TooLarge for more than was announced, ChecksumMismatch, and FileRefused at the last byte.
        """
        lease = uuid4()
        row = await self._take(actor, upload_id, offset, lease)
        try:
            if row.state == "open":
                room = row.size - offset
                if checksum is not None:
                    chunks = await _checked(chunks, checksum, room)
                await self._keep_pieces(row, lease, offset, chunks)
            return await self._settled(actor, upload_id, lease)
        finally:
            async with EvaluationUow.open(self.database) as uow:
                await uow.uploads.release(upload_id, lease)

    async def look(self, actor: Actor, upload_id: UUID) -> UploadRow:
        """Where the upload stands. All bytes but no file means that a process died in between: the end is made now.

        Raises NotFound, UploadGone, FileRefused, UploadLocked while another request still checks the file.
        """
        until = time.monotonic() + PATIENCE
        while True:
            async with EvaluationUow.open(self.database) as uow:
                row = await live_upload(uow, actor, upload_id, lock=True)
                if row.state != "open" or row.received < row.size:
                    return row
                free, lease = await uow.uploads.is_free(row), uuid4()
                if free:
                    await uow.uploads.lease(upload_id, lease, CHECKING)
            if free:
                try:
                    return await self._settled(actor, upload_id, lease)
                finally:
                    async with EvaluationUow.open(self.database) as uow:
                        await uow.uploads.release(upload_id, lease)
            if time.monotonic() > until:
                raise UploadLocked(headers={"Retry-After": "5"})
            await asyncio.sleep(0.2)

    async def _take(self, actor: Actor, upload_id: UUID, offset: int, lease: UUID) -> UploadRow:
        async with EvaluationUow.open(self.database) as uow:
            row = await live_upload(uow, actor, upload_id, lock=True)
            if row.state == "open" and not await uow.uploads.is_free(row):
                raise UploadBusy(
                    "Một yêu cầu khác đang gửi tệp này; hỏi vị trí (HEAD) rồi gửi tiếp.",
                    "Another request is sending this file; ask for the offset (HEAD), then resume.",
                    state=row.state,
                    allowed=["HEAD"],
                    headers={"Retry-After": str(int(LEASE.total_seconds()))},
                )
            if row.received != offset:
                raise OffsetMismatch(
                    f"Vị trí tiếp theo là {row.received}, không phải {offset}.",
                    f"The next offset is {row.received}, not {offset}.",
                    state=row.state,
                    offset=row.received,
                    allowed=["HEAD", "PATCH"],
                    headers={"Upload-Offset": str(row.received)},
                )
            if row.state == "open":
                await uow.uploads.lease(upload_id, lease)
            return row

    async def _keep_pieces(self, row: UploadRow, lease: UUID, offset: int, chunks: AsyncIterator[bytes]) -> None:
        piece, spoke = bytearray(), time.monotonic()
        async for chunk in chunks:
            if offset + len(piece) + len(chunk) > row.size:
                raise TooLarge(f"Nhiều byte hơn đã báo ({row.size}).", f"More bytes than were announced ({row.size}).")
            piece += chunk
            if len(piece) >= PIECE:
                offset, spoke = await self._keep(row.id, lease, offset, bytes(piece)), time.monotonic()
                piece.clear()
            elif time.monotonic() - spoke > SIGN_OF_LIFE:
                async with EvaluationUow.open(self.database) as uow:
                    if not await uow.uploads.renew(row.id, lease):
                        raise _lost()
                spoke = time.monotonic()
        if piece:
            await self._keep(row.id, lease, offset, bytes(piece))

    async def _keep(self, upload_id: UUID, lease: UUID, offset: int, piece: bytes) -> int:
        await self.store.put_part(upload_id, (offset, lease), piece)
        async with EvaluationUow.open(self.database) as uow:
            if await uow.uploads.count_parts(upload_id, MOST_PARTS) >= MOST_PARTS:
                raise UploadBusy(
                    "Tệp bị chia thành quá nhiều mảnh; hãy bỏ (DELETE) và gửi lại bằng mảnh lớn hơn.",
                    "The file came in too many pieces; DELETE it and send larger ones.",
                    state="open",
                    allowed=["DELETE"],
                )
            if not await uow.uploads.add_part(upload_id, lease, offset, len(piece), self.limits.kept):
                raise _lost()
        return offset + len(piece)

    async def _settled(self, actor: Actor, upload_id: UUID, lease: UUID) -> UploadRow:
        """The upload as it stands now; with its last byte the file is taken in, or refused for good."""
        async with EvaluationUow.open(self.database) as uow:
            row = await uow.uploads.get(actor, upload_id)
            if row.state == "refused":
                raise gone_because(row)
            if row.state != "open" or row.received < row.size:
                return row
            if not await uow.uploads.renew(upload_id, lease, CHECKING):
                raise _lost()
            parts = [(part.start, part.lease) for part in await uow.uploads.parts(upload_id)]
        try:
            received = await receive(self.store.read_parts(upload_id, parts), row.size)
        except NotFound:
            raise await self._refuse(upload_id, _damaged()) from None
        with received:
            try:
                _refuse_damaged(row, received)
                kind = await look_at(received, row.name)
            except Invalid as refusal:
                raise await self._refuse(upload_id, refusal) from None
            await self.store.put(received)
            async with EvaluationUow.open(self.database) as uow:
                await note_content(uow, self.store, received, kind, row.person_id)
                await uow.uploads.end(upload_id, state="finished", sha256=received.sha256, kind=kind)
        await self.store.drop_parts(upload_id)
        async with EvaluationUow.open(self.database) as uow:
            return await uow.uploads.get(actor, upload_id)

    async def _refuse(self, upload_id: UUID, refusal: Invalid) -> Invalid:
        """Refuse the file for good and remove its bytes; what to raise."""
        async with EvaluationUow.open(self.database) as uow:
            said = {"vi": refusal.detail.vi, "en": refusal.detail.en}
            await uow.uploads.end(upload_id, state="refused", refusal=said)
        await self.store.drop_parts(upload_id)
        return refusal


async def _checked(chunks: AsyncIterator[bytes], checksum: Checksum, room: int) -> AsyncIterator[bytes]:
    """The bytes of a request, read to the end and summed up first. Raises ChecksumMismatch, TooLarge."""
    with await receive(chunks, room) as received:
        data = received.content.read()
    if not await asyncio.to_thread(checksum.fits, data):
        raise ChecksumMismatch(
            "Tổng kiểm không khớp; các byte này không được giữ, hãy gửi lại.",
            "The checksum does not match; these bytes were not kept, send them again.",
        )
    return _once(data)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(data), PIECE):
        yield data[at : at + PIECE]


def _refuse_damaged(row: UploadRow, received: Received) -> None:
    if received.size != row.size or (row.announced is not None and received.sha256 != row.announced):
        raise _damaged()


def _damaged() -> Invalid:
    return refused(
        "Nội dung không khớp kích thước hoặc mã SHA-256 đã báo, tệp bị hỏng khi gửi",
        "The content does not match the announced size or SHA-256, it was damaged on the way",
    )


def _lost() -> UploadBusy:
    return UploadBusy(
        "Yêu cầu khác đã gửi tiếp tệp này; hỏi vị trí (HEAD) rồi gửi tiếp.",
        "Another request took this upload over; ask for the offset (HEAD), then resume.",
        state="open",
        allowed=["HEAD"],
        headers={"Retry-After": "1"},
    )
