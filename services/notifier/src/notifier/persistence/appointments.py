"""The projection of appointments."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notifier.persistence.tables.appointments import AppointmentProjection
from shared.contracts.registry import PersonAppointed


class AppointmentRepository:
    """Writes what registry told; who is addressed is read by the view `addressees`."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def record(self, event: PersonAppointed) -> None:
        """Keep the appointment as of its highest revision, in whatever order revisions arrive."""
        fields = event.model_dump(exclude={"appointment_id"})
        statement = insert(AppointmentProjection).values(id=event.appointment_id, **fields)
        await self._session.execute(
            statement.on_conflict_do_update(
                index_elements=["id"],
                set_={name: statement.excluded[name] for name in fields},
                where=statement.excluded.revision > AppointmentProjection.revision,
            )
        )
