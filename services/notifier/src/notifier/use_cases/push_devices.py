"""A person's devices for pushed notices: registered, listed, removed."""

from collections.abc import Sequence
from functools import cache
from uuid import UUID

from notifier.data import read_json
from notifier.domain.push import PushRules, read_push_rules
from notifier.persistence.push_devices import OwnDevice
from notifier.persistence.unit_of_work import NotifierUow
from shared.auth.actors import Actor
from shared.errors import Conflict


@cache
def push_rules() -> PushRules:
    """What ships as data."""
    return read_push_rules(read_json("webpush.json"))


async def add_device(
    uow: NotifierUow, actor: Actor, *, endpoint: str, p256dh: str, auth: str, label: str | None
) -> OwnDevice:
    """A device of the caller, or new keys of a known one. Raises Conflict beyond the most one may have."""
    most, known = push_rules().most_devices, await uow.push_devices.of(actor.person_id)
    live = [one for one in known if one.dead_at is None and one.address != endpoint]
    if len(live) >= most:
        raise Conflict(
            f"Mỗi người tối đa {most} thiết bị; hãy gỡ bớt.",
            f"A person has at most {most} devices; remove one first.",
            state="full",
            allowed=["POST /push-devices/{device_id}/removal"],
        )
    made = await uow.push_devices.add(actor.person_id, endpoint, p256dh, auth, label)
    return next(one for one in await uow.push_devices.of(actor.person_id) if one.id == made)


async def remove_device(uow: NotifierUow, actor: Actor, device_id: UUID) -> Sequence[OwnDevice]:
    """Push nothing there any more; returns the others. Raises NotFound."""
    await uow.push_devices.remove(actor.person_id, device_id)
    return await uow.push_devices.of(actor.person_id)
