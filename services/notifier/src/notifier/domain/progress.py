"""What counts as progress of the work behind a unit's duty."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Work:
    """For duties met by `fulfilled_by`: things that `begun_by` events name, of which `done_by` events name the done
    ones and `lapsed_by` those that no longer count. `what_*` names the things in both languages."""

    fulfilled_by: str
    begun_by: str
    done_by: str
    lapsed_by: str
    what_vi: str
    what_en: str

    def as_row(self) -> dict[str, str]:
        """As a record of the database."""
        return asdict(self)


def read_works(document: Mapping[str, Any]) -> list[Work]:
    """The works of a progress document. Raises KeyError or ValueError when it is not one."""
    if document["schema"] != "ocop-progress/1":
        raise ValueError(f"not a progress document: {document['schema']}")
    return [
        Work(
            fulfilled_by=entry["fulfilled_by"],
            begun_by=entry["begun_by"],
            done_by=entry["done_by"],
            lapsed_by=entry["lapsed_by"],
            what_vi=entry["of"]["vi"],
            what_en=entry["of"]["en"],
        )
        for entry in document["work"]
    ]
