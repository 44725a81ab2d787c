"""Systems of others that are told of events: registered, tested, watched. For the province's secretary."""

from typing import Annotated
from uuid import UUID

from fastapi import Request, Response

from notifier.api.deps import OnceOnly, Uow, check_address, seal_of
from notifier.api.schemas.webhooks import (
    DeliveryRead,
    DeliveryState,
    KindList,
    KindRead,
    PauseWebhook,
    WebhookDraft,
    WebhookRead,
    WebhookSecret,
)
from notifier.domain.webhooks import PING
from notifier.persistence.webhooks import webhook_rules
from notifier.use_cases import tell_systems
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.http.access import allow
from shared.http.app import service_router
from shared.http.etags import IfMatch, answer
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("notifier", tags=["webhooks"])
Secretary = Annotated[Actor, allow(Role.PROVINCE_SECRETARY)]
Reader = Annotated[Actor, allow(Role.PROVINCE_SECRETARY, Role.AUDITOR)]


@router.get("/webhook-kinds", response_model=KindList)
async def list_webhook_kinds(request: Request, _actor: Reader) -> Response:
    """The kinds of messages that systems can subscribe to, and the fields of each."""
    kinds = [KindRead.of(kind) for kind in webhook_rules().kinds.values() if kind.code != PING]
    return answer(request, KindList(items=kinds))


@router.post("/webhooks", status_code=201, response_model=WebhookSecret)
async def register_webhook(
    request: Request, draft: WebhookDraft, actor: Secretary, uow: Uow, once: OnceOnly
) -> Response:
    """Register a system; the answer holds its secret, which is not shown again. Signed as standardwebhooks.com says."""
    seal = seal_of(request)
    await check_address(request, draft.url)

    async def act() -> WebhookSecret:
        row, secret = await tell_systems.register(uow, actor, seal.close, **draft.model_dump())
        return WebhookSecret.made(row, secret)

    return await once(act)


@router.get("/webhooks", response_model=Page[WebhookRead])
async def list_webhooks(request: Request, _actor: Reader, uow: Uow, page: PageQuery) -> Response:
    """Registered systems, oldest first."""
    rows, following = await uow.webhooks.page(page)
    return answer_page(request, Page(items=[WebhookRead.of(row) for row in rows], next=following))


@router.get("/webhooks/{endpoint_id}", response_model=WebhookRead)
async def read_webhook(request: Request, endpoint_id: UUID, _actor: Reader, uow: Uow) -> Response:
    """One registered system."""
    return answer(request, WebhookRead.of(await uow.webhooks.get(endpoint_id)))


@router.put("/webhooks/{endpoint_id}", response_model=WebhookRead)
async def change_webhook(
    request: Request, endpoint_id: UUID, draft: WebhookDraft, actor: Secretary, uow: Uow, version: IfMatch
) -> Response:
    """Change its name, address, kinds or units; the secret stays."""
    await check_address(request, draft.url)
    row = await tell_systems.change(uow, actor, endpoint_id, version, **draft.model_dump())
    return answer(request, WebhookRead.of(row), version=row.version)


@router.post("/webhooks/{endpoint_id}/pause", status_code=201, response_model=WebhookRead)
async def pause_webhook(endpoint_id: UUID, draft: PauseWebhook, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Send nothing until it is resumed; messages wait as long as they live."""

    async def act() -> WebhookRead:
        return WebhookRead.of(await tell_systems.pause(uow, actor, endpoint_id, draft.because))

    return await once(act)


@router.post("/webhooks/{endpoint_id}/resumption", status_code=201, response_model=WebhookRead)
async def resume_webhook(endpoint_id: UUID, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Send again to one that was paused, or switched off because nothing arrived."""

    async def act() -> WebhookRead:
        return WebhookRead.of(await tell_systems.resume(uow, actor, endpoint_id))

    return await once(act)


@router.post("/webhooks/{endpoint_id}/removal", status_code=201, response_model=WebhookRead)
async def remove_webhook(endpoint_id: UUID, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """End it for good: its secrets are forgotten, what waits is cancelled."""

    async def act() -> WebhookRead:
        return WebhookRead.of(await tell_systems.remove(uow, actor, endpoint_id))

    return await once(act)


@router.post("/webhooks/{endpoint_id}/secret-rotation", status_code=201, response_model=WebhookSecret)
async def rotate_webhook_secret(
    request: Request, endpoint_id: UUID, actor: Secretary, uow: Uow, once: OnceOnly
) -> Response:
    """A new secret; until `old_secret_until` messages carry both signatures."""
    seal = seal_of(request)

    async def act() -> WebhookSecret:
        return WebhookSecret.made(*await tell_systems.rotate(uow, actor, seal.close, endpoint_id))

    return await once(act)


@router.post("/webhooks/{endpoint_id}/ping", status_code=201, response_model=DeliveryRead)
async def ping_webhook(endpoint_id: UUID, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Send a test message; its delivery shows how it went."""

    async def act() -> DeliveryRead:
        return DeliveryRead.of(*await tell_systems.ping(uow, actor, endpoint_id))

    return await once(act)


@router.get("/webhooks/{endpoint_id}/deliveries", response_model=Page[DeliveryRead])
async def list_webhook_deliveries(
    request: Request,
    endpoint_id: UUID,
    _actor: Reader,
    uow: Uow,
    page: PageQuery,
    state: DeliveryState | None = None,
) -> Response:
    """What a system was told, newest first, with every try and its answer's status."""
    await uow.webhooks.get(endpoint_id)
    rows, following = await uow.webhooks.deliveries(endpoint_id, state, page)
    return answer_page(request, Page(items=[DeliveryRead.of(*row) for row in rows], next=following))


@router.get("/webhook-deliveries/{delivery_id}", response_model=DeliveryRead)
async def read_webhook_delivery(request: Request, delivery_id: UUID, _actor: Reader, uow: Uow) -> Response:
    """One message and its tries."""
    return answer(request, DeliveryRead.of(*await uow.webhooks.delivery(delivery_id)))


@router.post("/webhook-deliveries/{delivery_id}/redelivery", status_code=201, response_model=DeliveryRead)
async def redeliver_webhook(delivery_id: UUID, actor: Secretary, uow: Uow, once: OnceOnly) -> Response:
    """Send an ended message again, with the same webhook-id and a new life."""

    async def act() -> DeliveryRead:
        return DeliveryRead.of(*await tell_systems.redeliver(uow, actor, delivery_id))

    return await once(act)
