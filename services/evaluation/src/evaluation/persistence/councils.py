"""All SQL of councils."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from evaluation.domain.councils import Seat
from evaluation.persistence.round_visibility import councils_visible_to
from evaluation.persistence.tables.council_staff import CouncilChangeRow, CouncilStaffRow
from evaluation.persistence.tables.councils import CouncilMemberRow, CouncilRow
from shared.auth.actors import Actor
from shared.db.pages import PageRequest, fetch_page
from shared.errors import NotFound

_MEMBERS = (
    select(
        func.jsonb_agg(
            func.jsonb_build_object(
                "person_id",
                CouncilMemberRow.person_id,
                "seat",
                CouncilMemberRow.seat,
                "name",
                CouncilMemberRow.name,
                "body",
                CouncilMemberRow.body,
                "post",
                CouncilMemberRow.post,
                "body_code",
                CouncilMemberRow.body_code,
            )
        )
    )
    .where(CouncilMemberRow.council_id == CouncilRow.id)
    .scalar_subquery()
    .label("members")
)


_STAFF = (
    select(
        func.jsonb_agg(
            func.jsonb_build_object(
                *(
                    part
                    for name in ("person_id", "post", "name", "body", "body_code")
                    for part in (name, getattr(CouncilStaffRow, name))
                )
            )
        )
    )
    .where(CouncilStaffRow.council_id == CouncilRow.id)
    .scalar_subquery()
    .label("staff")
)


class CouncilRepository:
    """Councils and their members, of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def add(
        self, council: CouncilRow, members: Sequence[CouncilMemberRow], staff: Sequence[CouncilStaffRow] = ()
    ) -> None:
        """Write a council with its members, and with who works for it without a vote."""
        self.session.add(council)
        await self.session.flush()
        self.session.add_all([*members, *staff])
        await self.session.flush()

    async def established_by(self, level: str, unit_code: str, year: int, decision_number: str) -> bool:
        """Whether the unit has set up a council by this decision."""
        statement = select(CouncilRow.id).where(
            CouncilRow.level == level,
            CouncilRow.unit_code == unit_code,
            CouncilRow.year == year,
            CouncilRow.decision_number == decision_number,
        )
        return (await self.session.execute(statement)).first() is not None

    def _readable(self, actor: Actor) -> Select[Any]:
        return select(CouncilRow, _MEMBERS, _STAFF).where(councils_visible_to(actor))

    async def read(self, actor: Actor, council_id: UUID) -> Row[Any]:
        """(council, members as JSON). Raises NotFound when unknown or out of scope."""
        found = await self.session.execute(self._readable(actor).where(CouncilRow.id == council_id))
        row: Row[Any] | None = found.one_or_none()
        if row is None:
            raise NotFound()
        return row

    async def page(self, actor: Actor, page: PageRequest, year: int | None) -> tuple[list[Row[Any]], str | None]:
        """(council, members) of each council the person may see, newest first."""
        statement = self._readable(actor)
        if year is not None:
            statement = statement.where(CouncilRow.year == year)
        return await fetch_page(self.session, statement, [CouncilRow.created_at, CouncilRow.id], page, descending=True)

    async def get(self, council_id: UUID) -> CouncilRow:
        """The council of a round that is within the caller's scope already."""
        return (await self.session.execute(select(CouncilRow).where(CouncilRow.id == council_id))).scalar_one()

    async def lock(self, council_id: UUID) -> CouncilRow:
        """The council, held FOR UPDATE; it is within the caller's scope already."""
        statement = select(CouncilRow).where(CouncilRow.id == council_id).with_for_update()
        return (await self.session.execute(statement.execution_options(populate_existing=True))).scalar_one()

    async def members(self, council_id: UUID) -> list[CouncilMemberRow]:
        """The members by seat."""
        statement = select(CouncilMemberRow).where(CouncilMemberRow.council_id == council_id)
        return list(await self.session.scalars(statement.order_by(CouncilMemberRow.seat)))

    async def staff_ids(self, council_id: UUID, *posts: str) -> list[UUID]:
        """People who hold one of these posts beside the council."""
        statement = select(CouncilStaffRow.person_id).where(
            CouncilStaffRow.council_id == council_id, CouncilStaffRow.post.in_(posts)
        )
        return list(await self.session.scalars(statement.order_by(CouncilStaffRow.person_id)))

    async def team(self, council_id: UUID) -> list[CouncilStaffRow]:
        """The advisory team of a council, its head first."""
        statement = select(CouncilStaffRow).where(
            CouncilStaffRow.council_id == council_id, CouncilStaffRow.post.in_(("advisory_head", "advisory_member"))
        )
        ordered = statement.order_by(CouncilStaffRow.post, CouncilStaffRow.name, CouncilStaffRow.person_id)
        return list(await self.session.scalars(ordered))

    async def changes(self, council_id: UUID) -> list[CouncilChangeRow]:
        """Who was replaced, oldest first."""
        statement = select(CouncilChangeRow).where(CouncilChangeRow.council_id == council_id)
        return list(await self.session.scalars(statement.order_by(CouncilChangeRow.id)))

    async def replace(self, leaves: CouncilMemberRow, joins: CouncilMemberRow, change: CouncilChangeRow) -> None:
        """Put one member in the place of another and keep the change."""
        await self.session.delete(leaves)
        await self.session.flush()
        self.session.add_all([joins, change])
        await self.session.flush()

    async def seats(self, council_id: UUID) -> list[Seat]:
        """The seats, in order."""
        rows = await self.session.execute(
            select(CouncilMemberRow.person_id, CouncilMemberRow.seat, CouncilMemberRow.post)
            .where(CouncilMemberRow.council_id == council_id)
            .order_by(CouncilMemberRow.seat)
        )
        return [Seat(row.person_id, row.seat, row.post) for row in rows]
