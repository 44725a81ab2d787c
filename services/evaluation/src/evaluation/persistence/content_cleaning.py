"""Cleaning away contents that nothing refers to, in two steps, so that no reference ever points to nothing.

First the rows go: those of `evidence_files` that no table refers to and nobody sent lately, each leaving a row in
`content_removals`. A row is locked before it is judged, and whoever attaches a content holds that row (FOR KEY SHARE),
so one of the two waits and sees what the other did. Then the bytes go, one content at a time, under the content's
advisory lock, which whoever sends the same bytes again holds: he either stops the removal or puts the bytes anew.
"""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, any_, delete, exists, func, literal, or_, select, text
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import Text

from evaluation.persistence.tables.base import Base
from evaluation.persistence.tables.documents import DocumentFileRow
from evaluation.persistence.tables.evidence import EvidenceFileRow, EvidenceUploadRow
from evaluation.persistence.tables.uploads import ContentRemovalRow
from shared.ids import new_id

BATCH = 200
NAMES_A_CONTENT = "file_sha256"
"""A column of this name refers to a content, with or without a foreign key."""
_ALONE = text("SELECT pg_try_advisory_xact_lock(hashtextextended('content ' || :sha256, 0))")


def references(sha256: "ColumnElement[str] | InstrumentedAttribute[str]") -> list[ColumnElement[bool]]:
    """For each column that refers to contents, whether it names this one. Columns of new tables are found too."""
    return [exists().where(column == sha256) for column in referring_columns()]


def referring_columns() -> list[ColumnElement[str]]:
    """Columns with a foreign key to `evidence_files` or the name of such, and the files of documents."""
    contents = EvidenceFileRow.__table__.c.sha256
    named: list[ColumnElement[str]] = [
        column
        for table in Base.metadata.sorted_tables
        if table is not EvidenceUploadRow.__table__
        for column in table.columns
        if column.name == NAMES_A_CONTENT or any(key.column is contents for key in column.foreign_keys)
    ]
    return [*named, DocumentFileRow.__table__.c.sha256]


class ContentCleaning:
    """The cleaning of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def forget_unused(self, kept: timedelta) -> int:
        """Delete the rows of a batch of contents that nothing refers to and nobody sent within `kept`."""
        old = func.now() - kept
        lately = exists().where(EvidenceUploadRow.sha256 == EvidenceFileRow.sha256, EvidenceUploadRow.uploaded_at > old)
        unused = [~used for used in references(EvidenceFileRow.sha256)]
        candidates = (
            select(EvidenceFileRow.sha256)
            .where(EvidenceFileRow.stored_at < old, ~lately, *unused)
            .limit(BATCH)
            .with_for_update(skip_locked=True)
        )
        locked = list(await self.session.scalars(candidates))
        if not locked:
            return 0
        # Judged again now that they are locked: what was attached before the lock is seen by this statement.
        mine = EvidenceFileRow.sha256 == any_(literal(locked, ARRAY(Text)))
        still = list(await self.session.scalars(select(EvidenceFileRow.sha256).where(mine, ~lately, *unused)))
        if still:
            await self.session.execute(delete(EvidenceUploadRow).where(EvidenceUploadRow.sha256.in_(still)))
            await self.session.execute(delete(EvidenceFileRow).where(EvidenceFileRow.sha256.in_(still)))
            rows = [{"id": new_id(), "sha256": sha256} for sha256 in still]
            await self.session.execute(insert(ContentRemovalRow).values(rows).on_conflict_do_nothing())
        return len(still)

    async def waiting(self) -> Sequence[UUID]:
        """A batch of removals that are yet to be done."""
        return list(
            await self.session.scalars(select(ContentRemovalRow.id).order_by(ContentRemovalRow.created_at).limit(BATCH))
        )

    async def begin_removal(self, removal_id: UUID) -> str | None:
        """The content whose bytes may go now, held for as long as the transaction lasts.

        None when there is nothing to do: it was done, another worker does it, or the content is in use again, which
        ends the removal.
        """
        sha256 = await self.session.scalar(select(ContentRemovalRow.sha256).where(ContentRemovalRow.id == removal_id))
        if sha256 is None or not await self.session.scalar(_ALONE, {"sha256": sha256}):
            return None
        named = literal(sha256)
        if await self.session.scalar(select(or_(exists().where(EvidenceFileRow.sha256 == named), *references(named)))):
            await self.end_removal(removal_id)
            return None
        return sha256

    async def end_removal(self, removal_id: UUID) -> None:
        """The bytes are gone, or stay."""
        await self.session.execute(delete(ContentRemovalRow).where(ContentRemovalRow.id == removal_id))
