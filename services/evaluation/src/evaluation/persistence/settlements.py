"""All SQL of what follows a result: signed documents, decisions over them, approvals, what came from above."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, exists, func, or_, select, text, true
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.persistence.dossier_visibility import visible_to
from evaluation.persistence.round_visibility import rounds_visible_to
from evaluation.persistence.tables.decisions import CorrectionRow, DecisionDocumentRow, DecisionRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.evidence import EvidenceFileRow
from evaluation.persistence.tables.results import OutcomeRow, ResultRow
from evaluation.persistence.tables.rounds import RoundDossierRow, RoundRow
from evaluation.persistence.tables.settlements import (
    PublicationRow,
    RecordedResultRow,
    ReopeningRow,
    ResultApprovalRow,
)
from shared.auth.actors import Actor
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Judged:
    """A dossier's newest result: a council's here, or one recorded from the level above."""

    row: ResultRow | RecordedResultRow

    @property
    def round_id(self) -> UUID | None:
        """The round it came from; None for a recorded one."""
        return self.row.round_id if isinstance(self.row, ResultRow) else None

    @property
    def forwards_to(self) -> str | None:
        """The level the ruleset sends it to; a recorded one goes no further."""
        return self.row.forwards_to if isinstance(self.row, ResultRow) else None

    @property
    def keys(self) -> dict[str, UUID]:
        """The column that points at it, in decisions and objections."""
        return {"result_id" if isinstance(self.row, ResultRow) else "recorded_result_id": self.row.id}


class SettlementRepository:
    """What follows results, of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def add_all(self, rows: Sequence[Any]) -> None:
        """Write new rows with the transaction."""
        self.session.add_all(rows)

    async def judged(self, dossier_ids: Iterable[UUID]) -> dict[UUID, Judged]:
        """The newest result of each dossier that has one. Ids are UUIDv7: the greater is the later."""
        ids, newest = list(dossier_ids), dict[UUID, ResultRow | RecordedResultRow]()
        found: list[ResultRow | RecordedResultRow] = []
        for table in (ResultRow, RecordedResultRow):
            statement: Any = select(table).where(table.dossier_id.in_(ids)).ext(distinct_on(table.dossier_id))
            ordered = statement.order_by(table.dossier_id, table.id.desc())
            found += (await self.session.execute(ordered)).scalars()
        for row in found:
            before = newest.get(row.dossier_id)
            newest[row.dossier_id] = row if before is None or before.id < row.id else before
        return {dossier_id: Judged(row) for dossier_id, row in newest.items()}

    async def lock_rounds(self, round_ids: Iterable[UUID]) -> dict[UUID, RoundRow]:
        """The rounds, held FOR UPDATE in the order of their ids. Dossiers are locked after them."""
        statement = select(RoundRow).where(RoundRow.id.in_(set(round_ids))).order_by(RoundRow.id).with_for_update()
        rows = (await self.session.execute(statement.execution_options(populate_existing=True))).scalars()
        return {row.id: row for row in rows}

    async def add_document(self, **values: Any) -> UUID | None:
        """Write a signed document; None when the unit has used its number within the year."""
        statement = insert(DecisionDocumentRow).values(id=new_id(), **values).on_conflict_do_nothing()
        added: UUID | None = await self.session.scalar(statement.returning(DecisionDocumentRow.id))
        return added

    async def document_of(self, kind: str, level: str, unit_code: str, number: str, year: int) -> UUID | None:
        """A document of this kind already written under this number."""
        found: UUID | None = await self.session.scalar(
            select(DecisionDocumentRow.id).where(
                DecisionDocumentRow.kind == kind,
                DecisionDocumentRow.level == level,
                DecisionDocumentRow.unit_code == unit_code,
                DecisionDocumentRow.number == number,
                DecisionDocumentRow.signed_year == year,
            )
        )
        return found

    async def document(self, document_id: UUID) -> DecisionDocumentRow:
        """A document that is within the caller's scope already."""
        row: DecisionDocumentRow = (
            await self.session.execute(select(DecisionDocumentRow).where(DecisionDocumentRow.id == document_id))
        ).scalar_one()
        return row

    async def decision(self, actor: Actor, decision_id: UUID) -> list[Row[Any]]:
        """(document, decision, product name, correction) of each dossier of a document the person may see.

        `decision_id` is the document's or one of its decisions'. Raises NotFound.
        """
        statement = (
            select(DecisionDocumentRow, DecisionRow, DossierRow.product_name, CorrectionRow)
            .join(DecisionRow, DecisionRow.document_id == DecisionDocumentRow.id)
            .join(DossierRow, DossierRow.id == DecisionRow.dossier_id)
            .outerjoin(CorrectionRow, CorrectionRow.decision_id == DecisionRow.id)
            .where(_called(decision_id), _told_to(actor))
            .order_by(DecisionRow.id)
        )
        rows: list[Any] = list((await self.session.execute(statement)).all())
        if not rows:
            raise NotFound()
        return rows

    async def signed_file(self, actor: Actor, decision_id: UUID) -> tuple[DecisionDocumentRow, EvidenceFileRow]:
        """(document, its signed file) of a decision the person may see, or of a correction of one.

        `decision_id` is as for `decision`. Raises NotFound, also when the decision names no file.
        """
        told = [
            exists().where(one.document_id == DecisionDocumentRow.id, one.dossier_id == DossierRow.id, _told_to(actor))
            for one in (DecisionRow, CorrectionRow)
        ]
        statement = (
            select(DecisionDocumentRow, EvidenceFileRow)
            .join(EvidenceFileRow, EvidenceFileRow.sha256 == DecisionDocumentRow.file_sha256)
            .where(_called(decision_id), or_(*told))
        )
        row = (await self.session.execute(statement)).one_or_none()
        if row is None:
            raise NotFound()
        return row[0], row[1]

    async def decision_in_force(self, dossier_id: UUID) -> DecisionRow | None:
        """The dossier's newest decision that no correction took the place of. The dossier is within scope already."""
        statement = (
            select(DecisionRow)
            .outerjoin(CorrectionRow, CorrectionRow.decision_id == DecisionRow.id)
            .where(DecisionRow.dossier_id == dossier_id, CorrectionRow.id.is_(None))
            .order_by(DecisionRow.id.desc())
            .limit(1)
        )
        return (await self.session.execute(statement)).scalar_one_or_none()

    async def released_on(self, judged: Judged) -> date | None:
        """The day the producer could first read a result; None while it waits."""
        if isinstance(judged.row, ResultRow):
            statement = select(OutcomeRow.on_day).where(OutcomeRow.result_id == judged.row.id)
        else:
            statement = select(DecisionRow.signed_on).where(
                DecisionRow.recorded_result_id == judged.row.id, DecisionRow.supersedes.is_(None)
            )
            if not judged.row.recognised:
                return judged.row.on_day
        day: date | None = await self.session.scalar(statement)
        return day

    async def approved(self, result_ids: Iterable[UUID]) -> set[UUID]:
        """Those of the results that a decision approved."""
        statement = select(ResultApprovalRow.result_id).where(ResultApprovalRow.result_id.in_(list(result_ids)))
        return set((await self.session.execute(statement)).scalars())

    async def next_attempt(self, dossier_id: UUID) -> int:
        """The number of the evaluation that a reopening begins. The caller holds the dossier."""
        latest = select(func.max(ReopeningRow.attempt)).where(ReopeningRow.dossier_id == dossier_id)
        return (await self.session.scalar(latest) or 1) + 1

    async def recorded_of(self, dossier_id: UUID) -> list[RecordedResultRow]:
        """Results recorded from above that are released: recognised below or there, or ended."""
        statement = (
            select(RecordedResultRow)
            .outerjoin(DecisionRow, DecisionRow.recorded_result_id == RecordedResultRow.id)
            .where(
                RecordedResultRow.dossier_id == dossier_id,
                or_(DecisionRow.id.is_not(None), RecordedResultRow.recognised.is_(False)),
            )
            .distinct()
            .order_by(RecordedResultRow.id)
        )
        return list((await self.session.execute(statement)).scalars())

    async def decisions_of(self, dossier_id: UUID) -> list[DecisionRow]:
        """Every decision on a dossier, oldest first."""
        statement = select(DecisionRow).where(DecisionRow.dossier_id == dossier_id).order_by(DecisionRow.id)
        return list((await self.session.execute(statement)).scalars())

    async def corrections_of(self, dossier_id: UUID) -> list[tuple[CorrectionRow, DecisionDocumentRow]]:
        """Every correction on a dossier with its document, oldest first."""
        statement = (
            select(CorrectionRow, DecisionDocumentRow)
            .join(DecisionDocumentRow, DecisionDocumentRow.id == CorrectionRow.document_id)
            .where(CorrectionRow.dossier_id == dossier_id)
            .order_by(CorrectionRow.id)
        )
        return [(row[0], row[1]) for row in await self.session.execute(statement)]

    async def reopenings_of(self, dossier_id: UUID) -> list[ReopeningRow]:
        """Every time a dossier was evaluated again, oldest first."""
        statement = select(ReopeningRow).where(ReopeningRow.dossier_id == dossier_id).order_by(ReopeningRow.attempt)
        return list((await self.session.execute(statement)).scalars())

    async def published_on(self, dossier_id: UUID) -> date | None:
        """The day a list with the dossier's newest published result became public."""
        statement = (
            select(PublicationRow.published_on)
            .join(RoundDossierRow, RoundDossierRow.round_id == PublicationRow.round_id)
            .where(RoundDossierRow.dossier_id == dossier_id)
            .order_by(PublicationRow.id.desc())
            .limit(1)
        )
        day: date | None = await self.session.scalar(statement)
        return day

    async def waiting(self, round_id: UUID) -> list[UUID]:
        """Dossiers of a closed round whose result has no outcome yet."""
        rows = await self.session.execute(
            text(
                "SELECT r.dossier_id FROM results r LEFT JOIN outcomes o ON o.result_id = r.id"
                " WHERE r.round_id = :round AND o.id IS NULL ORDER BY r.dossier_id"
            ),
            {"round": round_id},
        )
        return list(rows.scalars())

    async def publish(self, row: dict[str, Any]) -> UUID | None:
        """Write a publication; None when the round has one."""
        statement = insert(PublicationRow).values(**row).on_conflict_do_nothing().returning(PublicationRow.id)
        added: UUID | None = await self.session.scalar(statement)
        return added

    async def publications(
        self, page: PageRequest, *, year: int | None, unit_code: str | None
    ) -> tuple[list[Row[Any]], str | None]:
        """Publications, newest first."""
        statement = select(PublicationRow)
        if year is not None:
            statement = statement.where(PublicationRow.year == year)
        if unit_code is not None:
            statement = statement.where(PublicationRow.unit_code == unit_code)
        return await fetch_page(self.session, statement, [PublicationRow.id], page, descending=True)

    async def publication(self, publication_id: UUID) -> PublicationRow:
        """One publication. Raises NotFound."""
        row = await self.session.get(PublicationRow, publication_id)
        if row is None:
            raise NotFound()
        return row

    async def published_results(self, round_id: UUID, page: PageRequest) -> tuple[list[Row[Any]], str | None]:
        """What a publication lists: recognised and forwarded products, with the decision in force."""
        return await fetch_page(self.session, _PUBLISHED.where(ResultRow.round_id == round_id), [ResultRow.id], page)


