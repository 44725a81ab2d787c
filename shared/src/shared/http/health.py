"""`/livez` says the process runs; `/readyz` that its database answers and is migrated. Neither asks Redis."""

import asyncio

from fastapi import APIRouter, Request
from pydantic import BaseModel

from shared.db.engine import Database
from shared.db.revisions import head
from shared.errors import Unavailable
from shared.http.access import public


class Health(BaseModel):
    """The answer of both probes."""

    status: str = "ok"


def health_router(service: str) -> APIRouter:
    """The two probes of a service."""
    router = APIRouter(tags=["health"], dependencies=[public()], include_in_schema=False)
    newest = head(service)

    @router.get("/livez")
    async def livez() -> Health:
        return Health()

    @router.get("/readyz")
    async def readyz(request: Request) -> Health:
        database: Database = request.app.state.database
        async with asyncio.timeout(2):
            revision = await database.reads.fetchval("SELECT version_num FROM alembic_version")
        if revision != newest:
            raise Unavailable("Cơ sở dữ liệu chưa được nâng cấp.", f"Database at {revision}, code needs {newest}.")
        return Health()

    return router
