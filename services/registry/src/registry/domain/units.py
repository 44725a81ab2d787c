"""Administrative units as the law changed them: three states of Quảng Nam and the successions between them.

A unit is (code, valid_from): codes are reused for other places, names move between codes. Resolutions 727 and
1241/NQ-UBTVQH15, 202/2025/QH15 and 1659/NQ-UBTVQH15, read from the shipped documents.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from shared.contracts.roles import Level

CENTRE = "VN"
"""Code of the central level, which has no official unit code."""


@dataclass(frozen=True, slots=True)
class UnitForm:
    """One unit as it was from a day to a day, both inclusive; `valid_to` None while it lasts."""

    code: str
    level: Level
    name: str
    full_name: str
    kind: str
    parent_code: str | None
    province_code: str | None
    district_code: str | None
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Succession:
    """What the unit (from_code, from_valid_from) became on a day, by which instrument."""

    from_code: str
    from_valid_from: date
    to_code: str
    to_valid_from: date
    on_date: date
    instrument: str


@dataclass(frozen=True, slots=True)
class UnitHistory:
    """Every form of every unit, and the steps between forms."""

    forms: tuple[UnitForm, ...]
    successions: tuple[Succession, ...]


def history_of(before: dict[str, Any], after: dict[str, Any]) -> UnitHistory:
    """The whole history from the two shipped documents (the state of 2023 and the state from 2025-07-01)."""
    first = date.fromisoformat(before["valid_from"])
    reform = date.fromisoformat(before["valid_to"]) + timedelta(days=1)
    merger = date.fromisoformat(after["valid_from"])
    forms, steps = _reformed(tuple(_first_forms(before, first)), before, reform)
    ended = [replace(form, valid_to=merger - timedelta(days=1)) if _lasts(form) else form for form in forms]
    last = list(_last_forms(after, merger))
    return UnitHistory((*ended, *last), (*steps, *_merger_steps(before, ended, merger, after["instruments"])))


def _lasts(form: UnitForm) -> bool:
    return form.valid_to is None and form.level is not Level.CENTRAL


def _first_forms(document: dict[str, Any], since: date) -> Iterator[UnitForm]:
    province = document["province"]
    code = province["code"]
    yield UnitForm(CENTRE, Level.CENTRAL, "Trung ương", "Trung ương", "central", None, None, None, since, None)
    yield UnitForm(
        code, Level.PROVINCE, province["name"], province["full_name"], "province", CENTRE, code, None, since, None
    )
    for district in document["districts"]:
        yield _form(district, Level.DISTRICT, since, parent=code, province=code, district=district["code"])
        for commune in district["communes"]:
            yield _form(
                commune, Level.COMMUNE, since, parent=district["code"], province=code, district=district["code"]
            )


def _form(
    unit: dict[str, Any], level: Level, since: date, *, parent: str, province: str, district: str | None
) -> UnitForm:
    full_name = unit["full_name"]
    name = unit.get("name") or _short(full_name)
    return UnitForm(unit["code"], level, name, full_name, unit["kind"], parent, province, district, since, None)


_PREFIXES = ("Thành phố ", "Thị xã ", "Thị trấn ", "Huyện ", "Phường ", "Đặc khu ", "Xã ")


def _short(full_name: str) -> str:
    return next((full_name.removeprefix(p) for p in _PREFIXES if full_name.startswith(p)), full_name)


def _reformed(
    forms: tuple[UnitForm, ...], document: dict[str, Any], day: date
) -> tuple[list[UnitForm], list[Succession]]:
    """End the merged units on the day before `day` and begin the new forms of those they joined (resolution 1241)."""
    names, into, districts = _changes(document)
    gone = set(into) | set(districts)
    changed = gone | set(into.values()) | set(districts.values()) | set(names)
    instruments = _instruments(document)
    result: list[UnitForm] = []
    steps: list[Succession] = []
    for form in forms:
        moved = form.district_code in districts and form.level is Level.COMMUNE
        if form.code not in changed and not moved:
            result.append(form)
            continue
        result.append(replace(form, valid_to=day - timedelta(days=1)))
        successor = into.get(form.code) or districts.get(form.code) or form.code
        default = next(iter(instruments.values()))
        steps.append(Succession(form.code, form.valid_from, successor, day, day, instruments.get(form.code, default)))
        if form.code not in gone:
            full_name = names.get(form.code, form.full_name)
            district = districts.get(form.district_code or "", form.district_code)
            parent = district if form.level is Level.COMMUNE else form.parent_code
            result.append(
                replace(
                    form,
                    full_name=full_name,
                    name=_short(full_name),
                    district_code=district,
                    parent_code=parent,
                    valid_from=day,
                )
            )
    return result, steps


def _changes(document: dict[str, Any]) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """New names by code; communes and the commune each joined; districts and the district each joined."""
    names: dict[str, str] = {}
    into: dict[str, str] = {}
    districts: dict[str, str] = {}
    for district in document["districts"]:
        if "ended" in district:
            districts[district["code"]] = district["ended"]["into"]
        for commune in district["communes"]:
            if "merged_2025_01_01_into" in commune:
                into[commune["code"]] = commune["merged_2025_01_01_into"]["code"]
            if "renamed_2025_01_01" in commune:
                names[commune["code"]] = commune["renamed_2025_01_01"]["full_name"]
    return names, into, districts


def _instruments(document: dict[str, Any]) -> dict[str, str]:
    """The instrument of each change, by the code it changed."""
    found: dict[str, str] = {}
    for district in document["districts"]:
        if "ended" in district:
            found[district["code"]] = district["ended"]["instrument"]
        for commune in district["communes"]:
            for change in ("merged_2025_01_01_into", "renamed_2025_01_01"):
                if change in commune:
                    found[commune["code"]] = commune[change]["instrument"]
    return found


def _last_forms(document: dict[str, Any], since: date) -> Iterator[UnitForm]:
    province = document["province"]
    code, full_name = province["code"], province["full_name"]
    yield UnitForm(code, Level.PROVINCE, _short(full_name), full_name, "city", CENTRE, code, None, since, None)
    for unit in document["units"]:
        yield _form(unit, Level.COMMUNE, since, parent=code, province=code, district=None)


def _merger_steps(
    before: dict[str, Any], forms: list[UnitForm], day: date, instruments: list[str]
) -> Iterator[Succession]:
    """From the last form of each old unit to the unit of 2025. A district has no successor: the level ended."""
    province, communes = (text.split(" ")[0] for text in instruments)
    last = {form.code: form for form in forms if form.valid_to == day - timedelta(days=1)}
    old = before["province"]
    yield Succession(old["code"], last[old["code"]].valid_from, old["successor_2025"]["code"], day, day, province)
    for district in before["districts"]:
        for commune in district["communes"]:
            form = last.get(commune["code"])
            if form is not None:
                target = commune["since_2025_07_01"]["code"]
                yield Succession(form.code, form.valid_from, target, day, day, communes)
