"""Notices as people read them: the list of all, and one's own inbox."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.tables.notices import Notice
from notifier.persistence.tables.policies import NoticeTemplate
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

MOST_UNREAD = 100
_SORT = (Notice.__table__.c.id,)
_SUMMARY = text(
    """
    SELECT (SELECT coalesce(jsonb_object_agg(state, n), '{}')
            FROM (SELECT state, count(*) AS n FROM notices GROUP BY state) by_state) AS notices,
           (SELECT coalesce(jsonb_object_agg(state, n), '{}')
            FROM (SELECT state, count(*) AS n FROM obligations GROUP BY state) by_state) AS obligations,
           (SELECT count(*) FROM notices WHERE state = 'created')
         + (SELECT count(*) FROM notices WHERE state = 'sending')
         + (SELECT count(*) FROM fulfilments WHERE NOT applied)
         + (SELECT count(*) FROM obligations WHERE NOT settled)
         + (SELECT count(*) FROM obligations WHERE settled AND next_step_at <= programme_now())
         + (SELECT count(*) FROM obligations WHERE settled AND state = 'open' AND due_at <= programme_now())
         + (SELECT count(*) FROM obligations WHERE silence_due)
         + (SELECT count(*) FROM notices WHERE state = 'held' AND held_until <= programme_now())
         + (SELECT count(*) FROM silences s JOIN reminder_policies p ON p.id = s.policy_id
            WHERE noticed_at IS NULL AND quiet_until(p, programme_now()) IS NULL AND EXISTS (
                SELECT FROM appointment_projections a
                WHERE a.role = s.superior AND a.unit_code = s.superior_unit_code
                  AND a.valid_from <= public.legal_date(programme_now())
                  AND (a.valid_to IS NULL OR a.valid_to >= public.legal_date(programme_now())))) AS unsettled
    """
)


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    """What the list is narrowed to; None means any."""

    person_id: UUID | None = None
    """None for who may see everybody's."""
    state: str | None = None
    unit_code: str | None = None
    obligation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A notice of an inbox with the words of its template, still to be rendered."""

    notice: Notice
    subject: str
    body: str


class NoticeRepository:
    """Reads of notices; making and sending them is `reminders`', `silences`' and `deliveries`'."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, narrow: NoticeFilter, page: PageRequest) -> tuple[list[Notice], str | None]:
        """A page, newest first."""
        statement = select(Notice)
        for name in ("person_id", "state", "unit_code", "obligation_id"):
            value = getattr(narrow, name)
            if value is not None:
                statement = statement.where(getattr(Notice, name) == value)
        rows, following = await fetch_page(self._session, statement, _SORT, page, descending=True)
        return [row[0] for row in rows], following

    async def inbox(self, person_id: UUID, page: PageRequest) -> tuple[list[InboxRow], str | None]:
        """A page of the person's inbox, newest first."""
        statement = self._inbox(person_id)
        rows, following = await fetch_page(self._session, statement, _SORT, page, descending=True)
        return [InboxRow(*tuple(row)) for row in rows], following

    async def inbox_item(self, person_id: UUID, notice_id: UUID) -> InboxRow:
        """One item. Raises NotFound when it is not in the person's inbox."""
        found: Any = (await self._session.execute(self._inbox(person_id).where(Notice.id == notice_id))).one_or_none()
        if found is None:
            raise NotFound("Không có thông báo này trong hộp thư của bạn.", "Your inbox has no such notice.")
        return InboxRow(*found)

    async def unread(self, person_id: UUID) -> int:
        """How many items wait to be read, at most `MOST_UNREAD`: one scan of the index of unread ones."""
        waiting = (
            select(Notice.id)
            .where(
                Notice.person_id == person_id,
                text("channel = 'inbox' AND state = 'sent' AND read_at IS NULL AND forgotten_at IS NULL"),
            )
            .limit(MOST_UNREAD)
            .subquery()
        )
        return (await self._session.execute(select(func.count(waiting.c.id)))).scalar_one()

    async def mark_read(self, person_id: UUID, notice_id: UUID, now: datetime) -> None:
        """Note the first reading; later ones change nothing."""
        await self._session.execute(
            update(Notice)
            .where(Notice.id == notice_id, Notice.person_id == person_id, Notice.read_at.is_(None))
            .values(read_at=now)
            .execution_options(synchronize_session=False)
        )

    async def summary(self) -> Row[Any]:
        """`notices` and `obligations` by state, and `unsettled`: what is due now and not yet handled."""
        return (await self._session.execute(_SUMMARY)).one()

    @staticmethod
    def _inbox(person_id: UUID) -> Any:
        words = (
            (NoticeTemplate.code == Notice.template_code)
            & (NoticeTemplate.form == Notice.template_form)
            & (NoticeTemplate.version == Notice.template_version)
        )
        return (
            select(Notice, NoticeTemplate.subject, NoticeTemplate.body)
            .join(NoticeTemplate, words)
            .where(Notice.person_id == person_id, Notice.channel == "inbox", Notice.state == "sent")
            .where(Notice.forgotten_at.is_(None))
        )
