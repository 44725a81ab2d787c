"""Development only: demonstration people, their tokens, and the programme's clock. Not part of a production system."""

from fastapi import Request, Response

from registry.api.deps import TokenSigner, Uow
from registry.api.schemas.people import (
    DevClock,
    DevClockSetting,
    DevPeople,
    DevTokenRequest,
    TokenRead,
)
from registry.domain.tokens import LIFETIME
from registry.persistence.people import demonstration_document
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.issue_token import token_for_code
from shared.errors import Fault, Invalid, Text
from shared.http.access import public
from shared.http.app import service_router

router = service_router("registry", tags=["development"])


@router.get("/dev-people", response_model=DevPeople, dependencies=[public()])
async def list_demonstration_people(request: Request) -> Response:
    """The demonstration people, all invented, with their appointments."""
    return Response(await demonstration_document(request.app.state.database.reads), media_type="application/json")


@router.post("/dev-tokens", dependencies=[public()])
async def dev_token(body: DevTokenRequest, uow: Uow, signer: TokenSigner) -> TokenRead:
    """A platform token for a demonstration person, without signing in."""
    return TokenRead(access_token=await token_for_code(uow, signer, body.person), expires_in=LIFETIME)


@router.get("/dev-clock", dependencies=[public()])
async def read_clock(uow: Uow) -> DevClock:
    """The programme's time."""
    return await _clock(uow)


@router.put("/dev-clock", dependencies=[public()])
async def set_clock(body: DevClockSetting, uow: Uow) -> DevClock:
    """Move the programme's time, so that a year can be played in a minute. Tokens already made do not change."""
    if (body.now is None) == (body.offset_seconds is None):
        text = Text("Gửi đúng một trong hai: now, offset_seconds", "Send exactly one of now and offset_seconds")
        raise Invalid(faults=[Fault("now", "one_of", text)])
    await uow.keys.move_clock(to=body.now, offset_seconds=body.offset_seconds)
    return await _clock(uow)


async def _clock(uow: RegistryUow) -> DevClock:
    return DevClock(now=await uow.now(), offset_seconds=await uow.keys.clock_offset())
