"""Addresses of people on the wire."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from notifier.domain.contacts import masked
from notifier.persistence.tables.channels import Contact

ContactState = Literal["unverified", "verified", "dead"]
Label = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class ContactDraft(BaseModel):
    """An address for a channel: a mail address for `email`, a Vietnamese mobile number for `sms` and `zns`."""

    model_config = ConfigDict(extra="forbid")

    channel: str = Field(max_length=20)
    address: str = Field(min_length=1, max_length=254)
    label: Label | None = None


class ContactEdit(BaseModel):
    """What the person calls it, and whether it comes before the others of its channel (only ever set)."""

    model_config = ConfigDict(extra="forbid")

    label: Label | None = None
    primary: Literal[True] | None = None


class ContactProof(BaseModel):
    """The code that came to the address."""

    model_config = ConfigDict(extra="forbid")

    code: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[0-9]{4,10}$")]


class ContactStanding(BaseModel):
    """Whether a person can be reached on a channel, without where."""

    id: UUID
    version: int
    channel: str
    state: ContactState
    primary: bool
    created_at: datetime
    verified_at: datetime | None

    @classmethod
    def of(cls, row: Contact) -> Self:
        """The row as the API shows it."""
        return cls(**_standing(row))


class ContactRead(ContactStanding):
    """An address as its owner sees it after an act. In full only where it is listed: answers to acts are kept."""

    label: str | None
    shown: str
    """Enough to know which it is."""

    @classmethod
    def of(cls, row: Contact) -> Self:
        """The row as the API shows it."""
        return cls(**_standing(row), label=row.label, shown=masked(row.address))


class ContactInFull(ContactRead):
    """An address as its owner reads it."""

    address: str

    @classmethod
    def of(cls, row: Contact) -> Self:
        """The row as the API shows it."""
        return cls(**_standing(row), label=row.label, shown=masked(row.address), address=row.address)


class ContactList(BaseModel):
    """The caller's addresses, the first of each channel first. Notices go to the first that is `verified`; to the next
    when that is dead; to `office_mail` where no mail address of the caller's own can be used."""

    items: list[ContactInFull]
    office_mail: Sequence[str]
    """What the caller's appointments give; the office vouches for it."""


class ContactStandings(BaseModel):
    """Whether and how a person can be reached."""

    items: list[ContactStanding]
    office_mail: bool
    """Whether an appointment gives a mail address."""


def _standing(row: Contact) -> dict[str, object]:
    state = "dead" if row.dead_at else "verified" if row.verified_at else "unverified"
    names = ("id", "version", "channel", "created_at", "verified_at")
    return {name: getattr(row, name) for name in names} | {"state": state, "primary": row.is_primary}
