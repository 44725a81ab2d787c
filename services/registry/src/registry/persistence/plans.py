"""All SQL of yearly plans, their deadlines and the duties these make."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Self
from uuid import UUID

from sqlalchemy import or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from registry.domain.access import READS_DRAFT_PLANS
from registry.domain.plans import PlanDraft
from registry.domain.units import CENTRE
from registry.persistence.tables.plans import PlanDeadlineRow, PlanDutyRow, PlanRow, PlanTargetRow
from shared.auth.actors import Actor
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound
from shared.ids import new_id

_READ = """
    SELECT to_jsonb(p) || jsonb_build_object(
        'targets', (SELECT coalesce(jsonb_agg(to_jsonb(t) ORDER BY t.position), '[]')
                    FROM plan_targets t WHERE t.plan_id = p.id),
        'deadlines', (SELECT coalesce(jsonb_agg(to_jsonb(d) || jsonb_build_object('dates', (
                SELECT coalesce(jsonb_agg(jsonb_build_object('period', u.period, 'due_on', u.due_on, 'units', u.units)
                    ORDER BY u.period), '[]')
                FROM (SELECT period, due_on, count(*) AS units FROM plan_duties
                      WHERE deadline_id = d.id GROUP BY period, due_on) u)) ORDER BY d.position), '[]')
            FROM plan_deadlines d WHERE d.plan_id = p.id)) AS plan
    FROM plans p WHERE p.id = :plan_id AND (p.state = 'published' OR p.province_code = ANY(:provinces))
