"""What routes are given: the unit of work, and the once-only runner of POSTs."""

from typing import Annotated

from fastapi import Depends, Request

from notifier.domain.outward_addresses import ClosedAddress
from notifier.integrations.outward_http import OutwardHttp, Unreachable
from notifier.integrations.seals import Seal
from notifier.integrations.units import UnitDirectory
from notifier.persistence.unit_of_work import NotifierUow
from shared.errors import Conflict, Fault, Invalid, Text
from shared.http.deps import uow_opener
from shared.http.idempotency import IdempotencyKey, Once

Uow = Annotated[NotifierUow, Depends(uow_opener(NotifierUow), scope="function")]


def run_once(request: Request, uow: Uow, key: IdempotencyKey = None) -> Once:
    """Runs the route's act once per Idempotency-Key."""
    return Once(request, uow, key)


OnceOnly = Annotated[Once, Depends(run_once, scope="function")]


def units_of(request: Request) -> UnitDirectory:
    """The directory of units that this process asks."""
    directory: UnitDirectory = request.app.state.units
    return directory


def seal_of(request: Request) -> Seal:
    """What seals secrets. Raises Conflict where the settings hold no key for it."""
    seal: Seal | None = request.app.state.seal
    if seal is None:
        raise Conflict(
            "Hệ thống chưa có khóa để giữ bí mật của bên nhận (NOTIFIER_TOKEN_KEY).",
            "This system has no key to keep secrets with (NOTIFIER_TOKEN_KEY).",
            state="not-offered",
            allowed=[],
        )
    return seal


async def check_address(request: Request, url: str, field: str = "url") -> None:
    """Refuse an address that may not be called, by its text or by where its name leads now. Raises Invalid.

    Ask before the transaction's first statement: names are looked up with no connection to the database held.
    """
    outward: OutwardHttp = request.app.state.outward
    try:
        await outward.check(url)
    except (ClosedAddress, Unreachable) as error:
        code = error.code if isinstance(error, ClosedAddress) else "unknown_name"
        raise Invalid(faults=[Fault(field, code, _WHY[code])]) from error


_WHY = {
    "malformed": Text("Địa chỉ viết chưa đúng", "This is not an address that can be called"),
    "scheme": Text("Chỉ nhận địa chỉ https://", "Only https:// is called"),
    "credentials": Text("Địa chỉ không được chứa tên, mật khẩu", "An address must not hold a user or password"),
    "port": Text("Chỉ gọi cổng 443 và 8443", "Only ports 443 and 8443 are called"),
    "network": Text("Địa chỉ nằm trong mạng nội bộ", "The address lies in a network not open to the internet"),
    "unknown_name": Text("Không tìm thấy tên máy này", "There is no such name"),
}
