"""The bench of reminders still speaks the language of the tables, and both its ways make the same notices."""

from datetime import date

import asyncpg
from bench.parts import notices

from notifier.domain.policies import PolicyDraft
from notifier.load import load
from notifier.persistence.unit_of_work import NotifierUow
from shared.testing.plugin import OpenDatabases, TestDatabase

PEOPLE = 100


async def test_product_and_naive_twin_make_the_same_notices(
    database: TestDatabase, open_database: OpenDatabases
) -> None:
    started = await open_database("notifier")
    admin = await asyncpg.connect(database.admin_url, server_settings={"search_path": "notifier, public"})
    try:
        async with NotifierUow.open(started) as uow:
            await load(uow, False)
            row = await uow.policies.draft(PolicyDraft.model_validate(notices._POLICY), notices.READER.person_id)
            await uow.policies.publish(row, date(2019, 1, 1), published_by=None, at=await uow.now())
        await admin.execute(notices._PEOPLE, notices.READER.person_id, PEOPLE)
        fan = notices._Fan(admin, started)
        await notices._require_equal(fan)
        await fan.owe(PEOPLE)
        await fan.product()
        assert await admin.fetchval("SELECT count(*) FROM notices") == 2 * PEOPLE
    finally:
        await admin.close()
