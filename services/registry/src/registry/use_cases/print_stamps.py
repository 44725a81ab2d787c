"""Record traceability stamps that were printed for a certificate."""

from datetime import date
from uuid import UUID

from registry.domain.errors import CertificateOver
from registry.domain.product_access import READERS, STAMPERS, scope_of
from registry.persistence.tables.certificates import CertificateRow, StampRangeRow
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.write_certificate import holding_of
from shared.auth.actors import Actor
from shared.errors import Fault, Forbidden, Invalid, Text
from shared.ids import new_id


async def print_stamps(
    uow: RegistryUow, actor: Actor, certificate_id: UUID, *, from_number: int, to_number: int, printed_on: date
) -> CertificateRow:
    """Record the range and mark the certificate traceable. A number is printed once per certificate (409)."""
    certificate = await uow.certificates.get(certificate_id, scope_of(actor, READERS), lock=True)
    if not actor.has(*STAMPERS):
        raise Forbidden(needs=sorted(STAMPERS))
    today = await uow.today()
    faults = []
    if to_number < from_number:
        faults.append(Fault("to_number", "range", Text("Nhỏ hơn số đầu", "Less than the first number")))
    if printed_on > today:
        faults.append(Fault("printed_on", "future", Text("Ngày in ở tương lai", "Printed in the future")))
    if faults:
        raise Invalid(faults=faults)
    if not holding_of(certificate).holds_on(printed_on):
        raise CertificateOver(
            "Giấy chứng nhận không có hiệu lực vào ngày in tem.",
            "The certificate does not hold on the day of printing.",
            state=certificate.ended_reason or "live",
        )
    uow.certificates.add(
        StampRangeRow(
            id=new_id(),
            certificate_id=certificate.id,
            from_number=from_number,
            to_number=to_number,
            printed_on=printed_on,
        )
    )
    certificate.traceable = True
    await uow.session.flush()
    return certificate