def _called(decision_id: UUID) -> ColumnElement[bool]:
    """The document of this id, or that of the decision of this id."""
    one = select(DecisionRow.document_id).where(DecisionRow.id == decision_id)
    return or_(DecisionDocumentRow.id == decision_id, DecisionDocumentRow.id.in_(one))


def _told_to(actor: Actor) -> ColumnElement[bool]:
    """The dossiers whose decisions a person may read: those he sees, and those of the rounds he sees."""
    in_round = (
        select(RoundDossierRow.dossier_id)
        .join(RoundRow, RoundRow.id == RoundDossierRow.round_id)
        .where(RoundDossierRow.dossier_id == DossierRow.id, rounds_visible_to(actor))
        .correlate(DossierRow)
        .exists()
    )
    return or_(visible_to(actor), in_round)


_IN_FORCE = (
    select(DecisionRow)
    .outerjoin(CorrectionRow, CorrectionRow.decision_id == DecisionRow.id)
    .where(DecisionRow.result_id == ResultRow.id, CorrectionRow.id.is_(None))
    .correlate(ResultRow)
    .lateral("in_force")
)
_PUBLISHED: Any = (
    select(
        ResultRow.id,
        ResultRow.mean_decimal,
        DossierRow.product_name,
        DossierRow.producer_name,
        DossierRow.commune_name,
        DossierRow.district_name,
        DossierRow.province_name,
        DossierRow.product_code,
        OutcomeRow.outcome,
        _IN_FORCE.c.star.label("decided_star"),
        _IN_FORCE.c.number,
        _IN_FORCE.c.signed_on,
        _IN_FORCE.c.decided_by,
        _IN_FORCE.c.supersedes.is_not(None).label("corrected"),
        ResultRow.forwards_to,
    )
    .join(DossierRow, DossierRow.id == ResultRow.dossier_id)
    .join(OutcomeRow, (OutcomeRow.result_id == ResultRow.id) & OutcomeRow.outcome.in_(("recognised", "forwarded")))
    .outerjoin(_IN_FORCE, true())
)
