"""A decision was corrected: the certificate that came from it follows."""

from registry.domain.places import Place
from registry.domain.product_access import Scope
from registry.domain.recognised import Recognised
from registry.domain.recognition import series_for
from registry.persistence.tables.certificates import CertificateRow
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.register_product import touch
from registry.use_cases.write_certificate import end_certificate, holding_of, write_certificate
from shared.contracts.settlements import DecisionCorrected
from shared.errors import NotFound


async def correct_certificate(uow: RegistryUow, event: DecisionCorrected) -> None:
    """End the certificate of the corrected decision on the day of the correction; where a star remains, issue a new one
    for the rest of the printed validity. The earlier certificate and its days stay.

    Raises NotFound while the corrected decision's certificate is not known yet: the event is set aside.
    """
    product = await uow.products.lock(event.product_id, Scope(everything=True))
    before = await uow.certificates.of_decision(event.decision_id)
    if before is None:
        raise NotFound("Chưa có giấy chứng nhận của quyết định này.", "No certificate of that decision is known.")
    if event.new_decision_id is not None and await uow.certificates.of_decision(event.new_decision_id):
        return
    day = max(event.corrected_on, before.issued_on)
    if day >= holding_of(before).until:
        return
    before.ended_words, before.ended_decision = event.public_words, event.decision_number
    if event.star is None or event.new_decision_id is None:
        end_certificate(uow, before, day, "revoked")
        await touch(uow, product)
        return
    end_certificate(uow, before, day, "replaced")
    await uow.session.flush()
    await write_certificate(
        uow,
        product,
        Recognised(
            star=event.star,
            decision_number=event.decision_number,
            decided_on=event.corrected_on,
            decided_by=event.decided_by,
            issued_on=day,
            valid_to=before.valid_to,
            year=before.year,
            place=_place(before),
            code_pattern=event.code_pattern,
            series=series_for(event.ruleset),
            decision_id=event.new_decision_id,
            dossier_id=event.dossier_id,
        ),
    )


def _place(row: CertificateRow) -> Place:
    return Place(
        row.commune_code,
        row.commune_name,
        row.district_code,
        row.district_name,
        row.province_code,
        row.province_name,
    )
