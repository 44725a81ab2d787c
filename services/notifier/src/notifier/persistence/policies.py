"""Policies, templates, channels, audiences and office days as loaded; policies as a province writes them."""

import json
from collections.abc import Sequence, Set
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.channels import Channel
from notifier.domain.office_days import OfficeDay as DifferentDay
from notifier.domain.policies import Audience, Chains, Known, Policy, PolicyDraft
from notifier.domain.reports import DIGEST_PARAMETERS, RISK_PARAMETERS
from notifier.domain.templates import DEFAULT_LANGUAGE, PARAMETERS, SILENCE_PARAMETERS
from notifier.domain.templates import NoticeTemplate as Words
from notifier.persistence.formal_documents import office_rules
from notifier.persistence.tables.channels import ChannelRow
from notifier.persistence.tables.policies import AudienceRow, NoticeTemplate, ReminderPolicy, ReminderPolicyStep

_SUPERSEDE = text(
    """
    UPDATE reminder_policies SET valid_to = CAST(:begins AS date) - 1, superseded_by = :id, version = version + 1
    WHERE state = 'published' AND code = :code AND id <> :id
      AND valid_from < :begins AND (valid_to IS NULL OR valid_to >= :begins)
    RETURNING id
    """
)
_KEEP_OFFICE_DAYS = text(
    """
    INSERT INTO office_days AS d (day, works, note)
    SELECT day, works, note FROM jsonb_populate_recordset(NULL::office_days, CAST(:rows AS jsonb))
    ON CONFLICT (day) DO UPDATE SET works = excluded.works, note = excluded.note WHERE d.works <> excluded.works
    RETURNING d.day
    """
)
WORDLESS = "event"
"""The form of channels that tell systems of events: no policy names one, since it tells no person."""
_BY_ADMINISTRATION = frozenset({"id", "valid_to", "version", "state"})
"""What loading leaves as it is once a policy is there: its end may have been set by a successor."""


