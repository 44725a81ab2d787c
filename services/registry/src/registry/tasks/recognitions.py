"""Certificates: issued when evaluation decides a star, ended when their last day has passed."""

from registry.persistence.unit_of_work import RegistryUow
from registry.tasks.declared import TASKS
from registry.use_cases.correct_certificate import correct_certificate
from registry.use_cases.end_expired_certificates import end_expired_certificates
from registry.use_cases.issue_certificate import issue_certificate
from registry.use_cases.keep_certificate import let_go_certificate
from registry.use_cases.revoke_certificate import revoke_certificate
from shared.contracts.evaluation import DossierWithdrawn, StarDecided
from shared.contracts.settlements import DecisionCorrected, RevocationDecided


@TASKS.on(StarDecided)
async def certify_star(uow: RegistryUow, event: StarDecided) -> None:
    """A decision was signed: issue its certificate."""
    await issue_certificate(uow, event)


@TASKS.on(DecisionCorrected)
async def follow_correction(uow: RegistryUow, event: DecisionCorrected) -> None:
    """A decision was corrected: its certificate follows."""
    await correct_certificate(uow, event)


@TASKS.on(RevocationDecided)
async def follow_revocation(uow: RegistryUow, event: RevocationDecided) -> None:
    """A proposal to revoke was decided."""
    await revoke_certificate(uow, event)


@TASKS.on(DossierWithdrawn)
async def follow_withdrawal(uow: RegistryUow, event: DossierWithdrawn) -> None:
    """A renewal was taken back: its certificate is kept for it no longer."""
    await let_go_certificate(uow, event)


@TASKS.routine(every=60.0)
async def expire_certificates(uow: RegistryUow) -> None:
    """Mark certificates whose last day has passed, by the programme's clock."""
    await end_expired_certificates(uow)
