"""Loading commerce twice changes nothing."""

from commerce.load import load
from commerce.persistence.unit_of_work import CommerceUow
from shared.testing.plugin import OpenDatabases


async def test_the_shipped_documents_are_accepted_twice(open_database: OpenDatabases) -> None:
    database = await open_database("commerce")
    for _ in range(2):
        async with CommerceUow.open(database) as uow:
            await load(uow, demonstration=True)
