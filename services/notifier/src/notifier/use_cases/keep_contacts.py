"""A person's own addresses: given, proved by a code, put first, removed."""

import asyncio
from collections.abc import Mapping
from functools import cache
from typing import Any
from uuid import UUID

from notifier.data import read_json
from notifier.domain.contacts import (
    ContactRules,
    TooManyCodes,
    is_one_of,
    normal_address,
    read_contact_rules,
)
from notifier.persistence.contacts import Attempt
from notifier.persistence.tables.channels import Contact
from notifier.persistence.unit_of_work import NotifierUow
from shared.auth.actors import Actor
from shared.errors import Conflict, Fault, Invalid, Text
from shared.http.etags import check_version


@cache
def contact_rules() -> ContactRules:
    """The shipped rules."""
    return read_contact_rules(read_json("contact-rules.json"))


async def give_contact(uow: NotifierUow, actor: Actor, channel: str, address: str, label: str | None) -> Contact:
    """Note an address and send a code there; it is used once it is proved.

    Raises Invalid for an address that the channel does not reach, Conflict for one that is there already, for too many
    and for a channel that sends nothing here, TooManyCodes.
    """
    rules = contact_rules()
    address = normal_address(rules, channel, address)
    await uow.contacts.alone(actor.person_id)
    row = await uow.contacts.known(actor.person_id, channel, address)
    if row is not None and row.removed_at is None and row.origin == "person":
        raise Conflict(
            "Địa chỉ này đã có.",
            "This address is there already.",
            state="verified" if row.verified_at else "unverified",
            allowed=["POST /contacts/{contact_id}/codes"],
        )
    if sum(one.channel == channel for one in await uow.contacts.of(actor.person_id)) >= rules.most_per_channel:
        raise Conflict(
            f"Mỗi kênh tối đa {rules.most_per_channel} địa chỉ; hãy xóa bớt.",
            f"At most {rules.most_per_channel} addresses of a channel; remove one first.",
            state="full",
            allowed=["DELETE /contacts/{contact_id}"],
        )
    if row is None:
        row = await uow.contacts.add(Contact(person_id=actor.person_id, channel=channel, address=address, label=label))
    else:
        row.label, row.origin, row.is_primary = label, "person", False
        row.verified_at = row.removed_at = None
        await uow.flush()
    await _send_code(uow, actor, row)
    await _note(uow, actor, "give", row)
    return row


async def ask_for_code(uow: NotifierUow, actor: Actor, contact_id: UUID) -> Contact:
    """Send another code; earlier ones are good no longer. Raises NotFound, Conflict, TooManyCodes."""
    await uow.contacts.alone(actor.person_id)
    row = await uow.contacts.get(actor.person_id, contact_id)
    if row.verified_at is not None and row.dead_at is None:
        raise Conflict("Địa chỉ đã được xác nhận.", "The address is proved.", state="verified", allowed=[])
    await _send_code(uow, actor, row)
    return row


async def take_try(uow: NotifierUow, actor: Actor, contact_id: UUID) -> Attempt | None:
    """Count a try at the newest code. In a transaction of its own, before `prove_contact`: a wrong one counts too."""
    return await uow.contacts.take_try(actor.person_id, contact_id, contact_rules().tries)


async def prove_contact(
    uow: NotifierUow, actor: Actor, contact_id: UUID, code: str, attempt: Attempt | None
) -> Contact:
    """The address is the person's who entered its code; the first of a channel comes first.

    Raises NotFound, Conflict when no code is good, Invalid for a wrong one.
    """
    await uow.contacts.alone(actor.person_id)
    row = await uow.contacts.get(actor.person_id, contact_id)
    if attempt is None:
        raise _no_code()
    if not await asyncio.to_thread(is_one_of, code, attempt.salt, attempt.digests):
        left = contact_rules().tries - attempt.taken
        text = Text(f"Mã không đúng; còn {left} lần thử.", f"The code is wrong; {left} tries are left.")
        raise Invalid(faults=[Fault("code", "wrong_code", text)])
    if not await uow.contacts.use_code(attempt.code_id):
        raise _no_code()
    row.verified_at, row.dead_at, row.dead_because = await uow.now(), None, None
    others = [one for one in await uow.contacts.of(actor.person_id) if one.channel == row.channel]
    await uow.flush()
    if not any(one.is_primary and one.dead_at is None for one in others):
        await uow.contacts.put_first(row)
    await _note(uow, actor, "prove", row)
    return row


