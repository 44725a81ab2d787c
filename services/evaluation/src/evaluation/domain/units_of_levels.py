"""Which unit stands for a dossier at each level, and who signs for it there, as data.

Levels: Decision 148/2023 (district, province, centre); 1489/2025 and 26/2026 Art. 7 (province, centre).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from shared.contracts.roles import Level


class Place(Protocol):
    """Where a dossier, product or certificate is from."""

    @property
    def commune_code(self) -> str: ...
    @property
    def commune_name(self) -> str: ...
    @property
    def district_code(self) -> str | None: ...
    @property
    def district_name(self) -> str | None: ...
    @property
    def province_code(self) -> str: ...
    @property
    def province_name(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of a level, by the code its officials' appointments carry."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Signature:
    """At which level a body sits, and its title from a day on, newest first; `{unit}` is its unit's name."""

    level: Level
    titles: tuple[tuple[date, str], ...]


CENTRE = Unit("VN", "Trung ương")

UNIT_FIELDS: Mapping[Level, tuple[str, str]] = {
    Level.COMMUNE: ("commune_code", "commune_name"),
    Level.DISTRICT: ("district_code", "district_name"),
    Level.PROVINCE: ("province_code", "province_name"),
}
"""Fields of a dossier that hold the code and name of its unit at a level; at the centre it is `CENTRE`."""

SIGNATURES: Mapping[str, Signature] = {
    "district_chair": Signature(Level.DISTRICT, ((date.min, "Chủ tịch Ủy ban nhân dân {unit}"),)),
    "province_chair": Signature(Level.PROVINCE, ((date.min, "Chủ tịch Ủy ban nhân dân {unit}"),)),
    "minister": Signature(
        Level.CENTRAL,
        (
            (date(2025, 3, 1), "Bộ trưởng Bộ Nông nghiệp và Môi trường"),
            (date.min, "Bộ trưởng Bộ Nông nghiệp và Phát triển nông thôn"),
        ),
    ),
}
"""The bodies a ruleset may name in `recognised_by` (their roles: `access.RECOGNISING_ROLES`)."""

KINDS = ("Huyện ", "Thị xã ", "Thành phố ", "Tỉnh ")
"""Words that begin a unit's full name and are written small within a sentence."""


def unit_at(level: Level, place: Place) -> Unit | None:
    """The unit that stands for a dossier at a level; None where its province has no such level any more."""
    fields = UNIT_FIELDS.get(level)
    if fields is None:
        return CENTRE
    code, name = (getattr(place, field) for field in fields)
    return None if code is None else Unit(code, name or code)


def signed_by(body: str, unit: Unit, on: date) -> str:
    """How the body that signs is named on a day, e.g. "Chủ tịch Ủy ban nhân dân huyện Duy Xuyên"."""
    title = next(title for since, title in SIGNATURES[body].titles if since <= on)
    name = unit.name[0].lower() + unit.name[1:] if unit.name.startswith(KINDS) else unit.name
    return title.format(unit=name)
