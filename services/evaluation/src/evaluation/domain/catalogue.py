"""The shipped content, parsed: what a fresh installation knows before anyone imports a newer version."""

from functools import cache
from typing import Any

from evaluation.data import read_documents
from evaluation.domain.charters import Charter, parse_charter
from evaluation.domain.ruleset_documents import parse_rulesets
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.sheet_documents import parse_sheet
from evaluation.domain.sheets import Sheet

DEFAULT_CHARTER = "default"


@cache
def shipped_rulesets() -> tuple[Ruleset, ...]:
    """Every shipped ruleset, amended ones too, oldest first."""
    rulesets = [ruleset for _, document in read_documents("rules") for ruleset in parse_rulesets(document)]
    return tuple(sorted(rulesets, key=lambda ruleset: ruleset.effective_from))


@cache
def shipped_sheets() -> tuple[Sheet, ...]:
    """Every shipped sheet, those that are recorded only too, by decision and number."""
    folders = ("criteria", "criteria/incomplete")
    sheets = [parse_sheet(document) for folder in folders for _, document in read_documents(folder)]
    return tuple(sorted(sheets, key=lambda sheet: (sheet.effective_from, sheet.set_no)))


@cache
def shipped_charters() -> tuple[Charter, ...]:
    """The shipped charters."""
    return tuple(parse_charter(document) for _, document in read_documents("charters"))


@cache
def default_charter() -> Charter:
    """The charter that applies where a council has none of its own."""
    return next(charter for charter in shipped_charters() if charter.id == DEFAULT_CHARTER)


@cache
def shipped_taxonomies() -> dict[str, dict[str, Any]]:
    """Product groups by taxonomy version (`qd26-2026`, …), as documents."""
    return {name.removesuffix(".json"): document for name, document in read_documents("taxonomies")}
