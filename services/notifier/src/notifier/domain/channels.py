"""Channels a notice can take (data/channels.json)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FORMS = frozenset({"mail", "sms", "zns", "push"})
"""Kinds of words: a long text with a subject, a short unsigned text, parameters of an approved template, a title."""


@dataclass(frozen=True, slots=True)
class Channel:
    """One way to reach a person. One that does not send is there the moment its notice is written."""

    code: str
    form: str
    sends: bool
    name_vi: str
    name_en: str


def read_channels(document: Mapping[str, Any]) -> tuple[Channel, ...]:
    """The channels of a document. Raises KeyError or ValueError when it is not one."""
    if document["schema"] != "ocop-channels/1":
        raise ValueError(f"not a channels document: {document['schema']}")
    channels = tuple(
        Channel(entry["code"], entry["form"], entry["sends"], entry["vi"], entry["en"])
        for entry in document["channels"]
    )
    if unknown := {channel.form for channel in channels} - FORMS:
        raise ValueError(f"no such form of words: {sorted(unknown)}")
    return channels
