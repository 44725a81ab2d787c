"""Write a certificate and its product code, and end the one it replaces."""

from datetime import date
from typing import cast

from registry.domain.errors import ProductCodeTaken
from registry.domain.product_codes import make_code, sequence_in, series_of
from registry.domain.recognised import Recognised
from registry.domain.validity import Ending, Holding
from registry.persistence.tables.certificates import CertificateRow
from registry.persistence.tables.products import ProductRow
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.register_product import touch
from shared.contracts.registry import CertificateEnded, CertificateIssued
from shared.errors import Fault, Invalid, Text
from shared.ids import new_id


def holding_of(row: CertificateRow) -> Holding:
    """The certificate in time."""
    ending = cast(Ending | None, row.ended_reason)
    return Holding(row.star, row.issued_on, row.valid_to, row.ended_on, ending, row.kept_to)


async def write_certificate(uow: RegistryUow, product: ProductRow, recognised: Recognised) -> CertificateRow:
    """Write the certificate of a locked product; a certificate still holding is ended the day the later one starts.

    Decisions may arrive in any order: an earlier one that arrives late is written as replaced already.
    """
    new = Holding(recognised.star, recognised.issued_on, recognised.valid_to)
    replaced_on: date | None = None
    for row in await uow.certificates.of_product(product.id):
        if not holding_of(row).overlaps(new):
            continue
        if (row.issued_on, row.star, row.decision_number) < recognised.rank:
            end_certificate(uow, row, recognised.issued_on, "replaced")
        else:
            replaced_on = min(replaced_on or row.issued_on, row.issued_on)
    await uow.session.flush()
    certificate = CertificateRow(
        id=new_id(),
        product_id=product.id,
        producer_id=product.producer_id,
        product_name=product.name,
        dossier_id=recognised.dossier_id,
        decision_id=recognised.decision_id,
        star=recognised.star,
        product_code=await _code(uow, recognised),
        decision_number=recognised.decision_number,
        decided_on=recognised.decided_on,
        decided_by=recognised.decided_by,
        year=recognised.year,
        issued_on=recognised.issued_on,
        valid_to=recognised.valid_to,
        ended_on=replaced_on,
        ended_reason="replaced" if replaced_on else None,
        traceable=False,
        **recognised.place.columns(),
    )
    uow.certificates.add(certificate)
    await touch(uow, product)
    _tell_issued(uow, certificate)
    return certificate


def end_certificate(uow: RegistryUow, row: CertificateRow, on: date, reason: Ending) -> None:
    """End a certificate; `on` is the first day it no longer holds."""
    row.ended_on, row.ended_reason = on, reason
    tell_ended(uow, row)


def tell_ended(uow: RegistryUow, row: CertificateRow) -> None:
    """Tell commerce and notifier that a certificate ended."""
    assert row.ended_on is not None
    uow.publish(
        CertificateEnded(
            certificate_id=row.id,
            product_id=row.product_id,
            ended_on=row.ended_on,
            reason=cast(Ending, row.ended_reason),
        )
    )


async def _code(uow: RegistryUow, recognised: Recognised) -> str:
    place = recognised.place.codes
    if recognised.product_code is None:
        series = series_of(recognised.series, place, recognised.year)
        number = await uow.certificates.next_number(series)
        return make_code(recognised.code_pattern, place, number, recognised.year)
    read = sequence_in(recognised.product_code, recognised.code_pattern, place)
    if read is None:
        text = Text(
            f"Mã phải theo mẫu {recognised.code_pattern} của nơi đăng ký",
            f"The code must follow {recognised.code_pattern} with the codes of the product's place",
        )
        raise Invalid(faults=[Fault("product_code", "pattern", text)])
    if await uow.certificates.has_code(recognised.product_code):
        raise ProductCodeTaken(
            f"Mã {recognised.product_code} đã cấp cho giấy chứng nhận khác.",
            f"Code {recognised.product_code} belongs to another certificate.",
        )
    number, year = read
    await uow.certificates.reach_number(series_of(recognised.series, place, year), number)
    return recognised.product_code


def _tell_issued(uow: RegistryUow, row: CertificateRow) -> None:
    uow.publish(
        CertificateIssued(
            certificate_id=row.id,
            product_id=row.product_id,
            producer_id=row.producer_id,
            dossier_id=row.dossier_id,
            product_code=row.product_code,
            product_name=row.product_name,
            star=row.star,
            decision_number=row.decision_number,
            issued_on=row.issued_on,
            valid_to=row.valid_to,
            commune_code=row.commune_code,
            district_code=row.district_code,
            province_code=row.province_code,
            year=row.year,
        )
    )
    if row.ended_on is not None:
        tell_ended(uow, row)
