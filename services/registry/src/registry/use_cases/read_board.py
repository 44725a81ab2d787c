"""Read the board of a year."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.domain.boards import TargetResult, results_of
from registry.persistence.unit_of_work import RegistryUow


@dataclass(frozen=True, slots=True)
class Board:
    """Targets and deadlines of the published plan; empty lists when none is published."""

    year: int
    province_code: str | None
    title: str | None
    as_of: date
    targets: tuple[TargetResult, ...]
    deadlines: tuple[dict[str, Any], ...]
    dossiers: tuple[dict[str, Any], ...]


async def read_board(uow: RegistryUow, year: int, province_code: str | None) -> Board:
    """Where each target of the year stands today, by the programme's clock: two statements, no more."""
    plan = await uow.boards.plan(year, province_code)
    results = results_of(
        plan.targets,
        await uow.boards.buckets(plan, year),
        year=year,
        as_of=plan.as_of,
        units=plan.units,
        districts=plan.districts,
    )
    deadlines = tuple(
        {
            "code": one["code"],
            "title": one["vi"],
            "en": one["en"],
            "period": one["period"],
            "due_on": one["due_on"],
            "units": one["units"],
        }
        for one in plan.deadlines
    )
    dossiers = tuple({**one, "unit_name": plan.units.get(one["unit_code"], one["unit_code"])} for one in plan.dossiers)
    return Board(year, plan.province_code, plan.title, plan.as_of, results, deadlines, dossiers)
