"""All SQL of the schedules of rounds and of the routing of dossiers to bodies."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.persistence.tables.commune_reports import CommuneReportRow
from evaluation.persistence.tables.council_staff import RoutingRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.round_schedules import RoundScheduleRow
from evaluation.persistence.tables.rounds import RoundDossierRow, RoundRow


class RoundScheduleRepository:
    """Schedules and routings of one transaction. The caller has found the round or council within his scope."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def add(self, row: RoundScheduleRow | RoutingRow | RoundDossierRow) -> None:
        """Write a new row with the transaction."""
        self.session.add(row)

    async def find(self, round_id: UUID, *, lock: bool = False) -> RoundScheduleRow | None:
        """The schedule of a round, if one was set; `lock` holds it FOR UPDATE."""
        statement = select(RoundScheduleRow).where(RoundScheduleRow.round_id == round_id)
        if lock:
            statement = statement.with_for_update().execution_options(populate_existing=True)
        return (await self.session.scalars(statement)).one_or_none()

    async def entry(self, round_id: UUID, dossier_id: UUID) -> RoundDossierRow | None:
        """The dossier's row in a round, also when it left."""
        return await self.session.get(RoundDossierRow, (round_id, dossier_id), populate_existing=True)

    async def proposals(self, round_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
        """(dossier_id, ruleset_id, filed_on, refiled_on, reported_on) of each dossier of a round."""
        statement = (
            select(
                DossierRow.id.label("dossier_id"),
                DossierRow.ruleset_id,
                DossierRow.filed_on,
                DossierRow.refiled_on,
                CommuneReportRow.reported_on,
            )
            .join(RoundDossierRow, RoundDossierRow.dossier_id == DossierRow.id)
            .outerjoin(CommuneReportRow, CommuneReportRow.dossier_id == DossierRow.id)
            .where(RoundDossierRow.round_id == round_id, RoundDossierRow.left_at.is_(None))
            .order_by(DossierRow.id)
        )
        return (await self.session.execute(statement)).all()

    async def routing(self, unit_code: str, on: date) -> RoutingRow | None:
        """The routing in force for a unit: its own, else the one for everywhere; the newest of each."""
        statement = (
            select(RoutingRow)
            .where(
                RoutingRow.effective_from <= on, or_(RoutingRow.unit_code == unit_code, RoutingRow.unit_code.is_(None))
            )
            .order_by(RoutingRow.unit_code.nulls_last(), RoutingRow.effective_from.desc(), RoutingRow.id.desc())
            .limit(1)
        )
        return (await self.session.scalars(statement)).one_or_none()

    async def known_routing(self, unit_code: str | None, effective_from: date, content_hash: str) -> RoutingRow | None:
        """The very same routing, if it was loaded before."""
        statement = select(RoutingRow).where(
            RoutingRow.unit_code.is_not_distinct_from(unit_code),
            RoutingRow.effective_from == effective_from,
            RoutingRow.hash == content_hash,
        )
        return (await self.session.scalars(statement)).one_or_none()

    async def to_route(self, council_id: UUID) -> Sequence[Row[*tuple[Any, ...]]]:
        """(round, dossier, its ruleset and group) of every dossier in the council's live rounds."""
        statement = (
            select(
                RoundRow.id.label("round_id"),
                DossierRow.id.label("dossier_id"),
                DossierRow.product_name,
                DossierRow.group_path,
                DossierRow.set_no,
                DossierRow.ruleset_id,
                DossierRow.sheet_id,
            )
            .join(RoundDossierRow, RoundDossierRow.dossier_id == DossierRow.id)
            .join(RoundRow, RoundRow.id == RoundDossierRow.round_id)
            .where(RoundRow.council_id == council_id, RoundDossierRow.live)
            .order_by(RoundRow.id, DossierRow.id)
        )
        return (await self.session.execute(statement)).all()

    async def open_rounds(self, council_id: UUID) -> Sequence[UUID]:
        """The council's rounds in which scoring is open."""
        statement = select(RoundRow.id).where(RoundRow.council_id == council_id, RoundRow.state == "open")
        return (await self.session.scalars(statement)).all()
