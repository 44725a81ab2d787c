"""Faults: what is wrong, where, in Vietnamese and English."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong in a payload or a document.

    `path` points at it the way JSON is written, e.g. `score_sheets[0].choices["1.1"]`; `code` is stable for
    programs.
    """

    path: str
    code: str
    message_vi: str
    message_en: str


class FaultsError(Exception):
    """Base of refusals that list every fault found, not only the first."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.path}: {fault.message_en}" for fault in self.faults))


class DocumentError(FaultsError):
    """A ruleset, sheet or charter that may not be imported."""


class ScoreError(FaultsError):
    """Score sheets that cannot be scored as they are."""


class UnknownRulesetError(LookupError):
    """No ruleset governs a dossier of this kind filed on this date."""


def quoted(path: str, key: str) -> str:
    """`path["key"]`: the path of a member whose name holds dots or slashes, as criterion codes do."""
    return f'{path}["{key}"]'
