"""All SQL of drafts and publications of rules."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Row, Select, and_, cast, false, func, or_, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.domain.access import SECRETARIES
from evaluation.domain.rule_kinds import READERS, RuleKind
from evaluation.persistence.rules import AnyRules
from evaluation.persistence.tables.councils import CouncilRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.rule_drafts import RuleDraftRow, RulePublicationRow
from evaluation.persistence.tables.rules import CharterRow, RulesetRow, SheetRow
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

TABLES: dict[RuleKind, type[AnyRules]] = {
    RuleKind.RULESET: RulesetRow,
    RuleKind.SHEET: SheetRow,
    RuleKind.CHARTER: CharterRow,
}
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('evaluation rules are published', 0))")


def drafts_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Drafts of rulesets and sheets to officials who may read them, of charters to the unit's own secretary and the
    auditor of the unit.
    """
    shown: list[ColumnElement[bool]] = []
    if actor.has(*READERS):
        shown.append(RuleDraftRow.kind != RuleKind.CHARTER)
    for level, role in SECRETARIES.items():
        shown += [and_(RuleDraftRow.level == level, RuleDraftRow.unit_code == unit) for unit in actor.units(role)]
    shown += [RuleDraftRow.unit_code == unit for unit in actor.units(Role.AUDITOR)]
    return or_(false(), *shown)


class RuleDraftRepository:
    """Drafts and publications, of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def add(self, row: RuleDraftRow | RulePublicationRow) -> None:
        """Write a row, with what the database fills in."""
        self.session.add(row)
        await self.session.flush()
        await self.session.refresh(row)

    async def one_at_a_time(self) -> None:
        """Wait until no other transaction publishes rules; then be the only one that does, to its end."""
        await self.session.execute(_ONE_AT_A_TIME)

    async def read(self, actor: Actor, draft_id: UUID) -> tuple[RuleDraftRow, RulePublicationRow | None]:
        """A draft and its publication. Raises NotFound."""
        statement = self._readable(actor).where(RuleDraftRow.id == draft_id)
        row = (await self.session.execute(statement)).one_or_none()
        if row is None:
            raise NotFound()
        return row[0], row[1]

    async def page(
        self, actor: Actor, page: PageRequest, kind: str | None, rule_id: str | None
    ) -> tuple[list[Row[Any]], str | None]:
        """(draft, publication or None), newest first."""
        statement = self._readable(actor).where(
            true() if kind is None else RuleDraftRow.kind == kind,
            true() if rule_id is None else RuleDraftRow.rule_id == rule_id,
        )
        return await fetch_page(self.session, statement, [RuleDraftRow.id], page, descending=True)

    def _readable(self, actor: Actor) -> Any:
        return (
            select(RuleDraftRow, RulePublicationRow)
            .outerjoin(RulePublicationRow, RulePublicationRow.draft_id == RuleDraftRow.id)
            .where(drafts_visible_to(actor))
        )

    async def latest_publication(self, kind: str, rule_id: str) -> Row[Any] | None:
        """(draft, publication) by which a rule last came in; None for what was shipped."""
        statement = (
            select(RuleDraftRow, RulePublicationRow)
            .join(RulePublicationRow, RulePublicationRow.draft_id == RuleDraftRow.id)
            .where(RulePublicationRow.kind == kind, RulePublicationRow.rule_id == rule_id)
            .order_by(RulePublicationRow.published_at.desc(), RulePublicationRow.draft_id.desc())
            .limit(1)
        )
        row: Any = (await self.session.execute(statement)).one_or_none()
        return row  # type: ignore[no-any-return]  # a row of two, which mypy tells apart from any row

    async def missing_sheets(self, codes: list[str]) -> list[str]:
        """Those of the sheets that are not loaded."""
        known = set(await self.session.scalars(select(SheetRow.id).where(SheetRow.id.in_(codes))))
        return [code for code in codes if code not in known]

    async def siblings(self, kind: RuleKind, row: AnyRules) -> list[tuple[str, date]]:
        """(id, effective_from) of the versions that a new one takes its place among, newest first: all rulesets; the
        sheet it completes and other completions of that; charters of the same body.
        """
        table = TABLES[kind]
        condition: ColumnElement[bool] = true()
        if isinstance(row, SheetRow) and row.completes is None:
            return []  # the first of its ruleset and number
        if isinstance(row, SheetRow):
            condition = or_(SheetRow.id == row.completes, SheetRow.completes == row.completes)
        elif isinstance(row, CharterRow):
            condition = and_(CharterRow.level == row.level, CharterRow.unit_code == row.unit_code)
        statement = (
            select(table.id, table.effective_from)
            .where(condition, table.id != row.id)
            .order_by(table.effective_from.desc(), table.id.desc())
        )
        return [(found.id, found.effective_from) for found in await self.session.execute(statement)]

    async def last_use_since(
        self, kind: RuleKind, row: AnyRules, siblings: list[str], since: date, today: date
    ) -> date | None:
        """The last day, from `since` on, on which something was founded on a version that `row` would have governed:
        a dossier filed; for a charter of a past day a council set up (without a day of decision: today).
        """
        statement: Select[Any]
        if isinstance(row, CharterRow):
            day = func.coalesce(CouncilRow.decided_on, today)
            mine = and_(CouncilRow.level == row.level, CouncilRow.unit_code == row.unit_code)
            statement = select(func.max(day)).where(mine, day >= since, true() if since < today else false())
        else:
            pinned = DossierRow.ruleset_id != row.id if kind is RuleKind.RULESET else DossierRow.sheet_id.in_(siblings)
            statement = select(func.max(DossierRow.filed_on)).where(DossierRow.filed_on >= since, pinned)
        found: date | None = await self.session.scalar(statement)
        return found

    async def end(self, kind: RuleKind, rule_id: str, last_day: date, superseded_by: str) -> None:
        """A version ends on `last_day`, or earlier where its own document says so."""
        table = TABLES[kind]
        own = cast(table.document["effective_to"].astext, Date)
        await self.session.execute(
            update(table)
            .where(table.id == rule_id)
            .values(superseded_by=superseded_by, effective_to=func.least(own, last_day))
        )
