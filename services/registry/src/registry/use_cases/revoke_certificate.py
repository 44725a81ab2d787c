"""Evaluation decided to revoke a certificate: it no longer holds from the day of the decision."""

from registry.domain.product_access import Scope
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.register_product import touch
from registry.use_cases.write_certificate import end_certificate, holding_of
from shared.contracts.settlements import RevocationDecided
from shared.errors import NotFound


async def revoke_certificate(uow: RegistryUow, event: RevocationDecided) -> None:
    """Mark it revoked from the day, with the decision and its public words; earlier days keep their star.

    In whatever order a renewal and a revocation arrive, the earlier ending stands: a certificate that was replaced or
    had expired before the day is left as it is. Raises NotFound for an unknown certificate: the event is set aside.
    """
    if not event.revoked or event.effective_on is None:
        return
    row = await uow.certificates.lock(event.certificate_id)
    if row is None:
        raise NotFound("Không có giấy chứng nhận này.", "No such certificate.")
    day = max(event.effective_on, row.issued_on)
    if day >= holding_of(row).until:
        return
    row.ended_words, row.ended_decision = event.public_words, event.decision_number
    end_certificate(uow, row, day, "revoked")
    await touch(uow, await uow.products.lock(row.product_id, Scope(everything=True)))
