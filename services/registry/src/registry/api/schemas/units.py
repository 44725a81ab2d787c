"""Administrative units over HTTP."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from registry.persistence.units import UnitRead as StoredUnit
from shared.contracts.roles import Level


class Successor(BaseModel):
    """What a unit became, from which day, by which resolution."""

    model_config = ConfigDict(serialize_by_alias=True)

    code: str
    full_name: str
    from_: date = Field(alias="from")
    instrument: str


class UnitRead(BaseModel):
    """A unit as it is on the day asked for. `valid_to` is its last day, null while it lasts."""

    code: str
    name: str
    full_name: str
    kind: str
    level: Level
    parent_code: str | None
    province_code: str | None
    district_code: str | None
    valid_from: date
    valid_to: date | None
    successors: list[Successor]


def read_unit(unit: StoredUnit) -> UnitRead:
    """A stored unit as the API shows it."""
    row = unit.row
    return UnitRead(
        code=row.code,
        name=row.name,
        full_name=row.full_name,
        kind=row.kind,
        level=Level(row.level),
        parent_code=row.parent_code,
        province_code=row.province_code,
        district_code=row.district_code,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        successors=[Successor.model_validate(one) for one in unit.successors],
    )
