"""Events reach their subscribers once in effect, whatever happens on the way."""

from uuid import UUID

from sqlalchemy import text

from commerce.persistence.unit_of_work import CommerceUow
from registry.persistence.unit_of_work import RegistryUow
from shared.contracts.registry import PlanPublished
from shared.db.outbox import MAX_REJECTIONS, claim_deliveries, settle_deliveries
from shared.ids import new_id
from shared.tasks.declarations import TaskContext, TaskSet
from shared.tasks.receiving import receive
from shared.testing.plugin import OpenDatabases


def plan() -> PlanPublished:
    return PlanPublished(plan_id=new_id(), year=2023, province_code="49", title="Kế hoạch")


async def test_an_event_is_told_only_if_its_transaction_commits(open_database: OpenDatabases) -> None:
    database = await open_database("registry")
    try:
        async with RegistryUow.open(database) as uow:
            uow.publish(plan())
            await uow.flush()
            raise RuntimeError("the change fails")
    except RuntimeError:
        pass
    async with database.session() as session:
        assert await claim_deliveries(session) == []
    async with RegistryUow.open(database) as uow:
        uow.publish(plan())
    async with database.session() as session:
        assert [d.subscriber for d in await claim_deliveries(session)] == list(PlanPublished.subscribers)


async def test_a_claimed_event_is_not_claimed_again_at_once_but_comes_back_until_acknowledged(
    open_database: OpenDatabases,
) -> None:
    database = await open_database("registry")
    async with RegistryUow.open(database) as uow:
        uow.publish(plan())
    async with database.session() as session:
        first = await claim_deliveries(session)
    async with database.session() as session:
        assert await claim_deliveries(session) == []
        await session.execute(text("UPDATE outbox_deliveries SET next_send_at = now()"))
    async with database.session() as session:
        assert await claim_deliveries(session) == first
        await settle_deliveries(session, first[0].subscriber, [first[0].id], [])
        await session.execute(text("UPDATE outbox_deliveries SET next_send_at = now()"))
    async with database.session() as session:
        assert await claim_deliveries(session) == []


async def test_an_event_rejected_too_often_is_set_aside_as_failed(open_database: OpenDatabases) -> None:
    database = await open_database("registry")
    async with RegistryUow.open(database) as uow:
        uow.publish(plan())
    async with database.session() as session:
        (delivery,) = await claim_deliveries(session)
        for _ in range(MAX_REJECTIONS):
            await settle_deliveries(session, delivery.subscriber, [], [(delivery.id, "ValueError: no")])
        row = (await session.execute(text("SELECT state, last_error FROM outbox_deliveries"))).one()
    assert tuple(row) == ("failed", "ValueError: no")


async def test_an_event_delivered_five_times_has_its_effect_once_and_a_bad_one_stops_no_other(
    open_database: OpenDatabases,
) -> None:
    database = await open_database("notifier")
    seen: list[UUID] = []
    tasks = TaskSet("notifier")

    @tasks.on(PlanPublished)
    async def on_plan(_uow: object, event: PlanPublished) -> None:
        if event.year == 1:
            raise ValueError("poison")
        seen.append(event.plan_id)

    context = TaskContext(database, CommerceUow)
    good, bad = plan(), plan().model_copy(update={"year": 1})
    events = [
        {"id": str(new_id()), "type": event.type, "payload": event.model_dump(mode="json")} for event in (bad, good)
    ]
    for _ in range(5):
        accepted, rejected = await receive(tasks, context, "registry", events)
        assert [str(i) for i in accepted] == [events[1]["id"]]
        assert [str(i) for i, _ in rejected] == [events[0]["id"]]
    assert seen == [good.plan_id]
