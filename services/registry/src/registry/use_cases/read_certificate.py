"""Read one certificate for another service: one statement, no transaction."""

from uuid import UUID

from registry.domain.product_access import READERS, scope_of
from registry.persistence.documents import certificate_summary_statement
from registry.persistence.scopes import scope_values
from shared.auth.actors import Actor
from shared.contracts.registry import CertificateSummary
from shared.db.engine import Database
from shared.errors import NotFound


async def read_certificate_summary(database: Database, actor: Actor, certificate_id: UUID) -> CertificateSummary:
    """The certificate with the units of today that answer for it. Raises NotFound out of the actor's scope."""
    readers = scope_of(actor, READERS)
    statement = certificate_summary_statement(readers)
    row = await statement.read(database.reads, id=certificate_id, **scope_values(readers))
    if row is None:
        raise NotFound("Không có giấy chứng nhận này trong phạm vi của bạn.", "No such certificate in your scope.")
    return CertificateSummary(**dict(row))
