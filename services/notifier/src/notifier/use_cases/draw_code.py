"""Draw the code of a notice that proves an address, at the moment it is handed to its provider."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

from notifier.domain.contacts import digest_of, draw_code
from notifier.domain.deliveries import Letter
from notifier.persistence.unit_of_work import NotifierUow
from notifier.use_cases.keep_contacts import contact_rules


async def with_code(uow: Callable[[], AbstractAsyncContextManager[NotifierUow]], letter: Letter) -> Letter | None:
    """The letter with a new code, of which only a digest is kept; None when nobody waits for it any more.

    A message that is handed over again carries another code, and each of them is good.
    """
    code = draw_code(contact_rules())
    async with uow() as reading:
        salt = await reading.contacts.salt(letter.notice_id)
    if salt is None:
        return None
    digest = await asyncio.to_thread(digest_of, code, salt)
    async with uow() as writing:
        if not await writing.contacts.keep_digest(letter.notice_id, digest):
            return None
    return replace(letter, parameters=letter.parameters | {"code": code})
