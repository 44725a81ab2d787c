"""Relaying and receiving events, naively: one row, one job, one transaction at a time, arq as it comes.

`python -m bench.naive.relaying relay|receive` runs one of the two until SIGTERM.
"""

import asyncio
import os
import sys
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from arq.connections import ArqRedis, RedisSettings, create_pool
from arq.worker import Worker, func
from sqlalchemy import DateTime, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from bench.naive.council_tables import OutboxDelivery, OutboxEvent
from bench.serve import die_with_parent
from shared.contracts.evaluation import SheetSubmitted

QUEUE = "bench:naive"
PAUSE = 0.1
"""Seconds until an empty outbox is looked at again, as the product's relay waits."""


class Base(DeclarativeBase):
    """Its own metadata; the tables are made by the product's migrations."""


class Received(Base):
    """An event that came."""

    __tablename__ = "inbox"

    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    consumer: Mapped[str] = mapped_column(primary_key=True)
    type: Mapped[str]


class Fulfilment(Base):
    """One thing done."""

    __tablename__ = "fulfilments"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_type: Mapped[str]
    item: Mapped[str]
    about: Mapped[str]
    person_id: Mapped[UUID]
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    revision: Mapped[int]
    applied: Mapped[bool]


def sessions_of(url: str) -> async_sessionmaker[AsyncSession]:
    """Sessions as the role of a service's database URL."""
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://", 1))
    return async_sessionmaker(engine, expire_on_commit=False)


async def relay(sessions: async_sessionmaker[AsyncSession], redis: ArqRedis, limit: int = 1000) -> int:
    """Hand every waiting event to the subscriber's queue, one by one; returns how many."""
    async with sessions() as session:
        waiting = select(OutboxDelivery).where(OutboxDelivery.state == "waiting").limit(limit)
        rows = (await session.scalars(waiting)).all()
    for row in rows:
        async with sessions() as session:
            event = await session.get_one(OutboxEvent, row.event_id)
            await redis.enqueue_job("receive", str(event.id), event.type, event.payload, _queue_name=QUEUE)
            delivery = await session.get_one(OutboxDelivery, (row.event_id, row.subscriber))
            delivery.state, delivery.ended_at = "acknowledged", datetime.now(UTC)
            await session.commit()
    return len(rows)


async def receive(ctx: dict[str, Any], event_id: str, event_type: str, payload: dict[str, Any]) -> None:
    """What the product's notifier does with a submitted sheet: known by the inbox, then one deed."""
    told = SheetSubmitted.model_validate(payload)
    async with ctx["sessions"]() as session:
        if await session.get(Received, (UUID(event_id), "notifier")) is not None:
            return
        session.add(Received(event_id=UUID(event_id), consumer="notifier", type=event_type))
        await session.flush()
        session.add(
            Fulfilment(
                id=uuid4(),
                event_type=event_type,
                item=f"{told.dossier_id}:{told.member_id}",
                about=str(told.round_id),
                person_id=told.member_id,
                at=told.submitted_at,
                revision=0,
                applied=False,
            )
        )
        await session.commit()


async def _relay_for_ever() -> None:
    sessions, redis = (
        sessions_of(os.environ["EVALUATION_DATABASE_URL"]),
        await create_pool(RedisSettings.from_dsn(os.environ["REDIS_URL"])),
    )
    while True:
        if not await relay(sessions, redis):
            await asyncio.sleep(PAUSE)


async def _receive_for_ever() -> None:
    pool = await create_pool(RedisSettings.from_dsn(os.environ["REDIS_URL"]))
    sessions = sessions_of(os.environ["NOTIFIER_DATABASE_URL"])
    await Worker(
        functions=[func(receive)], queue_name=QUEUE, redis_pool=pool, ctx={"sessions": sessions}, log_results=False
    ).async_run()


if __name__ == "__main__":
    die_with_parent()
    asyncio.run({"relay": _relay_for_ever, "receive": _receive_for_ever}[sys.argv[1]]())
