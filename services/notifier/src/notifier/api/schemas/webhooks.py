"""Webhooks on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from notifier.domain.webhooks import PING, WebhookKind
from notifier.persistence.tables.webhooks import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from notifier.persistence.webhooks import webhook_rules

EndpointState = Literal["active", "paused", "disabled", "removed"]
DeliveryState = Literal["waiting", "sending", "delivered", "failed", "cancelled"]
UnitCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,5}$")]


def _offered(kind: str) -> str:
    if kind == PING or kind not in webhook_rules().kinds:
        raise ValueError("no such kind; see GET /webhook-kinds")
    return kind


KindCode = Annotated[str, AfterValidator(_offered)]


class WebhookDraft(BaseModel):
    """A system that is to be told: where, of what, and of which units (none: of all in the province)."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=100)]
    url: Annotated[str, Field(min_length=9, max_length=500, examples=["https://system.example.vn/ocop"])]
    """https only, an open address of the internet, port 443 or 8443, without user or password."""
    kinds: Annotated[list[KindCode], Field(min_length=1, max_length=50)]
    units: Annotated[list[UnitCode], Field(min_length=1, max_length=300)] | None = None
    """Codes of units: it is told of an event that names one of them, or one that lies within one of them on the day.

    Nothing else of the event is told.
    """


class PauseWebhook(BaseModel):
    """Why nothing is sent for a while."""

    model_config = ConfigDict(extra="forbid")

    because: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=500)]


class WebhookRead(BaseModel):
    """A registered system. Its secret is not shown again."""

    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    owner_id: UUID
    owner_name: str
    name: str
    url: str
    kinds: list[str]
    units: list[str] | None
    state: EndpointState
    because: str | None
    """Why it is paused or was switched off."""
    failures: int
    """Tries in a row that failed."""
    failing_since: datetime | None
    last_success_at: datetime | None
    old_secret_until: datetime | None
    """Until then messages carry the signature of the former secret too."""

    @classmethod
    def of(cls, row: WebhookEndpoint) -> Self:
        """The row as the API shows it."""
        return cls(**{name: getattr(row, name) for name in WebhookRead.model_fields})


class WebhookSecret(WebhookRead):
    """With its secret, this once: `whsec_` and the key in base64 (standardwebhooks.com).

    It is stored nowhere in the clear, so a repeated request under the same key is answered without it: change it then.
    """

    shown_once: ClassVar[frozenset[str]] = frozenset({"secret"})
    secret: str | None = None

    @classmethod
    def made(cls, row: WebhookEndpoint, secret: str) -> Self:
        """A new or changed secret."""
        return cls(**WebhookRead.of(row).model_dump(), secret=secret)


class KindRead(BaseModel):
    """A kind of message and the fields of its `data`."""

    code: str
    name_vi: str
    name_en: str
    fields: list[str]

    @classmethod
    def of(cls, kind: WebhookKind) -> Self:
        """As the data says."""
        fields = [*kind.ids, *kind.units, *(["link"] if kind.link else [])]
        return cls(code=kind.code, name_vi=kind.name_vi, name_en=kind.name_en, fields=fields)


class KindList(BaseModel):
    """What systems can be told."""

    items: list[KindRead]


class AttemptRead(BaseModel):
    """One try: the status that was answered, or what went wrong."""

    attempt: int
    began_at: datetime
    milliseconds: int
    status: int | None
    error: str | None


class DeliveryRead(BaseModel):
    """One message to one system, and its tries. `message_id` is the webhook-id that it saw."""

    id: UUID
    message_id: str
    endpoint_id: UUID
    kind: str
    payload: dict[str, Any]
    state: DeliveryState
    reason: str | None
    redeliveries: int
    created_at: datetime
    next_try_at: datetime
    """Real time; of meaning while it waits."""
    give_up_at: datetime
    ended_at: datetime | None
    attempts: list[AttemptRead]

    @classmethod
    def of(cls, row: WebhookDelivery, attempts: Sequence[WebhookAttempt]) -> Self:
        """The rows as the API shows them."""
        shown = {name: getattr(row, name) for name in cls.model_fields if name not in {"attempts", "message_id"}}
        tries = [AttemptRead(**{n: getattr(one, n) for n in AttemptRead.model_fields}) for one in attempts]
        return cls(**shown, message_id=f"msg_{row.id.hex}", attempts=tries)
