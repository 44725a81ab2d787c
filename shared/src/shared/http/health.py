"""`/livez` says the process runs; `/readyz` that its database answers and is migrated. Neither asks Redis."""

import asyncio

from fastapi import APIRouter, Request
from pydantic import BaseModel

from shared.db.engine import Database
from shared.errors import Unavailable
from shared.http.access import public

router = APIRouter(tags=["health"], dependencies=[public()], include_in_schema=False)


class Health(BaseModel):
    """The answer of both probes."""

    status: str = "ok"


@router.get("/livez")
async def livez() -> Health:
    """Whether the process runs."""
    return Health()


@router.get("/readyz")
async def readyz(request: Request) -> Health:
    """Whether the database answers, at the version that the code needs."""
    database: Database = request.app.state.database
    async with asyncio.timeout(2):
        revision = await database.reads.fetchval("SELECT version_num FROM alembic_version")
    if revision != (newest := request.app.state.revision):
        raise Unavailable("Cơ sở dữ liệu chưa được nâng cấp.", f"Database at {revision}, code needs {newest}.")
    return Health()
