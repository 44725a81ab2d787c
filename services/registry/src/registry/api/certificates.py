"""Certificates within scope, recognitions on paper, stamps."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response

from registry.api.deps import OnceOnly, Uow
from registry.api.schemas.certificates import CertificateRead, RecognitionDraft, StampRange
from registry.api.schemas.fields import CommuneCode, Day, Star, UnitCode
from registry.domain.product_access import READERS, STAMPERS, scope_of
from registry.use_cases.print_stamps import print_stamps
from registry.use_cases.read_certificate import read_certificate_summary
from registry.use_cases.record_recognition import record_recognition
from shared.auth.actors import Actor
from shared.contracts.registry import CertificateSummary
from shared.contracts.roles import Role
from shared.http.access import allow, signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("registry", tags=["certificates"])


@router.get("/certificates", response_model=Page[CertificateRead])
async def list_certificates(
    request: Request,
    *,
    actor: Annotated[Actor, signed_in()],
    uow: Uow,
    page: PageQuery,
    product_id: UUID | None = None,
    producer_id: UUID | None = None,
    commune_code: Annotated[CommuneCode | None, Query()] = None,
    district_code: Annotated[UnitCode | None, Query()] = None,
    star: Annotated[Star | None, Query()] = None,
    expiring_before: Annotated[Day | None, Query(description="hold today, end before this day")] = None,
) -> Response:
    """Certificates within the caller's scope; with `expiring_before` the soonest to end first."""
    rows, after = await uow.certificates.page(
        scope_of(actor, READERS),
        page,
        expiring_before=expiring_before,
        product_id=product_id,
        producer_id=producer_id,
        commune_code=commune_code,
        district_code=district_code,
        star=star,
    )
    return answer_page(request, Page(items=[CertificateRead.model_validate(row[0]) for row in rows], next=after))


@router.post("/certificates", status_code=201, response_model=CertificateRead)
async def add_certificate(
    request_body: RecognitionDraft,
    actor: Annotated[Actor, allow(Role.PROVINCE_SECRETARY)],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Record a recognition that was decided on paper. 409 while another certificate of the product holds."""

    async def act() -> CertificateRead:
        return CertificateRead.model_validate(await record_recognition(uow, actor, **request_body.model_dump()))

    return await once(act, location=lambda read: f"/api/registry/v1/certificates/{getattr(read, 'id', '')}")


@router.get("/certificates/{certificate_id}", response_model=CertificateRead)
async def get_certificate(
    request: Request, certificate_id: UUID, actor: Annotated[Actor, signed_in()], uow: Uow
) -> Response:
    """One certificate within the caller's scope."""
    row = await uow.certificates.get(certificate_id, scope_of(actor, READERS))
    return answer(request, CertificateRead.model_validate(row), version=row.version)


@router.get("/certificates/{certificate_id}/summary", response_model=CertificateSummary)
async def get_certificate_summary(
    request: Request, certificate_id: UUID, actor: Annotated[Actor, signed_in()]
) -> Response:
    """One certificate as other services need it: who issued it, and the units of today that answer for it."""
    return answer(request, await read_certificate_summary(request.app.state.database, actor, certificate_id))


@router.post("/certificates/{certificate_id}/stamps", status_code=201, response_model=CertificateRead)
async def add_stamps(
    certificate_id: UUID,
    request_body: StampRange,
    actor: Annotated[Actor, allow(*STAMPERS)],
    uow: Uow,
    once: OnceOnly,
) -> Response:
    """Record printed traceability stamps; a number is printed once per certificate. Marks it traceable."""

    async def act() -> CertificateRead:
        row = await print_stamps(uow, actor, certificate_id, **request_body.model_dump())
        return CertificateRead.model_validate(row)

    return await once(act)
