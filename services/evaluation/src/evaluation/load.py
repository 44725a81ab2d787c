"""Load the reference data that ships with evaluation, and the demonstration. Safe to run twice."""

import asyncio

import structlog

from evaluation.data import read_documents
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.settings import Settings
from evaluation.use_cases.load_rules import load_rules
from evaluation.use_cases.route_dossiers import keep_routing
from shared.db.engine import Database

log = structlog.get_logger(__name__)


def run(demonstration: bool) -> None:
    """Load reference data; with `demonstration`, invented people and products too (never in production)."""
    settings = Settings()  # from the environment
    if demonstration and not settings.development:
        raise RuntimeError("the demonstration is not loaded into a production system")
    asyncio.run(_load(settings, demonstration))


async def _load(settings: Settings, demonstration: bool) -> None:
    database = Database(settings.database_url.get_secret_value(), name="evaluation-load")
    try:
        async with EvaluationUow.open(database) as uow:
            await load(uow, demonstration)
    finally:
        await database.stop()


async def load(uow: EvaluationUow, demonstration: bool) -> None:
    """Everything in one transaction. Evaluation ships no demonstration of its own: dossiers are made by people."""
    del demonstration
    loaded = await load_rules(
        uow,
        [document for _, document in read_documents("rules")],
        [document for folder in ("criteria", "criteria/incomplete") for _, document in read_documents(folder)],
        [document for _, document in read_documents("charters")],
    )
    for _, document in read_documents("routing"):
        await keep_routing(uow, document, unit_code=None, set_by=None)
    log.info("rules_loaded", added=loaded.added, replaced=loaded.replaced, unchanged=loaded.unchanged)
