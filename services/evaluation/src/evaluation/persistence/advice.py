"""All SQL of advisory records: what a council's team found on a dossier."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, exists, false, func, literal_column, or_, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.persistence.dossier_visibility import officials_see
from evaluation.persistence.tables.advice import AdvisoryFileRow, AdvisoryRecordRow
from evaluation.persistence.tables.council_staff import CouncilStaffRow
from evaluation.persistence.tables.councils import CouncilRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.evidence import EvidenceFileRow, EvidenceUploadRow
from shared.auth.actors import Actor
from shared.errors import NotFound

TEAM = ("advisory_head", "advisory_member")
"""Posts that belong to the advisory team."""

_PAPER = func.jsonb_build_object(
    "sha256", EvidenceFileRow.sha256, "kind", EvidenceFileRow.kind, "size", EvidenceFileRow.size
)
_FILES = (
    select(
        func.coalesce(
            func.jsonb_agg(aggregate_order_by(_PAPER, EvidenceFileRow.sha256)),
            literal_column("'[]'::jsonb", JSONB()),
        )
    )
    .join(AdvisoryFileRow, AdvisoryFileRow.file_sha256 == EvidenceFileRow.sha256)
    .where(AdvisoryFileRow.record_id == AdvisoryRecordRow.id)
    .scalar_subquery()
    .label("files")
)


class AdviceRepository:
    """Advisory records of one transaction. The caller has found the dossier within his scope."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def add(self, record: AdvisoryRecordRow, files: Sequence[str]) -> None:
        """Write a record with its files."""
        self.session.add(record)
        await self.session.flush()
        self.session.add_all([AdvisoryFileRow(record_id=record.id, file_sha256=sha256) for sha256 in files])
        await self.session.flush()

    async def team_of(self, person_id: UUID, level: str, unit_code: str) -> CouncilRow | None:
        """The newest council of this unit in whose team the person is."""
        statement = (
            select(CouncilRow)
            .join(CouncilStaffRow, CouncilStaffRow.council_id == CouncilRow.id)
            .where(
                CouncilRow.level == level,
                CouncilRow.unit_code == unit_code,
                CouncilStaffRow.person_id == person_id,
                CouncilStaffRow.post.in_(TEAM),
            )
            .order_by(CouncilRow.year.desc(), CouncilRow.id.desc())
            .limit(1)
        )
        return (await self.session.scalars(statement)).one_or_none()

    async def of_dossier(self, dossier_id: UUID, level: str | None = None) -> Sequence[Row[Any]]:
        """(record, files as JSON) of a dossier, of one level or all, oldest first."""
        statement = select(AdvisoryRecordRow, _FILES).where(AdvisoryRecordRow.dossier_id == dossier_id)
        if level is not None:
            statement = statement.where(AdvisoryRecordRow.level == level)
        return (await self.session.execute(statement.order_by(AdvisoryRecordRow.id))).all()

    async def report_seen_by(self, record_id: UUID, actor: Actor) -> AdvisoryRecordRow:
        """A team's report on a dossier that the person sees as an official or adviser. Raises NotFound."""
        statement = (
            select(AdvisoryRecordRow)
            .join(DossierRow, DossierRow.id == AdvisoryRecordRow.dossier_id)
            .where(AdvisoryRecordRow.id == record_id, AdvisoryRecordRow.kind == "report", officials_see(actor))
        )
        row = (await self.session.scalars(statement)).one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def files_of(self, record_id: UUID) -> list[dict[str, Any]]:
        """The files of a record as JSON."""
        statement = select(_FILES).where(AdvisoryRecordRow.id == record_id)
        files: list[dict[str, Any]] = (await self.session.execute(statement)).scalar_one()
        return files

    async def test_request(self, dossier_id: UUID, record_id: UUID) -> AdvisoryRecordRow | None:
        """A test asked for on this dossier."""
        statement = select(AdvisoryRecordRow).where(
            AdvisoryRecordRow.id == record_id,
            AdvisoryRecordRow.dossier_id == dossier_id,
            AdvisoryRecordRow.kind == "test_request",
        )
        return (await self.session.scalars(statement)).one_or_none()

    async def sent_files(self, hashes: Sequence[str], person_id: UUID) -> dict[str, str]:
        """Kind by hash of those contents that the person himself sent."""
        statement = (
            select(EvidenceFileRow.sha256, EvidenceFileRow.kind)
            .join(EvidenceUploadRow, EvidenceUploadRow.sha256 == EvidenceFileRow.sha256)
            .where(EvidenceFileRow.sha256.in_(hashes), EvidenceUploadRow.person_id == person_id)
        )
        return {row.sha256: row.kind for row in await self.session.execute(statement)}

    async def reported(self, dossier_ids: Sequence[UUID], level: str) -> set[UUID]:
        """Which of the dossiers the team reported on at a level."""
        statement = select(AdvisoryRecordRow.dossier_id).where(
            AdvisoryRecordRow.dossier_id.in_(dossier_ids),
            AdvisoryRecordRow.level == level,
            AdvisoryRecordRow.kind == "report",
        )
        return set((await self.session.scalars(statement)).all())

    async def file_seen_by(self, sha256: str, actor: Actor) -> EvidenceFileRow:
        """A file of a record on a dossier that the person sees as an official. Raises NotFound."""
        used = exists().where(
            AdvisoryFileRow.file_sha256 == EvidenceFileRow.sha256,
            AdvisoryFileRow.record_id == AdvisoryRecordRow.id,
            AdvisoryRecordRow.dossier_id == DossierRow.id,
            or_(false(), officials_see(actor)),
        )
        row = await self.session.scalar(select(EvidenceFileRow).where(EvidenceFileRow.sha256 == sha256, used))
        if row is None:
            raise NotFound()
        return row
