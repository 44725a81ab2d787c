"""The invented people of the demonstration: names, addresses at a reserved domain, and their appointments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from registry.domain.units import CENTRE, UnitForm
from shared.contracts.roles import Level, Role

DOMAIN = "demo.ocop.example"
BEGINS = date(2023, 1, 1)
COUNCIL_MEMBERS = 9
ADVISERS = 3
PRODUCERS = 60
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Alăng", "Zơrâm")
_MIDDLE = ("Văn", "Thị", "Minh", "Thanh", "Quang", "Ngọc", "Hữu", "Thu", "Đức", "Kim", "Xuân")
_GIVEN = (
    "An", "Bình", "Cúc", "Dũng", "Đào", "Giang", "Hạnh", "Hòa", "Khánh", "Lan", "Long", "Mai", "Nam", "Nga",
    "Phúc", "Phượng", "Quỳnh", "Sơn", "Tâm", "Thảo", "Tuấn", "Vân", "Yến",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoAppointment:
    """An appointment of a demonstration person; days inclusive."""

    code: str
    role: Role
    level: Level
    unit_code: str
    valid_from: date
    valid_to: date | None


def demo_name(number: int) -> str:
    """An invented name, the same for the same number, marked as invented."""
    family = _FAMILY[number % len(_FAMILY)]
    middle = _MIDDLE[number // 2 % len(_MIDDLE)]
    given = _GIVEN[number * 7 % len(_GIVEN)]
    return f"{family} {middle} {given} (minh họa)"


def demo_email(code: str) -> str:
    """An address that can reach nobody (RFC 2606)."""
    return f"{code}@{DOMAIN}"


def demo_appointments(forms: Sequence[UnitForm]) -> tuple[DemoAppointment, ...]:
    """Everybody's appointments, from the units as they were: seats of the province, districts and communes."""
    found = [*_provincial(forms), *_districts(forms), *_communes(forms)]
    found.append(DemoAppointment("national", Role.NATIONAL_OFFICER, Level.CENTRAL, CENTRE, BEGINS, None))
    return tuple(found)


def _provincial(forms: Sequence[UnitForm]) -> Iterator[DemoAppointment]:
    seats = [
        ("province-secretary", Role.PROVINCE_SECRETARY),
        ("province-chair", Role.PROVINCE_CHAIR),
        ("trade-officer", Role.TRADE_OFFICER),
        ("auditor", Role.AUDITOR),
        *((f"council-{n}", Role.COUNCIL_MEMBER) for n in range(1, COUNCIL_MEMBERS + 1)),
        *((f"adviser-{n}", Role.ADVISORY_MEMBER) for n in range(1, ADVISERS + 1)),
    ]
    first = min(form.valid_from for form in forms)
    for form in forms:
        if form.level is Level.PROVINCE:
            begins = BEGINS if form.valid_from == first else form.valid_from
            for code, role in seats:
                yield DemoAppointment(code, role, Level.PROVINCE, form.code, begins, form.valid_to)


def _districts(forms: Sequence[UnitForm]) -> Iterator[DemoAppointment]:
    """One secretary and one chair for as long as the district's code lasts, through its changes of form."""
    for unit, (_, end) in sorted(_periods(forms, Level.DISTRICT).items()):
        for seat, role in (("secretary", Role.DISTRICT_SECRETARY), ("chair", Role.DISTRICT_CHAIR)):
            yield DemoAppointment(f"district-{unit}-{seat}", role, Level.DISTRICT, unit, BEGINS, end)


def _communes(forms: Sequence[UnitForm]) -> Iterator[DemoAppointment]:
    """One officer per code of 2023; a second appointment where a unit of the two-tier system has the code."""
    with_districts = [form for form in forms if form.district_code is not None]
    last = max(form.valid_from for form in forms)
    latest = {form.code: form for form in forms if form.valid_from == last and form.level is Level.COMMUNE}
    for unit, (_, end) in sorted(_periods(with_districts, Level.COMMUNE).items()):
        code = f"commune-{unit}"
        yield DemoAppointment(code, Role.COMMUNE_OFFICER, Level.COMMUNE, unit, BEGINS, end)
        if unit in latest:
            yield DemoAppointment(code, Role.COMMUNE_OFFICER, Level.COMMUNE, unit, last, latest[unit].valid_to)


def _periods(forms: Sequence[UnitForm], level: Level) -> dict[str, tuple[date, date | None]]:
    """First and last day of each code of a level."""
    periods: dict[str, tuple[date, date | None]] = {}
    for form in sorted((f for f in forms if f.level is level), key=lambda f: f.valid_from):
        start = periods[form.code][0] if form.code in periods else form.valid_from
        periods[form.code] = (start, form.valid_to)
    return periods


def demo_codes(appointments: Sequence[DemoAppointment]) -> tuple[str, ...]:
    """Every person's code, in a fixed order: those with appointments, then those who act for producers."""
    seats = dict.fromkeys(appointment.code for appointment in appointments)
    return (*seats, *(f"producer-{n}" for n in range(1, PRODUCERS + 1)))
