"""A person's choices: the language of notices, and what is declined where the law lets it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from notifier.data import read_json
from notifier.domain.topics import read_declinable
from notifier.persistence.tables.channels import ChannelRow
from notifier.persistence.tables.preferences import NoticeTopic, OptOut
from notifier.persistence.unit_of_work import NotifierUow
from shared.auth.actors import Actor
from shared.errors import Conflict, Fault, Invalid, NotFound, Text
from shared.http.etags import check_version

DEFAULT_LANGUAGE = "vi"


@cache
def declinable() -> frozenset[str]:
    """Channels that can be declined, as shipped."""
    return read_declinable(read_json("notice-topics.json"))


@dataclass(frozen=True, slots=True)
class Preferences:
    """Version 0 is who never chose anything."""

    version: int
    language: str
    topics: Sequence[NoticeTopic]
    channels: Sequence[ChannelRow]
    opt_outs: Sequence[OptOut]


async def read_preferences(uow: NotifierUow, actor: Actor) -> Preferences:
    """The caller's choices, and everything that can be chosen."""
    settings = await uow.preferences.settings(actor.person_id)
    return Preferences(
        version=settings.version if settings else 0,
        language=settings.language if settings else DEFAULT_LANGUAGE,
        topics=await uow.preferences.topics(),
        channels=await uow.preferences.channels(declinable()),
        opt_outs=await uow.preferences.opt_outs(actor.person_id),
    )


async def choose_preferences(
    uow: NotifierUow, actor: Actor, version: int, language: str, declined: Sequence[tuple[str, str]]
) -> Preferences:
    """Have exactly these choices. Raises Stale; Invalid, saying why and by which text, for what may not be declined."""
    await uow.contacts.alone(actor.person_id)
    settings = await uow.preferences.settings(actor.person_id, lock=True)
    check_version(version, settings.version if settings else 0)
    await _refuse_faults(uow, declined)
    await uow.preferences.choose(actor.person_id, language, set(declined), await uow.now())
    uow.session.expire_all()
    details = {"language": language, "opt_outs": [f"{topic}/{channel}" for topic, channel in declined]}
    await uow.audit(str(actor.person_id), "choose", "preferences", actor.person_id, details)
    return await read_preferences(uow, actor)


async def what_is_declined(uow: NotifierUow, notice_id: UUID | None) -> Row[Any]:
    """What a link of a mail would decline. Raises NotFound for a link that is not ours."""
    found = await uow.preferences.declined_by(notice_id) if notice_id else None
    if found is None:
        raise NotFound("Liên kết này không đúng.", "This link is not right.")
    return found


async def decline_by_link(uow: NotifierUow, notice_id: UUID | None) -> Row[Any]:
    """Decline the topic of a notice on its channel, again without effect. Raises NotFound, Conflict with the reason."""
    found = await what_is_declined(uow, notice_id)
    if not found.may_leave:
        raise Conflict(
            found.because_vi or "Loại thông báo này không từ chối được.",
            found.because_en or "Such notices cannot be declined.",
            rule=found.law,
            state="may-not-leave",
            allowed=[],
        )
    await uow.preferences.decline(found.person_id, found.code, found.channel, await uow.now())
    details = {"topic": found.code, "channel": found.channel, "by": "link"}
    await uow.audit(str(found.person_id), "decline", "preferences", found.person_id, details)
    return found


async def _refuse_faults(uow: NotifierUow, declined: Sequence[tuple[str, str]]) -> None:
    topics = {topic.code: topic for topic in await uow.preferences.topics()}
    channels = {channel.code for channel in await uow.preferences.channels(declinable())}
    faults, rule = [], None
    for n, (code, channel) in enumerate(declined):
        topic = topics.get(code)
        if topic is None:
            faults.append(_fault(n, "topic", "unknown", "Không có loại này", "There is no such topic"))
        elif not topic.may_leave:
            rule = rule or topic.law
            vi, en = f"{topic.because_vi} Căn cứ: {topic.law}.", f"{topic.because_en} Source: {topic.law}."
            faults.append(_fault(n, "topic", "may_not_leave", vi, en))
        if channel not in channels:
            vi = "Không từ chối được: hộp thư trong ứng dụng luôn giữ thông báo."
            en = "It cannot be declined: the in-app inbox always keeps the notice."
            if channel != "inbox":
                vi, en = "Không có kênh này", "There is no such channel"
            faults.append(_fault(n, "channel", "unknown" if channel != "inbox" else "may_not_leave", vi, en))
    if faults:
        raise Invalid(faults=faults, rule=rule)


def _fault(n: int, field: str, code: str, vi: str, en: str) -> Fault:
    return Fault(f"opt_outs[{n}].{field}", code, Text(vi, en))
