"""Choices of people on the wire."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from notifier.use_cases.choose_preferences import Preferences

Language = Literal["vi", "en"]
Word = Annotated[str, StringConstraints(min_length=1, max_length=60)]


class OptOutDraft(BaseModel):
    """A topic that is declined on a channel that sends."""

    model_config = ConfigDict(extra="forbid")

    topic: Word
    channel: Word


class PreferencesDraft(BaseModel):
    """All choices at once: what is not listed is not declined."""

    model_config = ConfigDict(extra="forbid")

    language: Language
    opt_outs: list[OptOutDraft] = Field(max_length=100)


class OptOutRead(BaseModel):
    """Declined since when, by the preferences or by the link of a mail."""

    channel: str
    since: datetime
    by: Literal["preferences", "link"]


class TopicRead(BaseModel):
    """What is declined together. `because` and `law` say why it may or may not be; opt-outs of one that may not be have
    no effect."""

    code: str
    name: str
    name_en: str
    may_leave: bool
    because: str
    because_en: str
    law: str
    opt_outs: list[OptOutRead]


class ChannelName(BaseModel):
    """A channel that can be declined; `offered`: it has an account here."""

    code: str
    name: str
    name_en: str
    offered: bool


class PreferencesRead(BaseModel):
    """The caller's choices. Whatever is declined stays in the in-app inbox."""

    version: int
    language: Language
    topics: list[TopicRead]
    channels: list[ChannelName]

    @classmethod
    def of(cls, found: Preferences) -> Self:
        """The choices as the API shows them."""
        topics = [
            {
                "code": topic.code,
                "name": topic.name_vi,
                "name_en": topic.name_en,
                "may_leave": topic.may_leave,
                "because": topic.because_vi,
                "because_en": topic.because_en,
                "law": topic.law,
                "opt_outs": [
                    {"channel": one.channel, "since": one.since, "by": one.by}
                    for one in found.opt_outs
                    if one.topic == topic.code
                ],
            }
            for topic in found.topics
        ]
        channels = [
            {"code": one.code, "name": one.name_vi, "name_en": one.name_en, "offered": one.offered}
            for one in found.channels
        ]
        return cls.model_validate(
            {"version": found.version, "language": found.language, "topics": topics, "channels": channels}
        )
