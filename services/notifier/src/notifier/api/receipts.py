"""What providers call: receipts of notices. They prove themselves by a shared secret, or by their signature."""

import hmac
import json
from typing import Annotated, Any

from fastapi import Depends, Header, Query, Request

from notifier.api.deps import Uow
from notifier.api.schemas.operation import ReceiptsTaken
from notifier.domain.receipts import Receipt
from notifier.integrations.bounces import read_bounce
from notifier.integrations.eoffice import read_statuses
from notifier.integrations.sms import read_callback
from notifier.integrations.zns import is_signed, read_event
from notifier.settings import Settings
from notifier.use_cases.formal_documents import take_statuses
from notifier.use_cases.take_receipts import take_receipts
from shared.errors import BadRequest, Unauthenticated
from shared.http.access import Access, public
from shared.http.app import service_router

router = service_router("notifier", tags=["receipts"])
Provider = Annotated[Access | None, public()]


def require_secret(
    request: Request,
    secret: Annotated[str, Query(max_length=200)] = "",
    x_receipts_secret: Annotated[str, Header(max_length=200)] = "",
) -> None:
    """The shared secret, in the address or a header. Raises Unauthenticated."""
    settings: Settings = request.app.state.settings
    expected = settings.receipts_secret.get_secret_value() if settings.receipts_secret else ""
    given = secret or x_receipts_secret
    if not expected or not hmac.compare_digest(given.encode(), expected.encode()):
        raise _unproven()


Proven = Depends(require_secret, scope="function")


@router.get("/receipts/sms", response_model=ReceiptsTaken, dependencies=[Proven])
async def take_sms_receipt_by_get(request: Request, _provider: Provider, uow: Uow) -> ReceiptsTaken:
    """The SMS provider's callback as it makes it: a GET that tells what became of a message."""
    return await _take(uow, "sms", read_callback(dict(request.query_params)))


@router.post("/receipts/sms", response_model=ReceiptsTaken, dependencies=[Proven])
async def take_sms_receipt(request: Request, _provider: Provider, uow: Uow) -> ReceiptsTaken:
    """The same as a POST, with the values as a JSON object."""
    values = {name: str(value) for name, value in (await _object(request)).items()}
    return await _take(uow, "sms", read_callback(values))


@router.post("/receipts/zns", response_model=ReceiptsTaken)
async def take_zns_event(
    request: Request,
    _provider: Provider,
    uow: Uow,
    x_zevent_signature: Annotated[str, Header(max_length=200)] = "",
) -> ReceiptsTaken:
    """An event of Zalo, signed by it: which notice reached its phone. Events of other kinds are taken and pass."""
    settings: Settings = request.app.state.settings
    secret = settings.zns_events_secret.get_secret_value()
    if not secret or not is_signed(await request.body(), settings.zns_app_id, secret, x_zevent_signature):
        raise _unproven()
    return await _take(uow, "zns", read_event(await _object(request)))


@router.post("/receipts/email", response_model=ReceiptsTaken, dependencies=[Proven])
async def take_bounce(request: Request, _provider: Provider, uow: Uow) -> ReceiptsTaken:
    """A mail that came to the bounce address, whole (message/rfc822), as the mail server pipes it here."""
    return await _take(uow, "email", read_bounce(await request.body()))


@router.post("/receipts/eoffice", response_model=ReceiptsTaken, dependencies=[Proven])
async def take_eoffice_statuses(request: Request, _provider: Provider, uow: Uow) -> ReceiptsTaken:
    """What the e-office says of documents: `statuses`, each with reference, status, at, and what came with it."""
    said = read_statuses((await _object(request)).get("statuses"))
    return ReceiptsTaken(known=await take_statuses(uow, said))


async def _take(uow: Uow, channel: str, receipts: list[Receipt]) -> ReceiptsTaken:
    return ReceiptsTaken(known=await take_receipts(uow, channel, receipts))


async def _object(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise _not_understood() from error
    if not isinstance(body, dict):
        raise _not_understood()
    return body


def _not_understood() -> BadRequest:
    return BadRequest("Nội dung phải là một đối tượng JSON.", "The body must be a JSON object.")


def _unproven() -> Unauthenticated:
    return Unauthenticated("Sai mã bí mật hoặc chữ ký.", "The secret or the signature is wrong.", code="unproven")
