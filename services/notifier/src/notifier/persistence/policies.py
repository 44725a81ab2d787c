"""Policies and templates as loaded."""

from collections.abc import Sequence, Set
from dataclasses import asdict

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.domain.channels import Channel
from notifier.domain.policies import Chains, Policy
from notifier.domain.templates import NoticeTemplate as Words
from notifier.persistence.tables.channels import ChannelRow
from notifier.persistence.tables.policies import NoticeTemplate, ReminderPolicy, ReminderPolicyStep


class PolicyRepository:
    """Writes reference data; reading it is done by the views that join it to duties."""

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
                        state="draft" if template.form in to_approve else "approved",
                    )
                )
            elif before != template.digest:
                raise ValueError(f"template {template.code} v{template.version} was changed; give it a new version")
        await self._session.flush()

    async def keep_policies(self, policies: Sequence[Policy]) -> bool:
        """Bring policies and their steps to what the data says; returns whether anything changed."""
        changed = False
        for policy in policies:
            fields = asdict(policy)
            steps = {(step.step, step.audience, step.template, _listed(step.chains)) for step in policy.steps}
            del fields["steps"]
            fields["chains"] = [list(chain) for chain in policy.chains]
            changed |= await self._keep(fields)
            rows = await self._session.execute(
                select(
                    ReminderPolicyStep.step,
                    ReminderPolicyStep.audience,
                    ReminderPolicyStep.template_code,
                    ReminderPolicyStep.chains,
                ).where(ReminderPolicyStep.policy_id == policy.id)
            )
            if {(row.step, row.audience, row.template_code, _listed(row.chains)) for row in rows} != steps:
                changed = True
                await self._session.execute(delete(ReminderPolicyStep).where(ReminderPolicyStep.policy_id == policy.id))
                self._session.add_all(
                    ReminderPolicyStep(
                        policy_id=policy.id,
                        step=step.step,
                        audience=step.audience,
                        template_code=step.template,
                        chains=step.chains,
                    )
                    for step in policy.steps
                )
                await self._session.flush()
        return changed

    async def keep_channels(self, channels: Sequence[Channel]) -> None:
        """Add or rename channels; whether one is paused is not touched."""
        for channel in channels:
            fields = asdict(channel)
            statement = insert(ChannelRow).values(fields)
            new = {name: statement.excluded[name] for name in fields if name != "code"}
            await self._session.execute(statement.on_conflict_do_update(index_elements=["code"], set_=new))

    async def _keep(self, fields: dict[str, object]) -> bool:
        statement = insert(ReminderPolicy).values(fields)
        new = {name: statement.excluded[name] for name in fields if name != "id"}
        before = [getattr(ReminderPolicy, name).is_distinct_from(value) for name, value in new.items()]
        differs = before[0]
        for condition in before[1:]:
            differs |= condition
        result = await self._session.execute(
            statement.on_conflict_do_update(index_elements=["id"], set_=new, where=differs).returning(ReminderPolicy.id)
        )
        return result.first() is not None


def _listed(chains: Chains | Sequence[Sequence[str]] | None) -> Chains | None:
    """Chains as they can be compared, from data or from a row."""
    return None if chains is None else tuple(tuple(chain) for chain in chains)
