"""Switches of the operation: pause, resume, test mode, replay. Each is kept in the audit."""

from collections.abc import Sequence
from uuid import NAMESPACE_URL, UUID, uuid5

from notifier.persistence.channels import MOST_REPLAYS
from notifier.persistence.tables.channels import ChannelRow
from notifier.persistence.unit_of_work import NotifierUow
from shared.auth.actors import Actor
from shared.errors import Conflict


async def pause_channel(uow: NotifierUow, actor: Actor, code: str, because: str) -> ChannelRow:
    """Nothing leaves through the channel until it is resumed; its notices wait. Raises NotFound, Conflict."""
    channel = await uow.channels.get(code)
    if channel.paused_at is not None:
        raise Conflict("Kênh đang tạm dừng.", "The channel is paused.", state="paused", allowed=["resume"])
    if not channel.sends:
        raise Conflict("Kênh này không gửi đi đâu.", "This channel sends nothing.", state="always-there", allowed=[])
    await uow.channels.pause(code, because)
    await uow.audit(str(actor.person_id), "pause", "channel", _id_of(code), {"channel": code, "because": because})
    await uow.session.refresh(channel)
    return channel


async def resume_channel(uow: NotifierUow, actor: Actor, code: str) -> ChannelRow:
    """What waited leaves now. Raises NotFound, Conflict."""
    channel = await uow.channels.get(code)
    if channel.paused_at is None:
        raise Conflict("Kênh không tạm dừng.", "The channel is not paused.", state="running", allowed=["pause"])
    await uow.channels.resume(code)
    details = {"channel": code, "was_paused_because": channel.paused_because}
    await uow.audit(str(actor.person_id), "resume", "channel", _id_of(code), details)
    await uow.session.refresh(channel)
    return channel


async def set_test_mode(uow: NotifierUow, actor: Actor, *, enabled: bool, people: Sequence[UUID]) -> None:
    """While on, only these people are reached through channels that send; others' notices are skipped and say so."""
    await uow.channels.test_mode(enabled=enabled, people=people)
    details = {"enabled": enabled, "people": [str(one) for one in people]}
    await uow.audit(str(actor.person_id), "test_mode", "operation", _id_of("test-mode"), details)


async def replay_notice(uow: NotifierUow, actor: Actor, notice_id: UUID) -> UUID:
    """A failed notice gets a new life of the same length. Raises Conflict where it cannot have one."""
    found = await uow.channels.replay(notice_id=notice_id)
    if not found:
        raise Conflict(
            f"Chỉ gửi lại được thông báo đã hỏng, nhiều nhất {MOST_REPLAYS} lần, khi việc chưa xong và hạn không đổi.",
            f"Only a failed notice is replayed, {MOST_REPLAYS} times at most, while its duty is open and not moved.",
            state="not-replayable",
            allowed=["failed"],
        )
    await uow.audit(str(actor.person_id), "replay", "notice", notice_id, {})
    return notice_id


async def replay_failed(uow: NotifierUow, actor: Actor, channel: str, reason: str | None, limit: int) -> int:
    """The oldest failed notices of a channel get a new life, but for those that went on to another; how many."""
    found = await uow.channels.replay(channel=channel, reason=reason, limit=limit)
    details = {"channel": channel, "reason": reason, "notices": len(found)}
    await uow.audit(str(actor.person_id), "replay", "channel", _id_of(channel), details)
    return len(found)


def _id_of(code: str) -> UUID:
    """The audit names things by UUID; channels have codes."""
    return uuid5(NAMESPACE_URL, f"ocop:notifier:{code}")
