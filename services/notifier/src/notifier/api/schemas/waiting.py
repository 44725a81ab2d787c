"""What waits for the caller, on the wire."""

from datetime import date, datetime
from functools import cache
from typing import Any, Self

from pydantic import BaseModel
from sqlalchemy import Row

from notifier.api.schemas.obligations import DutyRead, Progress
from notifier.data import read_json
from notifier.domain.links import FIELDS, LinkRule, link_to, read_link_rules
from notifier.persistence.waiting import WaitingDuty
from shared.http.pages import Page


class WorkProgress(Progress):
    """How far the work behind a unit's duty is, such as 7 of 12 dossiers decided; `what` names the things."""

    what: str
    what_en: str


class LinkRead(BaseModel):
    """Where the thing is: `api` at this origin in the service that owns it, `web` a path for frontends to follow."""

    service: str
    api: str
    web: str


class WaitingItem(DutyRead):
    """A duty of the caller. `days_left` counts to `due_on`, inclusive: 0 is today, negative is overdue."""

    days_left: int | None
    overdue: bool
    waiting: bool
    work: WorkProgress | None
    link: LinkRead
    updated_at: datetime

    @classmethod
    def of(cls, found: WaitingDuty, today: date) -> Self:
        """The duty as it stands on `today`."""
        row = found.row
        waiting = row.state in ("open", "missed")
        derived: dict[str, Any] = {
            "days_left": (row.due_on - today).days if row.due_on and waiting else None,
            "overdue": waiting and row.due_on is not None and row.due_on < today,
            "waiting": waiting,
            "progress": Progress(done=row.done, of=row.total),
            "work": found.work,
            "link": _link(row),
        }
        kept = {name: getattr(row, name) for name in cls.model_fields if name not in derived}
        return cls.model_validate(kept | derived)


class WaitingCount(BaseModel):
    """How many duties wait, how many of them are overdue, how many inbox items are unread (1000: or more)."""

    waiting: int
    overdue: int
    unread: int

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """The counts as the repository reads them."""
        return cls(waiting=row.waiting, overdue=row.overdue, unread=row.unread)


class WaitingPage(Page[WaitingItem]):
    """A page of what waits, with the counts of the badge."""

    count: WaitingCount


@cache
def link_rules() -> tuple[LinkRule, ...]:
    """The shipped links."""
    return read_link_rules(read_json("links.json"))


def _link(row: Any) -> dict[str, str]:
    """The link of a duty as JSON."""
    link = link_to(link_rules(), row.fulfilled_by, {name: getattr(row, name) for name in FIELDS})
    return {"service": link.service, "api": link.api, "web": link.web}
