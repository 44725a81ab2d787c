"""Delete what was told once its time is over, and keep that it was told. Repeating it changes nothing."""

import asyncio
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from notifier.data import read_json
from notifier.domain.proofs import Content, content_digest
from notifier.domain.retention import Retention, read_retention
from notifier.persistence.unit_of_work import NotifierUow


@cache
def retention() -> Retention:
    """The shipped periods."""
    return read_retention(read_json("retention.json"))


async def forget_content(uow: NotifierUow) -> int:
    """One batch of notices of each kind; returns how many were forgotten.

    Who was told of what, when, by which channel, with which outcome and the digest of the words stay: a proof made
    before and one made after are the same.
    """
    now, forgotten = await uow.now(), 0
    for kind, days in retention().notices.items():
        rows = await uow.retention.over(kind, days, now)
        digests = await asyncio.to_thread(_digests, rows)
        if digests:
            await uow.retention.forget(digests, now)
        forgotten += len(digests)
    return forgotten


def _digests(rows: Sequence[Row[Any]]) -> dict[UUID, str | None]:
    return {
        row.id: content_digest(Content(row.kind, row.template_form, row.subject, row.body, row.fields, row.parameters))
        for row in rows
    }


async def forget_contacts(uow: NotifierUow) -> None:
    """One batch of addresses: removed, of who holds no office any more, and codes that are old."""
    await uow.retention.forget_contacts(retention(), await uow.now())
