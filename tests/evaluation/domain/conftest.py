"""Shipped documents as raw JSON, and answers built straight from them without any parser of the product."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from evaluation.domain.catalogue import default_charter, shipped_rulesets, shipped_sheets
from evaluation.domain.charters import Charter
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.sheets import Sheet

Document = dict[str, Any]
Choices = dict[str, int | str]


@cache
def _read(folder: str) -> dict[str, Document]:
    found = {}
    for entry in sorted(files("evaluation.data").joinpath(folder).iterdir(), key=str):
        if entry.name.endswith(".json"):
            document = json.loads(entry.read_text(encoding="utf-8"))
            found[document.get("set_code") or document["id"]] = document
    return found


def _criteria(items: list[Document]) -> Iterator[Document]:
    for item in items:
        if "items" in item:
            yield from _criteria(item["items"])
        else:
            yield item


def _answers(criterion: Document) -> dict[int | str, int]:
    """Every answer a criterion accepts, with its points."""
    answers: dict[int | str, int] = {}
    for number, option in enumerate(criterion.get("options", []), 1):
        answers[number] = option["points"]
    for case in criterion.get("alternatives", []):
        for number, option in enumerate(case["options"], 1):
            answers[f"{case['code']}.{number}"] = option["points"]
    if 0 not in answers.values():
        answers[0] = 0
    return answers


def _choices_worth(listed: list[Document], total: int, allowed: Callable[[str, int], bool]) -> Choices:
    bases = {criterion["requires_positive"] for criterion in listed if "requires_positive" in criterion}
    reached: dict[int, Choices] = {0: {}}
    for criterion in listed:
        code = criterion["code"]
        further: dict[int, Choices] = {}
        for choice, points in _answers(criterion).items():
            if not allowed(code, points) or (code in bases and points == 0):
                continue
            for so_far, chosen in reached.items():
                if so_far + points <= total:
                    further.setdefault(so_far + points, {**chosen, code: choice})
        reached = further
    return reached[total]


@pytest.fixture(scope="session")
def sheet_documents() -> dict[str, Document]:
    """The 70 complete sheets by code, as raw JSON."""
    return _read("criteria")


@pytest.fixture(scope="session")
def incomplete_documents() -> dict[str, Document]:
    """The recorded-only sheets by code, as raw JSON."""
    return _read("criteria/incomplete")


@pytest.fixture(scope="session")
def ruleset_documents() -> dict[str, Document]:
    """The ruleset documents by id, as raw JSON."""
    return _read("rules")


@pytest.fixture(scope="session")
def sheets() -> dict[str, Sheet]:
    """Every shipped sheet, parsed, by code."""
    return {sheet.code: sheet for sheet in shipped_sheets()}


@pytest.fixture(scope="session")
def rulesets() -> dict[str, Ruleset]:
    """Every shipped ruleset, parsed, by id."""
    return {ruleset.id: ruleset for ruleset in shipped_rulesets()}


@pytest.fixture(scope="session")
def charter() -> Charter:
    """The default charter."""
    return default_charter()


@dataclass(frozen=True)
class Shipped:
    """The complete shipped sheets, raw and parsed, with the means to fill them in."""

    documents: dict[str, Document]
    rules: dict[str, Document]
    sheets: dict[str, Sheet]

    def criteria(self, document: Document) -> list[Document]:
        """The raw criteria of a sheet in printed order."""
        return [criterion for part in document["parts"] for criterion in _criteria(part["items"])]

    def answers(self, criterion: Document) -> dict[int | str, int]:
        """Every answer a raw criterion accepts, with its points."""
        return _answers(criterion)

    def worth(self, document: Document, total: int, allowed: Callable[[str, int], bool]) -> Choices:
        """Choices whose points add up to `total`, taking only answers that `allowed(code, points)` admits."""
        return _choices_worth(self.criteria(document), total, allowed)

    def extreme(self, document: Document, most: bool) -> Choices:
        """The choices with the most points (True) or the fewest (False) in every criterion."""
        pick = max if most else min
        return {
            criterion["code"]: pick(_answers(criterion).items(), key=lambda answer: answer[1])[0]
            for criterion in self.criteria(document)
        }

    def ruleset(self, code: str) -> Ruleset:
        """The ruleset a sheet code belongs to (the unamended one for 148)."""
        return next(ruleset for ruleset in shipped_rulesets() if code in ruleset.sheet_codes)


@pytest.fixture(scope="session")
def shipped(
    sheet_documents: dict[str, Document], ruleset_documents: dict[str, Document], sheets: dict[str, Sheet]
) -> Shipped:
    """Everything shipped, in one."""
    return Shipped(sheet_documents, ruleset_documents, sheets)
