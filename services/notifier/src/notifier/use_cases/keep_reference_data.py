"""Bring channels, policies and templates to what ships with this version."""

import json

from notifier.data import read_json, read_templates
from notifier.domain.channels import read_channels
from notifier.domain.policies import check_words, read_policies
from notifier.domain.recurrence import read_duty_calendar
from notifier.domain.templates import read_template
from notifier.persistence.unit_of_work import NotifierUow


async def keep_reference_data(uow: NotifierUow) -> None:
    """Load channels and templates, then policies; duties still outstanding are planned anew when policies changed.

    Words that a provider must approve begin as drafts. Raises ValueError when the data names what does not exist, a
    template uses a parameter it does not declare or a notice does not have, a loaded template version was changed, or
    a chain has no words.
    """
    channels = read_channels(read_json("channels.json"))
    await uow.policies.keep_channels(channels)
    document = read_json("reminder-policies.json")
    silence = frozenset(str(entry["silence_template"]) for entry in document["policies"] if entry["silence_template"])
    templates = [read_template(entry, silence=silence) for entry in read_templates()]
    await uow.policies.keep_templates(templates, {channel.form for channel in channels if channel.approval_days})
    codes = frozenset(template.code for template in templates)
    policies = read_policies(document, codes, frozenset(channel.code for channel in channels))
    usable, forms = await uow.templates.usable(), {channel.code: channel.form for channel in channels}
    for policy in policies:
        check_words(policy, usable, forms)
    if await uow.policies.keep_policies(policies):
        await uow.settlement.unsettle_outstanding()
    for entry in read_json("duty-calendars.json")["calendars"]:
        await uow.duty_calendars.offer(read_duty_calendar(entry), json.dumps(entry, ensure_ascii=False))
