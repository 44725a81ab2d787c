"""The year's deadlines of the plan for all districts, as a calendar: who was reminded when and by what, who was not."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from deploy.demo.api import Api, DemoFailedError
from deploy.demo.cast import SILENT
from deploy.demo.notifier import Duty, Notice, channels_of, duties, notices, step_words
from deploy.demo.report import Report

PLAN = {
    "quarterly_review": "Họp",
    "periodic_report": "Báo cáo",
    "district_evaluation": "Đánh giá",
    "outlet_in_district": "Điểm bán",
}
"""Deadlines of the plan that each district has, and a short word for each."""
DISTRICTS = 18
QUARTERS = {"Q1": "I", "Q2": "II", "Q3": "III", "Q4": "IV"}
OUTSIDE = {"email", "sms", "zns"}
"""Policies tell each person once outside the application, by the first of these that works, and once inside it."""
WIDTH = 12


def show_calendar(api: Api, report: Report) -> None:
    """Print the calendar of the year, and fail when anybody was reminded who was done, or was not who was not."""
    owed = [duty for code in PLAN for duty in duties(api, code=code, year=2023) if len(duty.unit_code) == 3]
    by_id = {duty.id: duty for duty in owed}
    told = [one for one in notices(api) if one.duty_id in by_id]
    _check(owed, told, by_id)
    months = _by_month(told, by_id)
    for month, lines in months.items():
        report.text(f"Tháng {month[1]}/{month[0]}")
        for line in lines:
            report.text(f"  {line}")
    report.text("")
    _print_table(report, owed, told)
    reminders = sum(one.kind == "reminder" and one.channel == "email" for one in told)
    upward = sum(one.kind == "escalation" and one.channel == "email" for one in told)
    report.line(
        f"Cả năm: {len(owed)} nghĩa vụ của {DISTRICTS} đơn vị cấp huyện, {reminders} lần nhắc người phụ trách, "
        f"{upward} lần báo cấp trên; không đơn vị nào bị nhắc sau khi đã xong, không ai bị nhắc hai lần."
    )


def _by_month(told: Iterable[Notice], by_id: Mapping[str, Duty]) -> dict[tuple[int, int], list[str]]:
    """One line for each day, step and circle of units: what they were reminded of, whether their superior was told."""
    about: dict[tuple[date, int, str, str], list[Notice]] = defaultdict(list)
    for one in told:
        duty = by_id[one.duty_id or ""]
        about[(one.day, one.step, duty.code, duty.period)].append(one)
    alike: dict[tuple[date, int, str, str], list[str]] = defaultdict(list)
    for (day, step, code, period), some in sorted(about.items()):
        upward = "; báo cấp tỉnh" if any(one.kind == "escalation" for one in some) else ""
        for channels, units in _by_channels(some).items():
            names = [by_id[duty_id].unit_name for _, duty_id in units]
            whom = ", ".join(names) if len(names) <= len(SILENT) else f"{len(names)} đơn vị chưa xong"
            alike[(day, step, f"nhắc {whom}{upward}", channels)].append(_label(code, period))
    months: dict[tuple[int, int], list[str]] = defaultdict(list)
    for (day, step, says, channels), what in alike.items():
        line = f"{day:%d/%m}  {step_words(step):<18} {', '.join(what):<32} {says} ({channels})"
        months[(day.year, day.month)].append(line)
    return months


def _by_channels(told: Iterable[Notice]) -> dict[str, list[tuple[str, str]]]:
    """The units told of one deadline, as (code, duty), by the channels that reached them."""
    by_unit: dict[tuple[str, str], list[Notice]] = defaultdict(list)
    for one in told:
        by_unit[(one.unit_code, one.duty_id or "")].append(one)
    alike: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for unit, some in sorted(by_unit.items()):
        alike[channels_of(some)].append(unit)
    return alike


def _print_table(report: Report, owed: Sequence[Duty], told: Iterable[Notice]) -> None:
    """District by deadline: the day it was done, or that it was not, and after how many reminders."""
    times: dict[str, int] = defaultdict(int)
    for one in told:
        times[one.duty_id or ""] += one.kind == "reminder" and one.channel == "email"
    columns = sorted({(duty.due_on, duty.code, duty.period) for duty in owed})
    heads = {
        "Việc": [PLAN[code] for _, code, _ in columns],
        "Kỳ": [_quarter(period) or "năm" for _, _, period in columns],
        "Hạn": [f"{day:%d/%m}" for day, _, _ in columns],
    }
    cells = {(duty.unit_code, duty.due_on, duty.code, duty.period): duty for duty in owed}
    for head, words in heads.items():
        report.text(_row(head, words))
    for code, name in sorted({(duty.unit_code, duty.unit_name) for duty in owed}):
        report.text(_row(name, [_cell(cells[(code, *column)], times) for column in columns]))
    report.text("✓ ngày hoàn thành, ✗ không làm; trong ngoặc là số lần đã nhắc.")


def _row(head: str, cells: Iterable[str]) -> str:
    return f"{head:<18}{''.join(f'{cell:<{WIDTH}}' for cell in cells)}".rstrip()


def _cell(duty: Duty, times: Mapping[str, int]) -> str:
    done = "✗" if duty.met_at is None else f"✓ {duty.met_at.day}/{duty.met_at.month}"
    return f"{done} ({times[duty.id]})" if times.get(duty.id) else done


def _label(code: str, period: str) -> str:
    return f"{PLAN[code]} {_quarter(period)}".strip()


def _quarter(period: str) -> str:
    number = QUARTERS.get(period.rpartition("-")[2])
    return f"quý {number}" if number else ""


def _check(owed: Sequence[Duty], told: Sequence[Notice], by_id: Mapping[str, Duty]) -> None:
    """Raise DemoFailedError where the calendar is not as it must be."""
    units = {duty.unit_code for duty in owed}
    if len(units) != DISTRICTS:
        raise DemoFailedError(f"{DISTRICTS} districts have deadlines, not {len(units)}")
    done = [one for one in told if not by_id[one.duty_id or ""].open_at(one.made_at)]
    if done:
        raise DemoFailedError(f"reminded though done: {done[:3]}")
    ways: dict[tuple[str | None, str, int, str], list[str]] = defaultdict(list)
    for one in told:
        ways[(one.duty_id, one.kind, one.step, one.person_id)].append(one.channel)
    wrong = {key: used for key, used in ways.items() if len(used) != 2 or {*used} - OUTSIDE != {"inbox"}}
    if wrong:
        raise DemoFailedError(f"not told once outside and once inside: {list(wrong.items())[:3]}")
    missed = {duty.unit_code for duty in owed if duty.met_at is None}
    if missed != set(SILENT):
        raise DemoFailedError(f"units {sorted(missed)} have something undone, expected {SILENT}")
    for duty in owed:
        if duty.met_at is None and not any(one.duty_id == duty.id and one.kind == "escalation" for one in told):
            raise DemoFailedError(f"{duty.unit_name} was silent on {duty.title} and nobody above was told")
