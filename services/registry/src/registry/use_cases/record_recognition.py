"""Record a recognition that was decided and certified on paper."""

from datetime import date
from uuid import UUID

from registry.domain.errors import CertificateLive
from registry.domain.places import Place
from registry.domain.product_access import scope_of
from registry.domain.recognised import Recognised
from registry.domain.recognition import RecognitionRule, decided_by, rule_on
from registry.domain.validity import Holding, months_after
from registry.persistence.tables.certificates import CertificateRow
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.place_of_codes import place_of_product
from registry.use_cases.write_certificate import holding_of, write_certificate
from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.errors import Fault, Invalid, Text


async def record_recognition(
    uow: RegistryUow,
    actor: Actor,
    *,
    product_id: UUID,
    star: int,
    decision_number: str,
    decided_on: date,
    issued_on: date,
    product_code: str | None = None,
    valid_to: date | None = None,
    replaces: UUID | None = None,
) -> CertificateRow:
    """Write the certificate of a past decision; the printed last day is the authority where it is given.

    Raises Invalid when no rule of the day recognises this star, CertificateLive when another certificate holds on
    some of its days. `replaces` names an earlier certificate that this one (an upgrade or renewal) ended.
    """
    product = await uow.products.lock(product_id, scope_of(actor, (Role.PROVINCE_SECRETARY,)))
    rule = _rule(star, decided_on)
    _check_days(decided_on, issued_on, valid_to, await uow.today())
    until = valid_to or months_after(issued_on, rule.certificate_months)
    await _check_alone(uow, product.id, Holding(star, issued_on, until), rule, replaces)
    place = place_of_product(product)
    certificate = await write_certificate(
        uow,
        product,
        Recognised(
            star=star,
            decision_number=decision_number,
            decided_on=decided_on,
            decided_by=_name_of_body(rule, star, place),
            issued_on=issued_on,
            valid_to=until,
            year=decided_on.year,
            place=place,
            code_pattern=rule.code_pattern,
            series=rule.series,
            product_code=product_code,
        ),
    )
    details = {"product_id": product.id, "star": star, "decision_number": decision_number}
    await uow.audit(str(actor.person_id), "recognition_recorded", "certificate", certificate.id, details)
    return certificate


def _rule(star: int, decided_on: date) -> RecognitionRule:
    rule = rule_on(decided_on)
    if rule is None:
        text = Text("Chưa có chương trình OCOP ở ngày này", "There was no rule of recognition on that day")
        raise Invalid(faults=[Fault("decided_on", "no_rule", text)])
    if star not in rule.recognised_by:
        stars = ", ".join(map(str, sorted(rule.recognised_by)))
        text = Text(f"Chỉ có quyết định công nhận {stars} sao", f"Only {stars} stars are recognised by decision")
        raise Invalid(faults=[Fault("star", "not_recognised", text)], rule=rule.rule)
    return rule


def _check_days(decided_on: date, issued_on: date, valid_to: date | None, today: date) -> None:
    faults = []
    if issued_on < decided_on:
        text = Text("Giấy chứng nhận cấp trước quyết định", "Issued before it was decided")
        faults.append(Fault("issued_on", "before_decision", text))
    if issued_on > today:
        faults.append(Fault("issued_on", "future", Text("Ngày cấp ở tương lai", "Issued in the future")))
    if valid_to is not None and valid_to < issued_on:
        text = Text("Hết hạn trước ngày cấp", "Ends before it begins")
        faults.append(Fault("valid_to", "before_issue", text))
    if faults:
        raise Invalid(faults=faults)


async def _check_alone(
    uow: RegistryUow, product_id: UUID, new: Holding, rule: RecognitionRule, replaces: UUID | None
) -> None:
    for row in await uow.certificates.of_product(product_id):
        earlier = row.id == replaces and row.issued_on < new.issued_on
        if holding_of(row).overlaps(new) and not earlier:
            raise CertificateLive(
                f"Sản phẩm có giấy chứng nhận {row.star} sao số {row.decision_number}, hiệu lực đến {row.valid_to}.",
                f"The product has a {row.star}-star certificate ({row.decision_number}), valid to {row.valid_to}.",
                rule=rule.rule,
                state="live",
                certificate_id=str(row.id),
            )


def _name_of_body(rule: RecognitionRule, star: int, place: Place) -> str:
    recogniser = rule.recognised_by[star]
    unit = place.district_name if recogniser.level is Level.DISTRICT else None
    return decided_by(recogniser, unit or place.province_name)