"""

_SET_DUTIES = text(
    """
    INSERT INTO plan_duties (id, deadline_id, period, unit_code, unit_name, level, responsible, superior,
                             superior_unit_code, due_on, revision)
    SELECT uuidv7(), o.deadline_id, o.period, u.code, u.full_name, u.level, o.responsible, o.superior,
           CASE o.superior_level WHEN 'commune' THEN u.code
                                 WHEN 'district' THEN coalesce(u.district_code, u.province_code)
                                 WHEN 'province' THEN u.province_code ELSE :centre END,
           o.due_on, 1
    FROM jsonb_to_recordset(CAST(:occurrences AS jsonb)) AS o (
        deadline_id uuid, period text, due_on date, level text, responsible text, superior text, superior_level text)
    JOIN units u ON u.level = o.level AND u.province_code = :province
        AND u.valid_from <= o.due_on AND (u.valid_to IS NULL OR u.valid_to >= o.due_on)
    ORDER BY o.deadline_id, o.period, u.code
    ON CONFLICT DO NOTHING
    RETURNING id
    """
)

_MOVE_DUTIES = text(
    """
    UPDATE plan_duties SET due_on = :due_on, revision = revision + 1
    WHERE deadline_id = :deadline_id AND period = :period RETURNING id
    """
)


class Plans:
    """Plans: drafts within the caller's provinces, published ones for everybody signed in."""

    def __init__(self, session: AsyncSession, provinces: Sequence[str] = ()) -> None:
        self._session = session
        self._provinces = list(provinces)

    def visible_to(self, actor: Actor) -> Self:
        """Drafts are seen where the caller has a seat of the province."""
        return type(self)(self._session, sorted(actor.units(*READS_DRAFT_PLANS)))

    async def add(self, draft: PlanDraft, *, drafted_by: UUID) -> PlanRow:
        """Insert a draft with its targets and deadlines."""
        plan = PlanRow(
            id=new_id(),
            year=draft.year,
            province_code=draft.province_code,
            title=draft.title,
            ruleset=draft.ruleset,
            source=draft.source,
            legal_basis=list(draft.legal_basis),
            state="draft",
            drafted_by=drafted_by,
        )
        self._session.add(plan)
        await self._session.flush()  # nothing else tells the ORM that a plan comes before its parts
        for position, target in enumerate(draft.targets):
            values = target.model_dump(mode="python")
            numbers = {
                name: Decimal(str(values[name])) if values[name] is not None else None
                for name in ("at_least", "expected_up_to")
            }
            row = PlanTargetRow(id=new_id(), plan_id=plan.id, position=position, **(values | numbers))
            self._session.add(row)
        for position, deadline in enumerate(draft.deadlines):
            values = deadline.model_dump(mode="python") | {
                "audience": [one.model_dump(mode="json") for one in deadline.audience]
            }
            self._session.add(PlanDeadlineRow(id=new_id(), plan_id=plan.id, position=position, **values))
        return plan

    async def read(self, plan_id: UUID) -> dict[str, Any]:
        """A plan as one document. Raises NotFound, also for a draft out of scope."""
        row = (
            await self._session.execute(text(_READ), {"plan_id": plan_id, "provinces": self._provinces})
        ).one_or_none()
        if row is None:
            raise _not_found()
        document: dict[str, Any] = row.plan
        return document

    async def page(self, page: PageRequest, year: int | None) -> tuple[list[PlanRow], str | None]:
        """Plans the caller may see, oldest first."""
        statement: Any = select(PlanRow).where(
            or_(PlanRow.state == "published", PlanRow.province_code.in_(self._provinces))
        )
        if year is not None:
            statement = statement.where(PlanRow.year == year)
        rows, following = await fetch_page(self._session, statement, [PlanRow.__table__.c.id], page)
        return [row[0] for row in rows], following

    async def get_locked(self, plan_id: UUID) -> PlanRow:
        """A plan of the caller's provinces, to change. Raises NotFound."""
        statement = select(PlanRow).where(PlanRow.id == plan_id, PlanRow.province_code.in_(self._provinces))
        row = (await self._session.scalars(statement.with_for_update())).one_or_none()
        if row is None:
            raise _not_found()
        return row

    async def another_published(self, plan: PlanRow) -> bool:
        """Whether another plan of the same province and year is in force."""
        statement = select(PlanRow.id).where(
            PlanRow.year == plan.year,
            PlanRow.province_code == plan.province_code,
            PlanRow.state == "published",
            PlanRow.id != plan.id,
        )
        return (await self._session.scalars(statement)).first() is not None

    async def deadlines(self, plan_id: UUID) -> list[PlanDeadlineRow]:
        """The deadlines of a plan, in its order."""
        statement = select(PlanDeadlineRow).where(PlanDeadlineRow.plan_id == plan_id)
        return list((await self._session.scalars(statement.order_by(PlanDeadlineRow.position))).all())

    async def deadline_locked(self, deadline_id: UUID) -> tuple[PlanDeadlineRow, PlanRow]:
        """A deadline of a plan of the caller's provinces, to change. Raises NotFound."""
        statement = (
            select(PlanDeadlineRow, PlanRow)
            .join(PlanRow, PlanRow.id == PlanDeadlineRow.plan_id)
            .where(PlanDeadlineRow.id == deadline_id, PlanRow.province_code.in_(self._provinces))
            .with_for_update()
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            raise NotFound("Không có thời hạn này.", "There is no such deadline.")
        return row[0], row[1]

    async def set_duties(self, occurrences: Sequence[Mapping[str, Any]], province_code: str) -> list[PlanDutyRow]:
        """Make a duty for each unit that is valid on each due date; units that have it already keep theirs."""
        made = await self._session.execute(
            _SET_DUTIES,
            {"occurrences": json.dumps(list(occurrences), default=str), "province": province_code, "centre": CENTRE},
        )
        return await self._duties(made.scalars().all())

    async def move_duties(self, deadline_id: UUID, period: str, due_on: date) -> list[PlanDutyRow]:
        """Give a period's duties another last day, each with a higher revision."""
        moved = await self._session.execute(
            _MOVE_DUTIES, {"deadline_id": deadline_id, "period": period, "due_on": due_on}
        )
        return await self._duties(moved.scalars().all())

    async def _duties(self, ids: Sequence[UUID]) -> list[PlanDutyRow]:
        statement = select(PlanDutyRow).where(PlanDutyRow.id.in_(ids)).execution_options(populate_existing=True)
        return list((await self._session.scalars(statement.order_by(PlanDutyRow.id))).all())


def _not_found() -> NotFound:
    return NotFound("Không có kế hoạch này.", "There is no such plan.")
