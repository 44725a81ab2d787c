"""Channels, their queues and costs on the wire."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class ChannelState(BaseModel):
    """How a channel does. `offered`: a worker has an account with its provider. `price`: đồng a segment or notice.

    Of the channel `webhook`, messages to systems of others are counted.
    """

    code: str
    form: str
    name_vi: str
    name_en: str
    offered: bool
    paused_at: datetime | None
    paused_because: str | None
    price: int
    waiting: int
    oldest_waiting_seconds: int | None
    """Age of the oldest notice that could be sent now."""
    sending: int
    to_look_into: int
    """Notices of which nobody can say whether they left: a person must ask the provider or the recipient."""
    made_last_hour: int
    taken_last_hour: int
    """What its provider took."""


class ReasonCount(BaseModel):
    """So many notices, or messages to systems (channel `webhook`), that were not delivered, for one reason."""

    channel: str
    state: str
    reason: str | None
    notices: int


class UnitCost(BaseModel):
    """What the notices of a unit's duties cost on one channel, in đồng."""

    channel: str
    unit_code: str
    notices: int
    segments: int
    cost: int


class TestModeState(BaseModel):
    """Whether only listed people are reached."""

    enabled: bool
    people: list[UUID] = Field(max_length=200)


class OperationRead(BaseModel):
    """How sending does: queues now, failures and costs of the last days."""

    channels: list[ChannelState]
    failures: list[ReasonCount]
    costs: list[UnitCost]
    test_mode: TestModeState


class ChannelRead(BaseModel):
    """Whether a channel is paused, and why."""

    code: str
    paused_at: datetime | None
    paused_because: str | None


class PauseDraft(BaseModel):
    """Why a channel is paused."""

    because: str = Field(min_length=3, max_length=500)


class ReplayDraft(BaseModel):
    """Which failed notices get a new life: of one channel, for one reason or any, the oldest first."""

    channel: str = Field(max_length=40)
    reason: str | None = Field(None, max_length=40)
    limit: int = Field(100, ge=1, le=500)


class ReplayResult(BaseModel):
    """How many notices wait again."""

    replayed: int


class ReceiptsTaken(BaseModel):
    """How many of the receipts speak of notices of this channel."""

    known: int
