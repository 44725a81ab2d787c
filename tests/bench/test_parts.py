"""Each part of the bench still speaks the language of the tables and routes: run small, it compares and measures.

What it measures here says nothing of speed. Left out: `footprint`, which starts a whole system twice, as tests/deploy
does, and `notices` (test_notices_part.py).
"""

import importlib

import pytest
from bench.__main__ import PARTS
from bench.contest import Unequal, require_equal
from bench.load import get
from bench.options import Options
from bench.people import SECRETARY
from bench.report import Report
from bench.stage import Stage
from tests.bench.conftest import PRODUCTS

SMALL = Options(products=PRODUCTS, million=PRODUCTS, rounds=1, seconds=0.05, warm_up=0.02, share=0.05)
EQUAL = "answers of both sides are equal"
MEASURES: dict[str, list[tuple[str, str]]] = {
    "lookup": [
        ("passport lookup", "product"),
        ("", "naive"),
        ("", "statement under pgbench"),
        ("product lookup", "product"),
        ("", "naive"),
        ("", "statement under pgbench"),
    ],
    "search": [
        ("product search", "product"),
        ("", "naive"),
        ("search among 1,700", "a common word"),
        ("search among 1,700", "kind and place"),
        ("search among 1,700", "kind, quality and place"),
        ("search among 1,700", "one product"),
    ],
    "pages": [
        ("list, first page", "product"),
        ("", "naive"),
        ("list, deep page", "product"),
        ("", "naive"),
    ],
    "score_sheet": [("score sheet", "product"), ("", "naive"), ("", "statement under pgbench")],
    "closing": [("closing a round", "product")],
    "relay": [
        ("outbox to queue", "product"),
        ("", "naive"),
        ("outbox to effect", "product"),
        ("", "naive"),
    ],
    "jobs": [("job start", "product"), ("", "arq's defaults"), ("jobs", "product"), ("", "arq's defaults")],
}
"""The lines that a part adds to the report."""
COMPARES = {
    "lookup": [EQUAL, EQUAL],
    "search": [EQUAL],
    "pages": [EQUAL],
    "score_sheet": ["sheets of both sides are stored alike"],
    "closing": [],
    "relay": ["events have the same effect on both sides"],
    "jobs": [],
}
"""What a part says once product and twin have answered alike. Closing has no twin, jobs' has no answer; both hold what
they find against what they asked for."""


def test_no_part_is_without_a_test() -> None:
    assert {*MEASURES, "notices", "footprint"} == set(PARTS)
    assert set(COMPARES) == set(MEASURES)


@pytest.mark.parametrize("part", MEASURES)
async def test_a_part_compares_and_measures(stage: Stage, part: str, capsys: pytest.CaptureFixture[str]) -> None:
    report = Report(PRODUCTS)
    await importlib.import_module(f"bench.parts.{part}").measure(stage, report, SMALL)
    assert [(row.what, row.side) for row in report.rows] == MEASURES[part]
    for row in report.rows:
        told = [value for value in (row.rate, row.p50, row.ratio) if value is not None]
        assert told, row
        assert all(value > 0 for value in told), row
    assert report.goals
    said = [line for line in capsys.readouterr().out.splitlines() if " both sides" in line]
    assert len(said) == len(COMPARES[part])
    assert all(line.endswith(words) for line, words in zip(said, COMPARES[part], strict=True)), said
    assert report.as_markdown().count("\n| ") == len(report.goals) + len(report.rows) + 4


async def test_two_sides_that_answer_differently_are_not_compared(stage: Stage) -> None:
    connection = await stage.connect()
    one, other = await connection.fetch("SELECT product_code FROM certificates WHERE ended_on IS NULL LIMIT 2")
    await connection.close()
    ours, naive = await stage.serve("registry.main"), await stage.serve("bench.naive.registry")
    token = stage.signatures.token(SECRETARY)
    mine = get(f"/api/registry/v1/passports/{one['product_code']}", token)
    with pytest.raises(Unequal, match=one["product_code"]):
        await require_equal([(mine, get(f"/passports/{other['product_code']}", token))], ours, naive)
