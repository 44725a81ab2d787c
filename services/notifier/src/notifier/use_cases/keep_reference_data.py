"""Bring channels, audiences, office days, policies and templates to what ships with this version."""

import json
from functools import cache

from notifier.data import read_json, read_templates
from notifier.domain.channels import read_channels
from notifier.domain.office_days import OfficeDay, read_office_days
from notifier.domain.policies import read_audiences, read_policies
from notifier.domain.recurrence import read_duty_calendar
from notifier.domain.templates import read_template
from notifier.domain.topics import read_topics
from notifier.persistence.unit_of_work import NotifierUow


async def keep_reference_data(uow: NotifierUow) -> None:
    """Load what policies name, then policies; duties still outstanding are planned anew when any of it changed.

    Words that a provider must approve begin as drafts. Raises ValueError when the data names what does not exist, a
    template uses a parameter it does not declare or a notice does not have, a loaded template version was changed, or
    a chain has no words.
    """
    channels = read_channels(read_json("channels.json"))
    await uow.policies.keep_channels(channels)
    await uow.preferences.keep_topics(read_topics(read_json("notice-topics.json")))
    document = read_json("reminder-policies.json")
    await uow.policies.keep_audiences(read_audiences(document))
    silence = frozenset(str(entry["silence_template"]) for entry in document["policies"] if entry["silence_template"])
    templates = [read_template(entry, silence=silence) for entry in read_templates()]
    await uow.policies.keep_templates(templates, {channel.form for channel in channels if channel.approval_days})
    policies = read_policies(document, await uow.policies.known())
    days_changed = await uow.policies.keep_office_days(_office_days())
    if await uow.policies.keep_policies(policies) or days_changed:
        await uow.settlement.unsettle_outstanding()
    for entry in read_json("duty-calendars.json")["calendars"]:
        await uow.duty_calendars.offer(read_duty_calendar(entry), json.dumps(entry, ensure_ascii=False))


@cache
def _office_days() -> tuple[OfficeDay, ...]:
    return read_office_days(read_json("calendars/vietnam.json"))