async def edit_contact(
    uow: NotifierUow, actor: Actor, contact_id: UUID, version: int, changes: Mapping[str, Any]
) -> Contact:
    """Change its `label`, or put it first (`primary`). Raises NotFound, Stale, Conflict where it cannot be first."""
    await uow.contacts.alone(actor.person_id)
    row = await uow.contacts.get(actor.person_id, contact_id)
    check_version(version, row.version)
    first = bool(changes.get("primary"))
    if first and (row.verified_at is None or row.dead_at is not None):
        raise Conflict(
            "Chỉ địa chỉ đã xác nhận và còn dùng được mới là địa chỉ chính.",
            "Only an address that is proved and alive can come first.",
            state="dead" if row.dead_at else "unverified",
            allowed=["POST /contacts/{contact_id}/codes"],
        )
    row.label = changes.get("label", row.label)
    await uow.flush()
    if first:
        await uow.contacts.put_first(row)
    await _note(uow, actor, "edit", row)
    return row


async def remove_contact(uow: NotifierUow, actor: Actor, contact_id: UUID, version: int) -> None:
    """Nothing is sent there any more: what waits goes to the next one, which comes first. Raises NotFound, Stale."""
    await uow.contacts.alone(actor.person_id)
    row = await uow.contacts.get(actor.person_id, contact_id)
    check_version(version, row.version)
    was_first, row.is_primary, row.removed_at = row.is_primary, False, await uow.now()
    await uow.flush()
    usable = [
        one
        for one in await uow.contacts.of(actor.person_id)
        if one.channel == row.channel and one.verified_at and not one.dead_at
    ]
    if was_first and usable:
        await uow.contacts.put_first(usable[0])
    await uow.contacts.hand_on(row)
    await _note(uow, actor, "remove", row)


async def _send_code(uow: NotifierUow, actor: Actor, contact: Contact) -> None:
    rules, today = contact_rules(), await uow.today()
    way = await uow.contacts.way(contact, today)
    if way is None or not way.offered or way.words_version is None:
        raise Conflict(
            "Kênh này hiện chưa gửi được; hãy chọn kênh khác.",
            "This channel sends nothing here now; choose another.",
            state="not-offered",
            allowed=[],
        )
    by_person, at_address = await uow.contacts.recent_codes(contact)
    if at_address >= rules.per_address_an_hour:
        raise _too_many(3600, f"{rules.per_address_an_hour} mã một giờ", f"{rules.per_address_an_hour} codes an hour")
    if by_person >= rules.per_person_a_day:
        raise _too_many(86400, f"{rules.per_person_a_day} mã một ngày", f"{rules.per_person_a_day} codes a day")
    await uow.contacts.send_code(contact, actor.name, rules, way, today)


def _too_many(seconds: int, vi: str, en: str) -> TooManyCodes:
    return TooManyCodes(f"Tối đa {vi}; hãy thử lại sau.", f"{en} at most.", headers={"Retry-After": str(seconds)})


def _no_code() -> Conflict:
    return Conflict(
        "Không có mã còn hiệu lực: hãy xin mã mới.",
        "No code is good: ask for a new one.",
        state="no-code",
        allowed=["POST /contacts/{contact_id}/codes"],
    )


async def _note(uow: NotifierUow, actor: Actor, action: str, contact: Contact) -> None:
    """In the audit, without the address."""
    await uow.audit(str(actor.person_id), action, "contact", contact.id, {"channel": contact.channel})
