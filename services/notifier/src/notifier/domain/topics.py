"""What a person may decline, and what not (data/notice-topics.json)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Topic:
    """Notices that are declined together, or not at all. `members` are (kind, code of the duty or `*`)."""

    code: str
    vi: str
    en: str
    may_leave: bool
    because_vi: str
    because_en: str
    law: str
    members: tuple[tuple[str, str], ...]


def read_declinable(document: Mapping[str, Any]) -> frozenset[str]:
    """Channels that can be declined at all. Raises KeyError when it is no topics document."""
    return frozenset(document["channels"])


def read_topics(document: Mapping[str, Any]) -> tuple[Topic, ...]:
    """The topics of a document. Raises KeyError or ValueError when it is not one, or two topics hold one notice."""
    if document["schema"] != "ocop-notice-topics/1":
        raise ValueError(f"not a topics document: {document['schema']}")
    topics = tuple(
        Topic(
            code=entry["code"],
            vi=entry["vi"],
            en=entry["en"],
            may_leave=entry["may_leave"],
            because_vi=entry["because"]["vi"],
            because_en=entry["because"]["en"],
            law=entry["law"],
            members=tuple(_members(entry["notices"])),
        )
        for entry in document["topics"]
    )
    held = [member for topic in topics for member in topic.members]
    if twice := {member for member in held if held.count(member) > 1}:
        raise ValueError(f"held by two topics: {sorted(twice)}")
    return topics


def _members(notices: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    for notice in notices:
        for duty in notice["duties"]:
            yield notice["kind"], duty
