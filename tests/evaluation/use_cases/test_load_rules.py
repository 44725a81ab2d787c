"""Importing rules: safe to repeat, replaceable while unused, untouchable once in use."""

import copy
from typing import Any

import pytest
from sqlalchemy import text

from evaluation.data import read_documents
from evaluation.domain.errors import RulesInUse
from evaluation.domain.faults import DocumentError
from evaluation.persistence.tables.rules import RulesetRow, SheetRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.load_rules import Loaded, load_rules
from shared.testing.plugin import OpenDatabases

RULESETS = [document for _, document in read_documents("rules")]
SHEETS = [document for _, document in read_documents("criteria")][:3]
RECORDED = [document for _, document in read_documents("criteria/incomplete")]
CHARTERS = [document for _, document in read_documents("charters")]


def changed(document: dict[str, Any]) -> dict[str, Any]:
    other = copy.deepcopy(document)
    other["note_of_test"] = "another content, so another hash"
    return other


async def test_loading_twice_changes_nothing(open_database: OpenDatabases) -> None:
    database = await open_database("evaluation")
    async with EvaluationUow.open(database) as uow:
        first = await load_rules(uow, RULESETS, SHEETS + RECORDED, CHARTERS)
    assert first == Loaded(added=4 + 3 + 8 + len(CHARTERS), replaced=0, unchanged=0)
    async with EvaluationUow.open(database) as uow:
        assert await load_rules(uow, RULESETS, SHEETS + RECORDED, CHARTERS) == Loaded(0, 0, first.added)
        recorded = [row for row in await uow.rules.sheet_rows(None) if row.recorded_only]
        assert len(recorded) == 8
        assert all(row.reason for row in recorded)
        amended = await uow.rules.ruleset("qd148-2023+qd1489-2025")
        assert amended.base_id == "qd148-2023"


async def test_an_unused_version_is_replaced_and_a_used_one_is_not(open_database: OpenDatabases) -> None:
    database = await open_database("evaluation")
    async with EvaluationUow.open(database) as uow:
        await load_rules(uow, RULESETS, SHEETS, CHARTERS)
    async with EvaluationUow.open(database) as uow:
        assert (await load_rules(uow, RULESETS, [changed(SHEETS[0])], CHARTERS)).replaced == 1
    async with EvaluationUow.open(database) as uow:
        sheet = await uow.rules.sheet(SHEETS[0]["set_code"])
        await uow.rules.mark_used(SheetRow, sheet.code, sheet.content_hash)
        await uow.rules.mark_used(SheetRow, sheet.code, sheet.content_hash)
    with pytest.raises(RulesInUse, match=f"{sheet.code} is in use since .* cannot change"):
        async with EvaluationUow.open(database) as uow:
            await load_rules(uow, RULESETS, [SHEETS[0]], CHARTERS)
    async with EvaluationUow.open(database) as uow:
        assert (await load_rules(uow, RULESETS, [changed(SHEETS[0])], CHARTERS)).unchanged > 0


async def test_a_document_with_faults_loads_nothing(open_database: OpenDatabases) -> None:
    database = await open_database("evaluation")
    bad = copy.deepcopy(SHEETS[1])
    bad["total_max"] = 101
    with pytest.raises(DocumentError, match="total_max"):
        async with EvaluationUow.open(database) as uow:
            await load_rules(uow, RULESETS, [SHEETS[0], bad], CHARTERS)
    stray = copy.deepcopy(SHEETS[0])
    stray["set_code"] = "QD0-01"
    with pytest.raises(DocumentError, match="no ruleset names sheet QD0-01"):
        async with EvaluationUow.open(database) as uow:
            await load_rules(uow, RULESETS, [stray], CHARTERS)
    async with database.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM rulesets")) == 0


async def test_what_was_parsed_is_kept_by_hash_not_by_name(open_database: OpenDatabases) -> None:
    database = await open_database("evaluation")
    ruleset = copy.deepcopy(RULESETS[0])
    async with EvaluationUow.open(database) as uow:
        await load_rules(uow, [ruleset], [], [])
        before = await uow.rules.ruleset(ruleset["id"])
    ruleset["certificate"]["months"] = 24
    async with EvaluationUow.open(database) as uow:
        await load_rules(uow, [ruleset], [], [])
    async with EvaluationUow.open(database) as uow:
        after = await uow.rules.ruleset(ruleset["id"])
        assert (before.certificate_months, after.certificate_months) == (36, 24)
        assert before.content_hash != after.content_hash
        row = await uow.rules.ruleset_row(ruleset["id"])
        assert isinstance(row, RulesetRow)
        assert row.hash == after.content_hash
