"""What the notifier knows, as the province's secretary reads it over the API."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from deploy.demo.api import Api, wait_for

NOTIFIER = "/api/notifier/v1"
SECRETARY = "province-secretary"
LEAVES = frozenset({"sent", "delivered", "unknown"})
"""States of a notice that left, as far as anybody can know: of `unknown` only the confirmation is missing."""
SETTLING = 150.0
"""Seconds to wait for the notifier: what a killed worker was sending is called `unknown` after a minute."""
_VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty of a unit: what, by when, and when it was done (None: not yet)."""

    id: str
    code: str
    title: str
    period: str
    unit_code: str
    unit_name: str
    due_on: date
    met_at: datetime | None
    state: str

    def open_at(self, instant: datetime) -> bool:
        """Whether it was still owed then."""
        return self.met_at is None or self.met_at > instant


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice that left, to one person by one channel."""

    id: str
    duty_id: str | None
    kind: str
    step: int
    unit_code: str
    person_id: str
    person: str
    channel: str
    state: str
    due_on: date
    made_at: datetime
    read_at: datetime | None

    @property
    def day(self) -> date:
        """The day it was made, in Vietnam."""
        return self.made_at.astimezone(_VIETNAM).date()


def settle(api: Api) -> dict[str, Any]:
    """Wait until everything due now was handled; the counts by state."""
    secretary = api.person(SECRETARY)

    def settled() -> dict[str, Any] | None:
        summary: dict[str, Any] = secretary.get(f"{NOTIFIER}/summary")
        return summary if summary["unsettled"] == 0 else None

    return wait_for("the notifier to settle", settled, SETTLING)


def duties(api: Api, **narrow: Any) -> list[Duty]:
    """Duties of units with a deadline, by due date."""
    items = api.person(SECRETARY).all(f"{NOTIFIER}/obligations", **narrow)
    return [_duty(item) for item in items if item["person_id"] is None and item["producer_id"] is None]


def wait_met(api: Api, count: int, **narrow: Any) -> None:
    """Wait until so many units' duties are met: what districts do arrives by event."""

    def met() -> bool:
        return sum(duty.state == "met" for duty in duties(api, **narrow)) >= count

    wait_for(f"{count} duties {narrow} to be met", met)


def notices(api: Api, since: date | None = None) -> list[Notice]:
    """Every notice that left, oldest first; those made from a day on, where one is given."""
    found: list[Notice] = []
    for item in api.person(SECRETARY).each(f"{NOTIFIER}/notices"):
        notice = _notice(item)
        if since is not None and notice.day < since:
            break  # they come newest first
        if notice.state in LEAVES:
            found.append(notice)
    return found[::-1]


def channels_of(told: Iterable[Notice]) -> str:
    """The channels of some notices, in words."""
    words = {"email": "thư điện tử", "inbox": "tin trong ứng dụng", "sms": "SMS", "zns": "Zalo"}
    used = {notice.channel for notice in told}
    return ", ".join(word for channel, word in words.items() if channel in used)


def step_words(step: int) -> str:
    """A reminder's step before or after its deadline, in words."""
    if step == 0:
        return "ngày đến hạn"
    return f"trước hạn {-step} ngày" if step < 0 else f"quá hạn {step} ngày"


def _duty(item: dict[str, Any]) -> Duty:
    met_at = item["met_at"]
    return Duty(
        **{name: item[name] for name in ("id", "code", "title", "period", "unit_code", "state")},
        unit_name=item["unit_name"] or item["unit_code"],
        due_on=date.fromisoformat(item["due_on"] or "9999-12-31"),
        met_at=datetime.fromisoformat(met_at) if met_at else None,
    )


def _notice(item: dict[str, Any]) -> Notice:
    return Notice(
        **{name: item[name] for name in ("id", "kind", "step", "unit_code", "person_id", "channel", "state")},
        duty_id=item["obligation_id"],
        person=item["recipient_name"],
        due_on=date.fromisoformat(item["due_on"]),
        made_at=datetime.fromisoformat(item["made_at"]),
        read_at=datetime.fromisoformat(item["read_at"]) if item["read_at"] else None,
    )
