"""Trainings, and the reports that units send."""

from typing import Annotated, Literal

from fastapi import Query, Request, Response

from registry.api.deps import OnceOnly, Uow
from registry.api.schemas.plans import TrainingRead, TrainingRequest, UnitReportRead, UnitReportRequest
from registry.domain.access import READS_TRAININGS, RECORDS_TRAININGS, REPORTS_FOR_UNIT
from registry.persistence.tables.plans import TrainingRow
from registry.use_cases.record_training import record_training
from registry.use_cases.submit_unit_report import submit_unit_report
from shared.auth.actors import Actor
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("registry", tags=["programme"])
OfYear = Annotated[int | None, Query(ge=2018, le=2100)]


def read_training(row: TrainingRow, people: int, producers: int) -> TrainingRead:
    """A stored training as the API shows it."""
    return TrainingRead(
        id=row.id,
        title=row.title,
        held_on=row.held_on,
        kind="officers" if row.kind == "officers" else "producers",
        unit_codes=row.unit_codes,
        recorded_for=row.recorded_for,
        people=people,
        producers=producers,
    )


@router.post("/trainings", status_code=201, response_model=TrainingRead)
async def record_one_training(
    body: TrainingRequest, actor: Annotated[Actor, allow(*RECORDS_TRAININGS)], uow: Uow, once: OnceOnly
) -> Response:
    """Record a training that was held (plan 2023 II.2: all officers, all new producers)."""

    async def act() -> TrainingRead:
        row = await record_training(uow, actor, body.draft())
        return read_training(row, len(set(body.person_ids)), len(set(body.producer_ids)))

    return await once(act)


@router.get("/trainings", response_model=Page[TrainingRead], dependencies=[allow(*READS_TRAININGS)])
async def list_trainings(
    request: Request,
    uow: Uow,
    page: PageQuery,
    year: OfYear = None,
    kind: Literal["officers", "producers"] | None = None,
) -> Response:
    """Trainings with how many took part."""
    rows, following = await uow.trainings.page(page, year=year, kind=kind)
    items = [read_training(row[0], row.people, row.producers) for row in rows]
    return answer_page(request, Page(items=items, next=following))


@router.post("/unit-reports", status_code=201, response_model=UnitReportRead)
async def submit_report(
    body: UnitReportRequest, actor: Annotated[Actor, allow(*REPORTS_FOR_UNIT)], uow: Uow, once: OnceOnly
) -> Response:
    """Send one's unit's periodic report, or record its review meeting (plan 2023 III.2, V.11)."""

    async def act() -> UnitReportRead:
        return UnitReportRead.model_validate(await submit_unit_report(uow, actor, **dict(body)))

    return await once(act)


@router.get("/unit-reports", response_model=Page[UnitReportRead])
async def list_reports(
    request: Request,
    uow: Uow,
    page: PageQuery,
    actor: Annotated[Actor, signed_in()],
    year: OfYear = None,
    unit_code: Annotated[str | None, Query(max_length=5)] = None,
    code: Annotated[str | None, Query(max_length=60)] = None,
) -> Response:
    """Reports of one's unit and the units below it; all for the province's roles and the auditor."""
    rows, following = await uow.unit_reports.visible_to(actor).page(page, year=year, unit_code=unit_code, code=code)
    return answer_page(request, Page(items=[UnitReportRead.model_validate(row) for row in rows], next=following))
