"""The words of notices and their approval by providers."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.templates import NoticeTemplate as Words
from notifier.persistence.tables.channels import ChannelRow
from notifier.persistence.tables.policies import NoticeTemplate, ReminderPolicy
from shared.errors import NotFound


class TemplateRepository:
    """Versions of templates; one that is not a draft any more never changes its words."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def all(self) -> Sequence[NoticeTemplate]:
        """Every version, the newest of each code and form first."""
        order = (NoticeTemplate.code, NoticeTemplate.form, NoticeTemplate.version.desc())
        return (await self._session.execute(select(NoticeTemplate).order_by(*order))).scalars().all()

    async def get(self, code: str, form: str, version: int) -> NoticeTemplate:
        """One version, locked. Raises NotFound."""
        key = (NoticeTemplate.code == code, NoticeTemplate.form == form, NoticeTemplate.version == version)
        found = await self._session.execute(select(NoticeTemplate).where(*key).with_for_update())
        row = found.scalar_one_or_none()
        if row is None:
            raise NotFound("Không có bản mẫu này.", "There is no such version of a template.")
        return row

    async def next_version(self, code: str, form: str) -> int:
        """The number of the next version; writers of the same template wait for each other."""
        await self._session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended('notice_templates ' || :code || ' ' || :form, 0))"),
            {"code": code, "form": form},
        )
        newest = select(func.max(NoticeTemplate.version)).where(
            NoticeTemplate.code == code, NoticeTemplate.form == form
        )
        return ((await self._session.execute(newest)).scalar_one() or 0) + 1

    async def add(self, words: Words, *, state: str, submitted_at: datetime | None = None) -> NoticeTemplate:
        """A new version."""
        row = NoticeTemplate(
            code=words.code,
            form=words.form,
            version=words.version,
            valid_from=words.valid_from,
            parameters=list(words.parameters),
            subject=words.subject,
            body=words.body,
            html=words.html,
            fields=words.fields,
            language=words.language,
            digest=words.digest,
            state=state,
            submitted_at=submitted_at,
        )
        self._session.add(row)
        await self._session.flush()
        return row

    async def approval_days(self, form: str) -> int:
        """Days the provider of a form usually takes to approve; 0 where none must. Raises NotFound."""
        days = await self._session.execute(select(func.max(ChannelRow.approval_days)).where(ChannelRow.form == form))
        found: int | None = days.scalar_one()
        if found is None:
            raise NotFound(f"Không có kênh nào dùng dạng {form}.", f"No channel takes the form {form}.")
        return found

    async def forms(self) -> Sequence[str]:
        """Forms of words that some channel takes."""
        return (await self._session.execute(select(ChannelRow.form).distinct())).scalars().all()

    async def codes(self) -> frozenset[str]:
        """Codes of templates that exist."""
        return frozenset((await self._session.execute(select(NoticeTemplate.code).distinct())).scalars())

    async def silence_codes(self) -> frozenset[str]:
        """Codes whose notices report silences."""
        found = await self._session.execute(select(ReminderPolicy.silence_template).distinct())
        return frozenset(code for code in found.scalars() if code)

    async def approve_shipped(self, now: datetime) -> None:
        """For demonstrations: the simulators have approved every version, under the code as its name."""
        await self._session.execute(
            text(
                "UPDATE notice_templates SET state = 'approved', submitted_at = :now, decided_at = :now,"
                " provider_template = 'demo-' || code WHERE state = 'draft'"
            ),
            {"now": now},
        )

    async def usable(self) -> frozenset[tuple[str, str]]:
        """(code, form) of which some version is approved."""
        rows = await self._session.execute(
            select(NoticeTemplate.code, NoticeTemplate.form).where(NoticeTemplate.state == "approved").distinct()
        )
        return frozenset((row.code, row.form) for row in rows)
