"""Recomputing results in the background: some seconds a turn, from where the turn before left off."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.tasks.declared import TASKS
from evaluation.use_cases.recompute_results import recompute_batch
from shared.tasks.declarations import TaskContext

TURN_SECONDS = 12.0
CLAIM_SECONDS = 40
"""Longer than a turn and a job's delay; after a kill another worker goes on then."""


@TASKS.task(timeout=25, attempts=1, concurrency=1)
async def recompute_results(context: TaskContext[EvaluationUow], recomputation_id: UUID) -> None:
    """Check batches of results, each in a transaction of its own, until the turn is over."""
    loop = asyncio.get_running_loop()
    until = loop.time() + TURN_SECONDS
    more = True
    while more and loop.time() < until:
        async with context.uow() as uow:
            more = await recompute_batch(uow, recomputation_id)
    async with context.uow() as uow:
        await uow.recomputations.release(recomputation_id)


@TASKS.sweep(recompute_results.__name__, every=1)
async def find_recomputations(uow: EvaluationUow) -> Sequence[UUID]:
    """Recomputations that wait for a turn."""
    return await uow.recomputations.claim(CLAIM_SECONDS)
