"""A unit says until when it takes in dossiers of a year."""

from datetime import date

from evaluation.persistence.tables.dossiers import FilingWindowRow
from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.errors import Forbidden

SETTERS = (Role.DISTRICT_SECRETARY, Role.PROVINCE_SECRETARY)


async def set_filing_window(
    uow: EvaluationUow, actor: Actor, unit_code: str, year: int, closes_on: date, source: str
) -> FilingWindowRow:
    """Set or move the last day, inclusive; `source` is the document that says so and is shown to who comes late.

    Raises Forbidden unless the caller is the unit's secretary.
    """
    if unit_code not in actor.units(*SETTERS):
        raise Forbidden(
            "Chỉ thư ký của đơn vị đặt được hạn nhận hồ sơ của đơn vị đó.",
            "Only the secretary of the unit may set its filing window.",
            needs=[role.value for role in SETTERS],
            unit_code=unit_code,
        )
    row = await uow.dossiers.window(unit_code, year)
    before = row.closes_on.isoformat() if row else None
    if row is None:
        row = FilingWindowRow(unit_code=unit_code, year=year)
        uow.dossiers.add(row)
    row.closes_on, row.source, row.set_by = closes_on, source, actor.person_id
    await uow.flush()
    await uow.audit(
        str(actor.person_id),
        "filing_window_set",
        "filing_window",
        row.id,
        {"unit_code": unit_code, "year": year, "before": before, "closes_on": closes_on.isoformat()},
    )
    return row
