"""Registry issued a certificate: remember it on the dossier it came from."""

from evaluation.persistence.unit_of_work import EvaluationUow
from shared.contracts.registry import CertificateIssued


async def note_certificate(uow: EvaluationUow, event: CertificateIssued) -> None:
    """Write certificate and product code on the dossier. One that came on paper has no dossier here."""
    if event.dossier_id is None:
        return
    await uow.dossiers.note_certificate(event.dossier_id, event.certificate_id, event.product_code)
    await uow.documents.note_certificate(
        {
            "certificate_id": event.certificate_id,
            "dossier_id": event.dossier_id,
            "product_code": event.product_code,
            "decision_number": event.decision_number,
            "star": event.star,
            "issued_on": event.issued_on,
            "valid_to": event.valid_to,
        }
    )
