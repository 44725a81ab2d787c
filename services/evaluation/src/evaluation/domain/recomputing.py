"""A stored result computed again from its own inputs, and what comes out otherwise."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from evaluation.domain.charters import Charter
from evaluation.domain.faults import ScoreError
from evaluation.domain.result_records import compute, record_of
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.sheets import Sheet


class Finding(StrEnum):
    """What a recomputation found of a result.

    DIFFERS: other points, star, floors, destination or rules applied. WORDING: the same, told in other words (a later
    release words a step better). NOT_COMPUTABLE: its inputs or its law are not what was pinned. CORRECTED: a decision
    of correction stands beside it.
    """

    DIFFERS = "differs"
    WORDING = "wording"
    NOT_COMPUTABLE = "not_computable"
    CORRECTED = "corrected"


@dataclass(frozen=True, slots=True)
class StoredResult:
    """A result as it is kept: the level, the inputs, and every field of its record."""

    level: str
    inputs: Mapping[str, Any]
    record: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Law:
    """The three documents a result rests on; None for one that is no longer stored."""

    ruleset: Ruleset | None
    sheet: Sheet | None
    charter: Charter | None


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field of a result's record that comes out otherwise."""

    field: str
    stored: Any
    computed: Any


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of computing a result again; `finding` None: exactly the same. `reason` where it cannot be computed."""

    finding: Finding | None
    differences: tuple[FieldDifference, ...] = ()
    reason: str | None = None


def recompute(stored: StoredResult, law: Law) -> Verdict:
    """Compute a result again under the very versions it pins."""
    if law.ruleset is None or law.sheet is None or law.charter is None:
        return Verdict(Finding.NOT_COMPUTABLE, reason="a version of the rules is not stored")
    hashes = {
        "ruleset_hash": law.ruleset.content_hash,
        "sheet_hash": law.sheet.content_hash,
        "charter_hash": law.charter.content_hash,
    }
    replaced = tuple(
        FieldDifference(name, stored.record[name], value)
        for name, value in hashes.items()
        if stored.record[name] != value
    )
    if replaced:
        return Verdict(Finding.NOT_COMPUTABLE, replaced, "the stored rules are not the pinned version")
    try:
        result = compute(law.ruleset, law.sheet, law.charter, stored.inputs)
    except (ScoreError, KeyError, TypeError) as error:  # the last two: inputs of another shape
        return Verdict(Finding.NOT_COMPUTABLE, reason=f"{type(error).__name__}: {error}"[:1000])
    return _compared(stored.record, json.loads(json.dumps(asdict(record_of(law.ruleset, stored.level, result)))))


def _compared(stored: Mapping[str, Any], computed: Mapping[str, Any]) -> Verdict:
    different = [
        FieldDifference(name, stored[name], value)
        for name, value in computed.items()
        if name != "steps" and stored[name] != value
    ]
    applied = [[(step["rule"], step["source"]) for step in steps] for steps in (stored["steps"], computed["steps"])]
    if applied[0] != applied[1]:
        different.append(FieldDifference("steps", stored["steps"], computed["steps"]))
    if different:
        return Verdict(Finding.DIFFERS, tuple(different))
    if stored["steps"] != computed["steps"]:
        return Verdict(Finding.WORDING, (FieldDifference("steps", stored["steps"], computed["steps"]),))
    return Verdict(None)
