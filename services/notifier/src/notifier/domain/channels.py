"""Channels a notice can take (data/channels.json)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FORMS = frozenset({"mail", "sms", "zns", "push", "event", "document"})
"""Kinds of words: a long text with a subject, a short unsigned text, parameters of an approved template, a title;
none, for systems that are told of events; the draft of an official letter."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach a person. One that does not send is there the moment its notice is written."""

    code: str
    form: str
    sends: bool
    name_vi: str
    name_en: str
    price: int
    """Đồng for each segment or notice."""
    guard_seconds: int
    """For so long the provider refuses a second message with the same reference; 0: it does not."""
    delivered_within_seconds: int | None
    """Not known to be delivered by then: the next channel of the chain is asked too."""
    approval_days: int
    """Days its provider takes to approve a template; 0: none must."""


def read_channels(document: Mapping[str, Any]) -> tuple[Channel, ...]:
    """The channels of a document. Raises KeyError or ValueError when it is not one."""
    if document["schema"] != "ocop-channels/1":
        raise ValueError(f"not a channels document: {document['schema']}")
    channels = tuple(
        Channel(
            entry["code"],
            entry["form"],
            entry["sends"],
            entry["vi"],
            entry["en"],
            price=entry.get("price", 0),
            guard_seconds=entry.get("guard_seconds", 0),
            delivered_within_seconds=entry.get("delivered_within_seconds"),
            approval_days=entry.get("approval_days", 0),
        )
        for entry in document["channels"]
    )
    if unknown := {channel.form for channel in channels} - FORMS:
        raise ValueError(f"no such form of words: {sorted(unknown)}")
    return channels
