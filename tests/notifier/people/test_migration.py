"""The people's part of the schema goes down and up again with what people did in it."""

import asyncio
from typing import Any

from alembic import command
from tests.notifier.people.conftest import Caller
from tests.notifier.people.test_contacts import OTHER, OWN, give, prove

from notifier.domain.receipts import Receipt
from shared.contracts.roles import Role
from shared.db.migrations import alembic_config
from shared.testing.plugin import TestDatabase


async def test_what_people_did_does_not_keep_the_schema_from_going_down_and_up_again(
    notifier: Any, make: Any, secretary: Caller, database: TestDatabase, admin_url: str
) -> None:
    await secretary.change(
        "PUT", "/preferences", 0, {"language": "en", "opt_outs": [{"topic": "risk", "channel": "sms"}]}
    )
    await prove(notifier, secretary, OWN)
    await prove(notifier, secretary, OTHER)
    await give(secretary, "third@mail.example")
    await notifier.tell(make.deadline("502"), make.appointed("ban", Role.DISTRICT_CHAIR, "502"))
    await notifier.at("2023-07-24T08:00:00+07:00")
    (told,) = await notifier.rows("SELECT id FROM notices WHERE channel = 'email' AND step = -7")
    async with notifier.context.uow() as uow:
        await uow.receipts.keep("email", [Receipt(told["id"], "undelivered", "bounced", dead=True)])
    await notifier.turn()
    await notifier.deliver()
    body = {"deputy_id": str(make.known("ban")), "from_on": "2023-07-25", "to_on": "2023-07-26"}
    assert (await secretary.post("/absences", body)).status_code == 201
    assert len(await notifier.rows("SELECT 1 FROM notices WHERE turn > 0")) == 1
    english = "SELECT code, version FROM notice_templates WHERE language = 'en' AND state = 'approved' ORDER BY 1"
    before = await notifier.rows(english)
    config = alembic_config("notifier", admin_url, database.name)
    await asyncio.to_thread(command.downgrade, config, "0007")
    kept = await notifier.rows("SELECT kind, state FROM notices WHERE step >= -7 ORDER BY channel")
    assert [(row["kind"], row["state"]) for row in kept] == [("reminder", "failed"), ("reminder", "sent")]
    usable = await notifier.rows("SELECT 1 FROM notice_templates WHERE version = 2 AND state = 'approved'")
    assert usable == [], "nobody is told in English by what knows no language"
    await asyncio.to_thread(command.upgrade, config, "head")
    assert await notifier.rows(english) == before != []
