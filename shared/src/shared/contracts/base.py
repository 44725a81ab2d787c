"""Base of all wire models."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Wire(BaseModel):
    """A model that crosses a process boundary: immutable, unknown fields refused, names in snake_case."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Event(Wire):
    """Something that happened. Named in the past tense; read by the services in `subscribers`.

    Receivers must accept fields they do not know, so that a publisher may be newer than its subscribers.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    type: ClassVar[str]
    subscribers: ClassVar[tuple[str, ...]]
