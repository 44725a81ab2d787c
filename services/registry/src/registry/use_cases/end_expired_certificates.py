"""Mark the certificates whose last day has passed."""

from registry.persistence.unit_of_work import RegistryUow
from shared.contracts.registry import CertificateEnded

MOST = 500
"""So many in one transaction; the next run takes the rest."""


async def end_expired_certificates(uow: RegistryUow) -> int:
    """Mark them as expired and tell it; returns how many. What a passport says does not wait for this."""
    ended = await uow.certificates.expire(await uow.today(), MOST)
    for row in ended:
        uow.publish(
            CertificateEnded(certificate_id=row.id, product_id=row.product_id, ended_on=row.ended_on, reason="expired")
        )
    return len(ended)
