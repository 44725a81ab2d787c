"""Product codes such as `49-513-20791-3-2023`: segments with leading zeros, a running number kept by the commune.

Patterns come from the rulesets (148: province-district-commune-number-year; 26/2026: without the district).
"""

import re
from dataclasses import dataclass

_FIELD = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class CodePlace:
    """The unit codes a product code is made of; `district` None where there is no district level."""

    province: str
    district: str | None
    commune: str

    def segments(self, year: int) -> dict[str, str | None]:
        """The values of a pattern's fields but for the running number."""
        return {"province": self.province, "district": self.district, "commune": self.commune, "year": str(year)}


def make_code(pattern: str, place: CodePlace, sequence: int, year: int) -> str:
    """The code of the product numbered `sequence`. A segment of a level that no longer exists is left out."""
    values = {**place.segments(year), "seq": str(sequence)}
    return "-".join(filled for part in pattern.split("-") if (filled := _fill(part, values)) is not None)


def series_of(series: str, place: CodePlace, year: int) -> str:
    """The key of the counter for a place: `{commune}` gives "20791", `{commune}-{year}` gives "20791-2023"."""
    return _fill(series, place.segments(year)) or place.commune


def sequence_in(code: str, pattern: str, place: CodePlace) -> tuple[int, int] | None:
    """(running number, year) of a code made by `pattern` for this place; None when it is not such a code."""
    parts = []
    for part in pattern.split("-"):
        filled = _fill(part, {**place.segments(0), "seq": r"(?P<seq>[1-9]\d{0,5})", "year": r"(?P<year>\d{4})"})
        if filled is not None:
            parts.append(filled)
    match = re.fullmatch("-".join(parts), code)
    return (int(match["seq"]), int(match["year"])) if match else None


def _fill(part: str, values: dict[str, str | None]) -> str | None:
    names = _FIELD.findall(part)
    if any(values[name] is None for name in names):
        return None
    return _FIELD.sub(lambda m: str(values[m[1]]), part)
