"""All SQL of revocations."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, false, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.domain.access import SIGHT
from evaluation.persistence.tables.decisions import DecisionDocumentRow
from evaluation.persistence.tables.revocations import RevocationDecisionRow, RevocationRow
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound


def revocations_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Those of the person's producers, commune and province; the centre sees all."""
    seen: list[ColumnElement[bool]] = [RevocationRow.producer_id.in_(actor.producers())]
    for appointment in actor.appointments:
        sight = SIGHT.get(appointment.role)
        if sight is None:
            continue
        if appointment.role is Role.NATIONAL_OFFICER:
            return RevocationRow.id.is_not(None)
        if sight.unit_field in ("commune_code", "province_code"):
            seen.append(getattr(RevocationRow, sight.unit_field) == appointment.unit_code)
        else:
            seen.append(RevocationRow.unit_code == appointment.unit_code)
    return or_(false(), *seen)


class RevocationRepository:
    """Revocations of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def add(self, row: RevocationRow | RevocationDecisionRow) -> None:
        """Write a new row with the transaction."""
        self.session.add(row)

    async def hold_certificate(self, certificate_id: UUID) -> None:
        """Let acts on one certificate follow one another until the transaction ends."""
        await self.session.execute(
            text("SELECT pg_advisory_xact_lock(hashtextextended(:id, 11))"), {"id": str(certificate_id)}
        )

    async def open_one(self, certificate_id: UUID) -> RevocationRow | None:
        """The certificate's proposal that is not decided yet."""
        statement = (
            select(RevocationRow)
            .outerjoin(RevocationDecisionRow, RevocationDecisionRow.revocation_id == RevocationRow.id)
            .where(RevocationRow.certificate_id == certificate_id, RevocationDecisionRow.id.is_(None))
            .limit(1)
        )
        return (await self.session.execute(statement)).scalar_one_or_none()

    def _views(self, actor: Actor) -> Select[*tuple[Any, ...]]:
        return (
            select(RevocationRow, RevocationDecisionRow, DecisionDocumentRow)
            .outerjoin(RevocationDecisionRow, RevocationDecisionRow.revocation_id == RevocationRow.id)
            .outerjoin(DecisionDocumentRow, DecisionDocumentRow.id == RevocationDecisionRow.document_id)
            .where(revocations_visible_to(actor))
        )

    async def view(self, actor: Actor, revocation_id: UUID) -> Row[*tuple[Any, ...]]:
        """(revocation, what was decided, document). Raises NotFound."""
        statement = self._views(actor).where(RevocationRow.id == revocation_id)
        row = (await self.session.execute(statement)).one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def of_dossier(self, actor: Actor, dossier_id: UUID) -> list[Row[Any]]:
        """As `view`, of the certificate that came from a dossier, oldest first."""
        statement = self._views(actor).where(RevocationRow.dossier_id == dossier_id).order_by(RevocationRow.id)
        return list((await self.session.execute(statement)).all())

    async def page(
        self, actor: Actor, page: PageRequest, *, certificate_id: UUID | None, open_only: bool
    ) -> tuple[list[Row[Any]], str | None]:
        """As `view`, newest first."""
        statement = self._views(actor)
        if certificate_id is not None:
            statement = statement.where(RevocationRow.certificate_id == certificate_id)
        if open_only:
            statement = statement.where(RevocationDecisionRow.id.is_(None))
        return await fetch_page(self.session, statement, [RevocationRow.id], page, descending=True)
