"""One request, one transaction: rows, events and audit entries are all there or none is."""

from uuid import UUID

import pytest
from sqlalchemy import text

from shared.contracts.registry import PlanPublished
from shared.db.engine import Database
from shared.db.outbox import claim_deliveries
from shared.db.unit_of_work import UnitOfWork
from shared.ids import new_id
from shared.testing.plugin import OpenDatabases


def plan(plan_id: UUID | None = None) -> PlanPublished:
    return PlanPublished(plan_id=plan_id or new_id(), year=2023, province_code="49", title="Kế hoạch")


async def counts(database: Database) -> tuple[int, ...]:
    async with database.session() as session:
        row = await session.execute(
            text("SELECT (SELECT count(*) FROM outbox_events), (SELECT count(*) FROM audit_entries)")
        )
        return tuple(row.one())


@pytest.mark.parametrize("flushed", [False, True])
async def test_a_failure_rolls_back_events_and_audit_entries_too(open_database: OpenDatabases, flushed: bool) -> None:
    database = await open_database("registry")

    async def act() -> None:
        async with UnitOfWork.open(database) as uow:
            uow.publish(plan())
            await uow.audit("someone", "publish", "plan", new_id())
            if flushed:
                await uow.flush()
            raise RuntimeError("late")

    with pytest.raises(RuntimeError, match="late"):
        await act()
    assert await counts(database) == (0, 0)


async def test_a_commit_that_fails_tells_nothing(open_database: OpenDatabases) -> None:
    database = await open_database("registry")

    async def act() -> None:
        async with UnitOfWork.open(database) as uow:
            uow.publish(plan())
            await uow.flush()
            await uow.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(Exception, match=r"terminat|closed"):
        await act()
    assert await counts(database) == (0, 0)


async def test_events_are_relayed_in_the_order_they_were_published(open_database: OpenDatabases) -> None:
    database = await open_database("registry")
    told: list[UUID] = []
    for _ in range(4):
        async with UnitOfWork.open(database) as uow:
            for _ in range(25):
                told.append(new_id())
                uow.publish(plan(told[-1]))
    async with database.session() as session:
        deliveries = await claim_deliveries(session)
    assert [UUID(d.payload["plan_id"]) for d in deliveries] == told


async def test_time_stands_still_within_a_transaction_and_can_be_moved_in_development(
    open_database: OpenDatabases,
) -> None:
    database = await open_database("registry")
    async with UnitOfWork.open(database) as uow:
        first = await uow.now()
        await uow.session.execute(text("SELECT pg_sleep(0.01)"))
        assert await uow.now() == first
        await uow.session.execute(text("UPDATE public.programme_clock SET ahead = '1 day'"))
    async with UnitOfWork.open(database) as uow:
        assert 86_000 < (await uow.now() - first).total_seconds() < 87_000


async def test_a_statement_that_fails_shows_none_of_its_values(open_database: OpenDatabases) -> None:
    database = await open_database("registry")
    with pytest.raises(Exception, match="hidden") as refusal:
        async with UnitOfWork.open(database) as uow:
            await uow.session.execute(text("SELECT 1/0 WHERE :phone <> ''"), {"phone": "0905123456"})
    assert "0905123456" not in str(refusal.value)
