"""Calendar addresses that officials subscribe to with any calendar program."""

from datetime import datetime
from typing import Annotated, ClassVar, Self
from uuid import UUID

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from notifier.api.deps import OnceOnly, Uow
from notifier.persistence.tables.calendar_feeds import CalendarFeed
from notifier.use_cases.subscribe_calendar import read_calendar, revoke, subscribe
from shared.auth.actors import Actor
from shared.http.access import public, signed_in
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.language import language

router = service_router("notifier", tags=["calendars"])
PATH = "/api/notifier/v1/calendar-feeds/me.ics"


class CalendarFeedDraft(BaseModel):
    """What the caller calls the device or program that subscribes."""

    model_config = ConfigDict(extra="forbid")

    label: Annotated[str, Field(min_length=1, max_length=100)] | None = None


class CalendarFeedRead(BaseModel):
    """An address without its token: that is shown once, when it is made."""

    id: UUID
    label: str | None
    created_at: datetime
    revoked_at: datetime | None

    @classmethod
    def of(cls, row: CalendarFeed) -> Self:
        """The row as the API shows it."""
        return cls(**{name: getattr(row, name) for name in CalendarFeedRead.model_fields})


class CalendarFeedMade(CalendarFeedRead):
    """A new address. Whoever has `url` reads the deadlines; it ends by revocation.

    Its token is stored nowhere, so a repeated request under the same key is answered without `url`: make another then.
    """

    shown_once: ClassVar[frozenset[str]] = frozenset({"url"})
    url: str | None = None


class CalendarFeedList(BaseModel):
    """The caller's addresses, oldest first."""

    items: list[CalendarFeedRead]


@router.post("/calendar-feeds", status_code=201, response_model=CalendarFeedMade)
async def make_calendar_feed(
    request: Request, body: CalendarFeedDraft, actor: Annotated[Actor, signed_in()], uow: Uow, once: OnceOnly
) -> Response:
    """A new calendar address of the caller, with its token in `url`."""

    async def act() -> CalendarFeedMade:
        row, token = await subscribe(uow, actor, body.label)
        url = f"{request.app.state.settings.public_url}{PATH}?token={token}"
        return CalendarFeedMade(**CalendarFeedRead.of(row).model_dump(), url=url)

    return await once(act)


@router.get("/calendar-feeds", response_model=CalendarFeedList)
async def list_calendar_feeds(request: Request, actor: Annotated[Actor, signed_in()], uow: Uow) -> Response:
    """The caller's calendar addresses."""
    rows = await uow.calendar_feeds.of(actor.person_id)
    return answer(request, CalendarFeedList(items=[CalendarFeedRead.of(row) for row in rows]))


@router.post("/calendar-feeds/{feed_id}/revocation", status_code=201, response_model=CalendarFeedRead)
async def revoke_calendar(feed_id: UUID, actor: Annotated[Actor, signed_in()], uow: Uow, once: OnceOnly) -> Response:
    """End an address; programs that subscribe to it get 404 from then on."""

    async def act() -> CalendarFeedRead:
        return CalendarFeedRead.of(await revoke(uow, actor, feed_id))

    return await once(act)


@router.get(
    "/calendar-feeds/me.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
    dependencies=[public()],
)
async def read_calendar_feed(
    request: Request, uow: Uow, token: Annotated[str, Query(min_length=20, max_length=100)]
) -> Response:
    """The deadlines and coming reminder steps of whom the token belongs to, as iCalendar (RFC 5545)."""
    response = answer(request, (await read_calendar(uow, token, language())).encode())
    response.headers["Content-Type"] = "text/calendar; charset=utf-8"
    return response
