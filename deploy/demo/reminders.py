"""What the notifier did: who was reminded, who was silent."""

from typing import Any

from deploy.demo.api import Api, wait_for
from deploy.demo.report import Report

NOTIFIER = "/api/notifier/v1"


def settle(api: Api) -> dict[str, Any]:
    """Wait until everything due now was handled."""
    secretary = api.person("province-secretary")

    def settled() -> dict[str, Any] | None:
        summary: dict[str, Any] = secretary.get(f"{NOTIFIER}/summary")
        return summary if summary["unsettled"] == 0 else None

    return wait_for("the notifier to settle", settled)


def remind(api: Api, report: Report, instant: str, meaning: str) -> None:
    """Move to a reminder's instant and say how many districts still owe their evaluation and were told."""
    api.move_clock(instant)
    before = _notices(api)
    summary = settle(api)
    after = _notices(api)
    owing = [o for o in _evaluations(api) if o["state"] in {"open", "missed"}]
    report.line(
        f"{meaning}: {len(owing)} huyện chưa xong; {after - before} thông báo mới "
        f"(tổng {summary['notices_by_state'].get('sent', 0)} đã gửi)."
    )


def _evaluations(api: Api) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.person("province-secretary").get(
        f"{NOTIFIER}/obligations", code="district_evaluation", year=2023, limit=100
    )["items"]
    return found


def _notices(api: Api) -> int:
    summary = api.person("province-secretary").get(f"{NOTIFIER}/summary")
    return sum(summary["notices_by_state"].values())


def name_silent(api: Api, report: Report, instant: str) -> None:
    """The day after the deadline: the units that sent nothing are named, to the superior too."""
    api.move_clock(instant)
    settle(api)
    silences = api.person("province-secretary").get(f"{NOTIFIER}/silences", code="district_evaluation", year=2023)
    names = ", ".join(item["unit_name"] for item in silences["items"])
    report.line(f"Quá hạn, không gửi gì: {names}. Đã báo lên tỉnh.")
