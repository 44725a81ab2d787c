"""What people chose: language, and what they decline."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.topics import Topic
from notifier.persistence.tables.channels import ChannelRow
from notifier.persistence.tables.preferences import EndedOptOut, NoticeTopic, NoticeTopicMember, OptOut, PersonSettings

_CHOOSE = text(
    """
    INSERT INTO person_settings AS s (person_id, version, language) VALUES (:person, 1, :language)
    ON CONFLICT (person_id) DO UPDATE
    SET version = s.version + 1, language = coalesce(:changed, s.language), updated_at = now()
    """
)
_DECLINED_BY = text(
    """
    SELECT n.person_id, n.channel, n.recipient_name, t.code, t.name_vi, t.name_en,
           coalesce(t.may_leave, false) AS may_leave, t.because_vi, t.because_en, t.law
    FROM notices n
    LEFT JOIN obligations o ON o.id = n.obligation_id
    LEFT JOIN silences s ON s.id = n.silence_id
    LEFT JOIN notice_topics t ON t.code = topic_of(n.kind, coalesce(o.code, s.code))
    WHERE n.id = :id
    """
)


class PreferenceRepository:
    """Choices of people, and what data says they may choose."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep_topics(self, topics: Sequence[Topic]) -> None:
        """Bring the topics to what the data says; opt-outs of one that is gone, or may not be left, have no effect."""
        names = [topic.code for topic in topics]
        await self._session.execute(delete(NoticeTopicMember))
        await self._session.execute(delete(NoticeTopic).where(NoticeTopic.code.not_in(names)))
        for topic in topics:
            fields = {
                "code": topic.code,
                "name_vi": topic.vi,
                "name_en": topic.en,
                "may_leave": topic.may_leave,
                "because_vi": topic.because_vi,
                "because_en": topic.because_en,
                "law": topic.law,
            }
            statement = insert(NoticeTopic).values(fields)
            await self._session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=fields))
            rows = [{"kind": kind, "duty_code": duty, "topic": topic.code} for kind, duty in topic.members]
            await self._session.execute(insert(NoticeTopicMember), rows)

    async def topics(self) -> Sequence[NoticeTopic]:
        """Every topic: what may be left first."""
        order = (NoticeTopic.may_leave.desc(), NoticeTopic.code)
        return (await self._session.execute(select(NoticeTopic).order_by(*order))).scalars().all()

    async def channels(self, codes: Collection[str]) -> Sequence[ChannelRow]:
        """Those of these channels that there are."""
        statement = select(ChannelRow).where(ChannelRow.code.in_(sorted(codes))).order_by(ChannelRow.code)
        return (await self._session.execute(statement)).scalars().all()

    async def settings(self, person_id: UUID, *, lock: bool = False) -> PersonSettings | None:
        """A person's choice of language; None for who never chose anything."""
        return await self._session.get(PersonSettings, person_id, with_for_update=lock or None, populate_existing=lock)

    async def opt_outs(self, person_id: UUID) -> Sequence[OptOut]:
        """What a person declines."""
        statement = select(OptOut).where(OptOut.person_id == person_id).order_by(OptOut.topic, OptOut.channel)
        return (await self._session.execute(statement)).scalars().all()

    async def choose(
        self, person_id: UUID, language: str, declined: Collection[tuple[str, str]], now: datetime
    ) -> None:
        """Let exactly these (topic, channel) be declined; what was before keeps its day."""
        await self._session.execute(_CHOOSE, {"person": person_id, "language": language, "changed": language})
        for row in await self.opt_outs(person_id):
            if (row.topic, row.channel) not in declined:
                ended = {name: getattr(row, name) for name in ("person_id", "topic", "channel", "since", "by")}
                self._session.add(EndedOptOut(**ended, until=now))
                await self._session.delete(row)
        await self._session.flush()
        await self._add(person_id, declined, now, by="preferences")

    async def decline(self, person_id: UUID, topic: str, channel: str, now: datetime) -> None:
        """Decline one more, by a link; again without effect."""
        if await self._add(person_id, [(topic, channel)], now, by="link"):
            await self._session.execute(_CHOOSE, {"person": person_id, "language": "vi", "changed": None})

    async def declined_by(self, notice_id: UUID) -> Row[Any] | None:
        """Whose notice it is, through what, and which topic (code, names, may_leave, …) holds it; None: unknown."""
        return (await self._session.execute(_DECLINED_BY, {"id": notice_id})).one_or_none()

    async def _add(self, person_id: UUID, declined: Collection[tuple[str, str]], now: datetime, *, by: str) -> bool:
        rows = [
            {"person_id": person_id, "topic": topic, "channel": channel, "since": now, "by": by}
            for topic, channel in sorted(declined)
        ]
        if not rows:
            return False
        added = insert(OptOut).values(rows).on_conflict_do_nothing().returning(OptOut.topic)
        return (await self._session.execute(added)).first() is not None
