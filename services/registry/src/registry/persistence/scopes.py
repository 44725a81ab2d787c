"""The reach of appointments as SQL conditions: every read of registry's records starts from one of these."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, cast, false, func, literal, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from registry.domain.product_access import Scope
from registry.persistence.tables.people import AppointmentRow
from registry.persistence.tables.producers import PlacedMixin

_CODES = {"provinces": "province_code", "districts": "district_code", "communes": "commune_code"}
_PARTS = ("everything", *_CODES, "producers", "person_id")
_HELD = "{alias}.{column} = ANY (CAST(:{part} AS text[]))"
_COVERED = "{alias}.{column} = ANY (CAST((SELECT covered_codes(CAST(:{part} AS text[]))) AS text[]))"
_PRODUCERS = "{alias}.producer_id = ANY (CAST(:producers AS uuid[]))"
_ACTED_FOR = """{alias}.producer_id IN (
        SELECT a.producer_id FROM appointments a
        WHERE a.person_id = CAST(:person_id AS uuid) AND a.role = 'producer'
          AND public.legal_date(public.programme_now()) BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity'))"""

Parts = tuple[str, ...]
"""Which fields of a scope are not empty: a statement tests those alone, so that one row costs what it must."""


def parts_of(scope: Scope) -> Parts:
    """The parts of a scope, for `within_sql`; everything needs no other."""
    return _PARTS[:1] if scope.everything else tuple([name for name in _PARTS if getattr(scope, name)])


def within_sql(alias: str, parts: Parts) -> str:
    """The same condition as `within` for hand-written statements; `scope_values` gives its parameters.

    What the token itself names comes first: covered codes and present appointments are looked up for the rows it
    does not reach, once a statement.
    """
    if "everything" in parts:
        return "true"
    held = [_HELD.format(alias=alias, column=_CODES[part], part=part) for part in parts if part in _CODES]
    covered = [_COVERED.format(alias=alias, column=_CODES[part], part=part) for part in parts if part in _CODES]
    own = [_PRODUCERS.format(alias=alias)] if "producers" in parts else []
    acted_for = [_ACTED_FOR.format(alias=alias)] if "person_id" in parts else []
    return f"({' OR '.join([*held, *own, *covered, *acted_for]) or 'false'})"


def scope_values(scope: Scope) -> dict[str, Any]:
    """The parameters of `within_sql`; a statement takes those of its parts."""
    return {name: getattr(scope, name) for name in _PARTS}


def within(
    scope: Scope, table: type[PlacedMixin], producer: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None]
) -> ColumnElement[bool]:
    """True for rows of `table` that the scope reaches; `producer` is its column of producer ids."""
    if scope.everything:
        return true()
    reached: list[ColumnElement[bool]] = []
    covering: list[ColumnElement[bool]] = []
    for column, codes in (
        (table.province_code, scope.provinces),
        (table.district_code, scope.districts),
        (table.commune_code, scope.communes),
    ):
        if codes:
            reached.append(column == func.any(literal(list(codes), ARRAY(Text()))))
            # a subquery, so that the codes are found once and not again for each row, and only if one needs them
            covered = select(func.covered_codes(literal(list(codes), ARRAY(Text())))).scalar_subquery()
            covering.append(column == func.any(cast(covered, ARRAY(Text()))))
    if scope.producers:
        reached.append(producer == func.any(literal(list(scope.producers), ARRAY(Uuid()))))
    reached += covering
    if scope.person_id is not None:
        today = func.public.legal_date(func.public.programme_now())
        reached.append(
            producer.in_(
                select(AppointmentRow.producer_id).where(
                    AppointmentRow.person_id == scope.person_id,
                    AppointmentRow.role == "producer",
                    AppointmentRow.valid_from <= today,
                    func.coalesce(AppointmentRow.valid_to, today) >= today,
                )
            )
        )
    return or_(*reached) if reached else false()