class PolicyRepository:
    """Reads and writes policies; joining them to duties is done by functions of the database."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep_templates(self, templates: Sequence[Words], to_approve: Set[str] = frozenset()) -> None:
        """Add what is new; of the forms `to_approve` as drafts, for their providers.

        Raises ValueError when a version that was loaded before now reads differently.
        """
        known = {
            (row.code, row.form, row.version): row.digest
            for row in await self._session.execute(
                select(NoticeTemplate.code, NoticeTemplate.form, NoticeTemplate.version, NoticeTemplate.digest)
            )
        }
        for template in templates:
            before = known.get((template.code, template.form, template.version))
            if before is None:
                self._session.add(
                    NoticeTemplate(
                        code=template.code,
                        form=template.form,
                        version=template.version,
                        valid_from=template.valid_from,
                        parameters=list(template.parameters),
                        subject=template.subject,
                        body=template.body,
                        html=template.html,
                        digest=template.digest,
                        fields=template.fields,
                        language=template.language,
                        state="draft" if template.form in to_approve else "approved",
                    )
                )
            elif before != template.digest:
                raise ValueError(f"template {template.code} v{template.version} was changed; give it a new version")
        await self._session.flush()

    async def keep_policies(self, policies: Sequence[Policy]) -> bool:
        """Bring shipped policies and their steps to what the data says; returns whether anything changed."""
        changed = False
        for policy in policies:
            fields = _columns(policy) | {
                "state": "published",
                "version": 1,
                "valid_from": policy.valid_from,
                "valid_to": policy.valid_to,
            }
            changed |= await self._keep(fields)
            rows = await self._session.execute(
                select(
                    ReminderPolicyStep.step,
                    ReminderPolicyStep.audience,
                    ReminderPolicyStep.template_code,
                    ReminderPolicyStep.chains,
                ).where(ReminderPolicyStep.policy_id == policy.id)
            )
            steps = {(s["step"], s["audience"], s["template_code"], _listed(s["chains"])) for s in _steps(policy)}
            if {(row.step, row.audience, row.template_code, _listed(row.chains)) for row in rows} != steps:
                changed = True
                await self._write_steps(policy)
        return changed

    async def keep_channels(self, channels: Sequence[Channel]) -> None:
        """Add or rename channels; whether one is paused is not touched."""
        for channel in channels:
            fields = asdict(channel)
            statement = insert(ChannelRow).values(fields)
            new = {name: statement.excluded[name] for name in fields if name != "code"}
            await self._session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=new))

    async def keep_audiences(self, audiences: Sequence[Audience]) -> None:
        """Add or change the audiences beside responsible and superior."""
        for one in audiences:
            fields = {"code": one.code, "name_vi": one.vi, "name_en": one.en, "role": one.role, "place": one.of}
            statement = insert(AudienceRow).values(fields)
            new = {name: statement.excluded[name] for name in fields if name != "code"}
            await self._session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=new))

    async def keep_office_days(self, days: Sequence[DifferentDay]) -> bool:
        """Add or change the days that differ from their week; returns whether any was."""
        rows = json.dumps([asdict(day) for day in days], ensure_ascii=False, default=str)
        return (await self._session.execute(_KEEP_OFFICE_DAYS, {"rows": rows})).first() is not None

    async def known(self) -> Known:
        """What a policy can name now."""
        named = select(ChannelRow.code, ChannelRow.form).where(ChannelRow.form != WORDLESS)
        forms = {row.code: row.form for row in await self._session.execute(named)}
        audiences = (await self._session.execute(select(AudienceRow.code))).scalars().all()
        statement = select(
            NoticeTemplate.code, NoticeTemplate.form, NoticeTemplate.parameters, NoticeTemplate.state
        ).where(NoticeTemplate.language == DEFAULT_LANGUAGE)
        words = (await self._session.execute(statement)).all()

        def saying(parameters: frozenset[str]) -> frozenset[str]:
            return frozenset(row.code for row in words if set(row.parameters) <= parameters)

        return Known(
            channels=forms,
            forms=forms,
            words=frozenset((row.code, row.form) for row in words if row.state == "approved"),
            audiences=audiences,
            templates=saying(PARAMETERS),
            digests=saying(DIGEST_PARAMETERS),
            silences=saying(SILENCE_PARAMETERS),
            risks=saying(RISK_PARAMETERS),
            formal=office_rules().formal,
        )

    async def all(self) -> list[ReminderPolicy]:
        """Every policy, by code and validity, drafts last."""
        order = (ReminderPolicy.code, ReminderPolicy.valid_from.asc().nulls_last(), ReminderPolicy.id)
        return list((await self._session.execute(select(ReminderPolicy).order_by(*order))).scalars())

    async def find(self, policy_id: str, *, lock: bool = False) -> ReminderPolicy | None:
        """One policy, or None."""
        return await self._session.get(ReminderPolicy, policy_id, with_for_update=lock or None, populate_existing=lock)

    async def steps(self, policy_ids: Sequence[str]) -> dict[str, list[ReminderPolicyStep]]:
        """The steps of policies in their order."""
        statement = select(ReminderPolicyStep).where(ReminderPolicyStep.policy_id.in_(policy_ids))
        order = (ReminderPolicyStep.policy_id, ReminderPolicyStep.step, ReminderPolicyStep.audience)
        found: dict[str, list[ReminderPolicyStep]] = {}
        for row in (await self._session.execute(statement.order_by(*order))).scalars():
            found.setdefault(row.policy_id, []).append(row)
        return found

    async def draft(self, policy: PolicyDraft, drafted_by: UUID) -> ReminderPolicy:
        """Write a new draft with its steps."""
        row = ReminderPolicy(**_columns(policy), state="draft", version=1, drafted_by=drafted_by)
        self._session.add(row)
        await self._session.flush()
        await self._write_steps(policy)
        return row

    async def redraft(self, row: ReminderPolicy, policy: PolicyDraft) -> None:
        """Replace a draft's content."""
        for name, value in _columns(policy).items():
            setattr(row, name, value)
        row.version += 1
        await self._session.flush()
        await self._write_steps(policy)

    async def publish(self, row: ReminderPolicy, begins: date, *, published_by: UUID | None, at: datetime) -> list[str]:
        """Put a draft in force for due dates from `begins` on; returns the policies that end the day before."""
        ended = await self._session.execute(_SUPERSEDE, {"begins": begins, "id": row.id, "code": row.code})
        names = list(ended.scalars())
        row.state, row.valid_from, row.published_by, row.published_at = "published", begins, published_by, at
        row.version += 1
        await self._session.flush()
        return names

    async def later(self, code: str, begins: date) -> str | None:
        """A published policy of the code that begins on or after that day, if there is one."""
        statement = select(ReminderPolicy.id).where(
            ReminderPolicy.code == code, ReminderPolicy.state == "published", ReminderPolicy.valid_from >= begins
        )
        return (await self._session.execute(statement.limit(1))).scalar_one_or_none()

    async def _write_steps(self, policy: PolicyDraft) -> None:
        await self._session.execute(delete(ReminderPolicyStep).where(ReminderPolicyStep.policy_id == policy.id))
        await self._session.execute(insert(ReminderPolicyStep), _steps(policy))

    async def _keep(self, fields: dict[str, Any]) -> bool:
        statement = insert(ReminderPolicy).values(fields)
        new = {name: statement.excluded[name] for name in fields if name not in _BY_ADMINISTRATION}
        differs = or_(*(getattr(ReminderPolicy, name).is_distinct_from(value) for name, value in new.items()))
        result = await self._session.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_=new, where=differs).returning(ReminderPolicy.id)
        )
        return result.first() is not None


def _columns(policy: PolicyDraft) -> dict[str, Any]:
    """A policy as its row holds it, without validity and state."""
    quiet, digest, risk, delivery = policy.quiet_hours, policy.digest, policy.risk_report, policy.delivery
    return {
        "id": policy.id,
        "code": policy.code,
        "source": policy.source,
        "send_at": policy.send_at,
        "working_days": policy.working_days,
        "tells_absent": policy.absent == "both",
        "quiet_begins": quiet and quiet.begins,
        "quiet_ends": quiet and quiet.ends,
        "digest_every": digest and digest.every,
        "digest_weekday": digest and digest.weekday,
        "digest_at": digest and digest.at,
        "digest_immediate_from": digest and digest.immediate_from,
        "digest_template": digest and digest.template,
        "risk_weekday": risk and risk.weekday,
        "risk_at": risk and risk.at,
        "risk_template": risk and risk.template,
        "chains": policy.chains,
        "silence_template": policy.silence_template,
        "most_tries": delivery.tries,
        "first_retry_seconds": delivery.first_retry_seconds,
        "longest_retry_seconds": delivery.longest_retry_seconds,
        "give_up_seconds": delivery.give_up_seconds,
    }


def _steps(policy: PolicyDraft) -> list[dict[str, Any]]:
    return [
        {
            "policy_id": policy.id,
            "step": step.step,
            "audience": told.who,
            "template_code": told.template,
            "chains": told.chains,
        }
        for step in policy.steps
        for told in step.tell
    ]


def _listed(chains: Chains | None) -> tuple[tuple[str, ...], ...] | None:
    """Chains as they can be compared, from data or from a row."""
    return None if chains is None else tuple(tuple(chain) for chain in chains)
