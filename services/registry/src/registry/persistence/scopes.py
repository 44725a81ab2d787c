"""The reach of appointments as SQL conditions: every read of registry's records starts from one of these."""

from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, cast, false, func, literal, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from registry.domain.product_access import Scope
from registry.persistence.tables.people import AppointmentRow
from registry.persistence.tables.producers import PlacedMixin

_WITHIN = """(
    CAST(:{prefix}everything AS boolean)
    OR cardinality(CAST(:{prefix}provinces AS text[])) > 0
        AND {alias}.province_code = ANY (CAST((SELECT covered_codes(CAST(:{prefix}provinces AS text[]))) AS text[]))
    OR cardinality(CAST(:{prefix}districts AS text[])) > 0
        AND {alias}.district_code = ANY (CAST((SELECT covered_codes(CAST(:{prefix}districts AS text[]))) AS text[]))
    OR cardinality(CAST(:{prefix}communes AS text[])) > 0
        AND {alias}.commune_code = ANY (CAST((SELECT covered_codes(CAST(:{prefix}communes AS text[]))) AS text[]))
    OR {alias}.producer_id = ANY (CAST(:{prefix}producers AS uuid[]))
    OR {alias}.producer_id IN (
        SELECT a.producer_id FROM appointments a
        WHERE a.person_id = CAST(:{prefix}person_id AS uuid) AND a.role = 'producer'
          AND public.legal_date(public.programme_now()) BETWEEN a.valid_from AND coalesce(a.valid_to, 'infinity'))
)"""


def within_sql(alias: str, prefix: str = "") -> str:
    """The same condition as `within` for hand-written statements; `scope_values` gives its parameters."""
    return _WITHIN.format(alias=alias, prefix=prefix)


def scope_values(scope: Scope, prefix: str = "") -> dict[str, Any]:
    """The parameters of `within_sql`."""
    return {
        f"{prefix}everything": scope.everything,
        f"{prefix}provinces": list(scope.provinces),
        f"{prefix}districts": list(scope.districts),
        f"{prefix}communes": list(scope.communes),
        f"{prefix}producers": list(scope.producers),
        f"{prefix}person_id": scope.person_id,
    }


def within(
    scope: Scope, table: type[PlacedMixin], producer: InstrumentedAttribute[UUID] | InstrumentedAttribute[UUID | None]
) -> ColumnElement[bool]:
    """True for rows of `table` that the scope reaches; `producer` is its column of producer ids."""
    if scope.everything:
        return true()
    reached: list[ColumnElement[bool]] = []
    for column, codes in (
        (table.province_code, scope.provinces),
        (table.district_code, scope.districts),
        (table.commune_code, scope.communes),
    ):
        if codes:
            # a subquery, so that the codes are found once and not again for each row
            covered = select(func.covered_codes(literal(list(codes), ARRAY(Text())))).scalar_subquery()
            reached.append(column == func.any(cast(covered, ARRAY(Text()))))
    if scope.producers:
        reached.append(producer == func.any(literal(list(scope.producers), ARRAY(Uuid()))))
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
