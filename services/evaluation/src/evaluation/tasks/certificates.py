"""What registry's certificates cause here."""

from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.tasks.declared import TASKS
from evaluation.use_cases.note_certificate import note_certificate
from shared.contracts.registry import CertificateIssued


@TASKS.on(CertificateIssued)
async def on_certificate_issued(uow: EvaluationUow, event: CertificateIssued) -> None:
    """Remember the certificate on its dossier."""
    await note_certificate(uow, event)
