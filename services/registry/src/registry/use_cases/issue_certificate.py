"""Issue the certificate that a decision of evaluation leads to."""

from registry.domain.product_access import Scope
from registry.domain.recognised import Recognised
from registry.domain.recognition import series_for
from registry.domain.validity import months_after
from registry.persistence.tables.certificates import CertificateRow
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.place_of_codes import place_of_codes
from registry.use_cases.write_certificate import write_certificate
from shared.contracts.evaluation import StarDecided


async def issue_certificate(uow: RegistryUow, event: StarDecided) -> CertificateRow:
    """Issue it once per decision, dated by the decision (26/2026 Art. 4.3; 148/QĐ-TTg).

    The product's row is locked first, so that decisions about one product follow one another. Raises NotFound for an
    unknown product: the event is then set aside and can be replayed.
    """
    product = await uow.products.lock(event.product_id, Scope(everything=True))
    known = await uow.certificates.of_decision(event.decision_id)
    if known is not None:
        return known
    codes = (event.commune_code, event.district_code, event.province_code)
    place = await place_of_codes(uow, product, codes, event.decided_on)
    return await write_certificate(
        uow,
        product,
        Recognised(
            star=event.star,
            decision_number=event.decision_number,
            decided_on=event.decided_on,
            decided_by=event.decided_by,
            issued_on=event.decided_on,
            valid_to=months_after(event.decided_on, event.certificate_months),
            year=event.year,
            place=place,
            code_pattern=event.code_pattern,
            series=series_for(event.ruleset),
            decision_id=event.decision_id,
            dossier_id=event.dossier_id,
        ),
    )
