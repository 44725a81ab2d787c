"""Devices on which the caller wants notices pushed (Push API of browsers)."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import Request, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from notifier.api.deps import OnceOnly, Uow, check_address
from notifier.domain.push import AUTH_BYTES, P256DH_BYTES, decode
from notifier.integrations.push_encryption import Vapid, point_of
from notifier.persistence.push_devices import OwnDevice
from notifier.use_cases.push_devices import add_device, remove_device
from shared.auth.actors import Actor
from shared.errors import NotFound
from shared.http.access import signed_in
from shared.http.app import service_router
from shared.http.etags import answer

router = service_router("notifier", tags=["push devices"])
Base64 = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+$", max_length=200)]


def _point(text: str) -> str:
    if len(key := decode(text)) != P256DH_BYTES:
        raise ValueError(f"must be {P256DH_BYTES} bytes, an uncompressed point")
    point_of(key)
    return text


def _secret(text: str) -> str:
    if len(decode(text)) != AUTH_BYTES:
        raise ValueError(f"must be {AUTH_BYTES} bytes")
    return text


class PushKeys(BaseModel):
    """The device's keys (RFC 8291), in URL-safe base64."""

    model_config = ConfigDict(extra="forbid")

    p256dh: Annotated[Base64, AfterValidator(_point)]
    auth: Annotated[Base64, AfterValidator(_secret)]


class PushDeviceDraft(BaseModel):
    """What `PushSubscription.toJSON()` gives in the browser, and a name for the device."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    endpoint: Annotated[str, Field(min_length=9, max_length=500)]
    keys: PushKeys
    expiration_time: Annotated[float | None, Field(alias="expirationTime")] = None
    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)] | None = None


class PushDeviceRead(BaseModel):
    """A device. `dead_at`: its push service said that the subscription is no more; subscribe again."""

    id: UUID
    label: str | None
    created_at: datetime
    last_sent_at: datetime | None
    dead_at: datetime | None

    @classmethod
    def of(cls, device: OwnDevice) -> Self:
        """The device as the API shows it; its address is a secret of its owner's browser."""
        return cls(**{name: getattr(device, name) for name in cls.model_fields})


class PushDeviceList(BaseModel):
    """The caller's devices, oldest first."""

    items: list[PushDeviceRead]


class PushKey(BaseModel):
    """What a browser subscribes with."""

    application_server_key: str


@router.get("/push-key", response_model=PushKey)
async def read_push_key(request: Request, _actor: Annotated[Actor, signed_in()]) -> Response:
    """The key for `PushManager.subscribe`; 404 where this system pushes nothing."""
    vapid: Vapid | None = request.app.state.vapid
    if vapid is None:
        raise NotFound("Hệ thống chưa bật thông báo đẩy.", "This system pushes nothing to devices.")
    return answer(request, PushKey(application_server_key=vapid.public))


@router.post("/push-devices", status_code=201, response_model=PushDeviceRead)
async def add_push_device(
    request: Request, draft: PushDeviceDraft, actor: Annotated[Actor, signed_in()], uow: Uow, once: OnceOnly
) -> Response:
    """Push the caller's notices to this device too, where a policy uses web push."""
    await check_address(request, draft.endpoint, "endpoint")
    keys = draft.keys

    async def act() -> PushDeviceRead:
        made = await add_device(
            uow, actor, endpoint=draft.endpoint, p256dh=keys.p256dh, auth=keys.auth, label=draft.label
        )
        return PushDeviceRead.of(made)

    return await once(act)


@router.get("/push-devices", response_model=PushDeviceList)
async def list_push_devices(request: Request, actor: Annotated[Actor, signed_in()], uow: Uow) -> Response:
    """The caller's devices."""
    rows = await uow.push_devices.of(actor.person_id)
    return answer(request, PushDeviceList(items=[PushDeviceRead.of(row) for row in rows]))


@router.post("/push-devices/{device_id}/removal", status_code=201, response_model=PushDeviceList)
async def remove_push_device(
    device_id: UUID, actor: Annotated[Actor, signed_in()], uow: Uow, once: OnceOnly
) -> Response:
    """Push nothing to a device any more; the answer lists the others."""

    async def act() -> PushDeviceList:
        rows = await remove_device(uow, actor, device_id)
        return PushDeviceList(items=[PushDeviceRead.of(row) for row in rows])

    return await once(act)
