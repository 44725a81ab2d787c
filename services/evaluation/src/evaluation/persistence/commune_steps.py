"""All SQL of receiving dossiers: slips in locked series, checks of form, the thread of repair."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from evaluation.persistence.tables.commune_steps import (
    FormCheckRow,
    ReceiptSeriesRow,
    RegistrationReceiptRow,
    ThreadMessageRow,
    ThreadReadingRow,
)
from evaluation.persistence.tables.dossiers import DossierReturnRow
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound


class CommuneStepRepository:
    """Slips, checks and messages of one transaction. The caller has found the dossier within his scope."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def add(self, row: RegistrationReceiptRow | FormCheckRow | ThreadMessageRow) -> None:
        """Write a new row with the transaction."""
        self.session.add(row)

    async def next_number(self, level: str, unit_code: str, year: int) -> int:
        """The next number of a series. Its row stays locked to the end of the transaction, so that a number which is
        rolled back is given again and none is given twice.
        """
        statement = insert(ReceiptSeriesRow).values(level=level, unit_code=unit_code, year=year, last=1)
        statement = statement.on_conflict_do_update(
            constraint="receipt_series_pkey", set_={"last": ReceiptSeriesRow.last + 1}
        )
        number: int = (await self.session.execute(statement.returning(ReceiptSeriesRow.last))).scalar_one()
        return number

    async def receipts(self, dossier_id: UUID) -> Sequence[RegistrationReceiptRow]:
        """The slips of a dossier, voided ones too, oldest first."""
        statement = select(RegistrationReceiptRow).where(RegistrationReceiptRow.dossier_id == dossier_id)
        return (await self.session.scalars(statement.order_by(RegistrationReceiptRow.id))).all()

    async def receipt(self, receipt_id: UUID) -> RegistrationReceiptRow:
        """One slip, held FOR UPDATE. Raises NotFound."""
        statement = select(RegistrationReceiptRow).where(RegistrationReceiptRow.id == receipt_id)
        row = (await self.session.execute(statement.with_for_update())).scalar_one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def series(
        self, level: str, unit_code: str, year: int, *, voided: bool | None, page: PageRequest
    ) -> tuple[list[Row[Any]], str | None]:
        """The slips a unit numbered in a year, by number; `voided` narrows to those voided or those in force."""
        statement = select(RegistrationReceiptRow).where(
            RegistrationReceiptRow.level == level,
            RegistrationReceiptRow.unit_code == unit_code,
            RegistrationReceiptRow.year == year,
        )
        if voided is not None:
            is_void = RegistrationReceiptRow.voided_on.is_not(None)
            statement = statement.where(is_void if voided else ~is_void)
        return await fetch_page(self.session, statement, [RegistrationReceiptRow.__table__.c.seq], page)

    async def checks(self, dossier_id: UUID) -> Sequence[FormCheckRow]:
        """The checks of a dossier's form, newest first."""
        statement = select(FormCheckRow).where(FormCheckRow.dossier_id == dossier_id).order_by(FormCheckRow.id.desc())
        return (await self.session.scalars(statement)).all()

    async def last_return(self, dossier_id: UUID) -> DossierReturnRow | None:
        """The latest return of a dossier."""
        statement = select(DossierReturnRow).where(DossierReturnRow.dossier_id == dossier_id)
        return (await self.session.scalars(statement.order_by(DossierReturnRow.id.desc()).limit(1))).one_or_none()

    async def messages(
        self, dossier_id: UUID, levels: Collection[str], side: str, person_id: UUID, page: PageRequest
    ) -> tuple[list[Row[Any]], str | None]:
        """(message, seen by the other side, seen by the person) of the levels, oldest first. `side` is the person's."""
        theirs, own = aliased(ThreadReadingRow), aliased(ThreadReadingRow)
        seen = exists().where(
            theirs.dossier_id == ThreadMessageRow.dossier_id,
            theirs.level == ThreadMessageRow.level,
            theirs.side != ThreadMessageRow.side,
            theirs.last_read >= ThreadMessageRow.id,
        )
        mine = exists().where(
            own.dossier_id == ThreadMessageRow.dossier_id,
            own.level == ThreadMessageRow.level,
            own.person_id == person_id,
            own.last_read >= ThreadMessageRow.id,
        )
        statement = select(
            ThreadMessageRow,
            seen.label("seen"),
            (mine | (ThreadMessageRow.author_id == person_id) | (ThreadMessageRow.side == side)).label("mine"),
        ).where(ThreadMessageRow.dossier_id == dossier_id, ThreadMessageRow.level.in_(levels))
        return await fetch_page(self.session, statement, [ThreadMessageRow.__table__.c.id], page)

    async def level_of(self, dossier_id: UUID, message_id: UUID) -> str:
        """The level a message of the dossier belongs to. Raises NotFound."""
        statement = select(ThreadMessageRow.level).where(
            ThreadMessageRow.dossier_id == dossier_id, ThreadMessageRow.id == message_id
        )
        level: str | None = await self.session.scalar(statement)
        if level is None:
            raise NotFound()
        return level

    async def note_reading(
        self, dossier_id: UUID, person_id: UUID, level: str, side: str, message_id: UUID, at: datetime
    ) -> None:
        """The person has read as far as this message; an earlier one changes nothing."""
        statement = insert(ThreadReadingRow).values(
            dossier_id=dossier_id, person_id=person_id, level=level, side=side, last_read=message_id, read_at=at
        )
        await self.session.execute(
            statement.on_conflict_do_update(
                constraint="thread_readings_pkey",
                set_={"last_read": message_id, "read_at": at},
                where=ThreadReadingRow.last_read < message_id,
            )
        )

    async def unread(self, dossier_id: UUID, levels: Collection[str], side: str, person_id: UUID) -> int:
        """How many messages of the other side the person has not read, counted to 100."""
        read = select(ThreadReadingRow.last_read).where(
            ThreadReadingRow.dossier_id == dossier_id,
            ThreadReadingRow.person_id == person_id,
            ThreadReadingRow.level == ThreadMessageRow.level,
        )
        waiting = (
            select(ThreadMessageRow.id)
            .where(
                ThreadMessageRow.dossier_id == dossier_id,
                ThreadMessageRow.level.in_(levels),
                ThreadMessageRow.side != side,
                func.coalesce(ThreadMessageRow.id > read.scalar_subquery(), True),
            )
            .limit(100)
        )
        return len((await self.session.execute(waiting)).all())
