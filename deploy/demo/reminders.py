"""The deadline of the districts' evaluation: only who is not done is reminded, who stays silent is named."""

from datetime import date

from deploy.demo.api import Api, DemoFailedError
from deploy.demo.cast import SILENT
from deploy.demo.notifier import NOTIFIER, SECRETARY, Duty, Notice, channels_of, duties, notices, settle, step_words
from deploy.demo.preparation import REGISTRY
from deploy.demo.report import Report, day_words

EVALUATION = "district_evaluation"
READ = 3
"""How many notices the secretary of a silent unit reads."""


def pass_day(api: Api, on: str) -> None:
    """Let a morning come on which somebody may have to be reminded, and everything be sent."""
    api.move_clock(f"{on}T08:30:00+07:00")
    settle(api)


def remind(api: Api, report: Report, on: str) -> None:
    """A morning on which districts are reminded of their evaluation: all that are not done, and no other."""
    pass_day(api, on)
    evaluations = _evaluations(api)
    told = [one for one in _told(api, evaluations, on) if one.kind == "reminder"]
    if not told:
        raise DemoFailedError(f"nobody was reminded of the evaluation on {on}")
    owing = {duty.unit_code for duty in evaluations.values() if duty.open_at(told[0].made_at)}
    if {one.unit_code for one in told} != owing:
        raise DemoFailedError(f"{on}: {sorted(owing)} owe their evaluation, others were reminded: {told}")
    report.line(
        f"{day_words(date.fromisoformat(on))}, {step_words(told[0].step)}: nhắc {len(owing)} đơn vị chưa xong qua "
        f"{channels_of(told)}; {len(evaluations) - len(owing)} đơn vị đã xong không bị nhắc."
    )


def name_silent(api: Api, report: Report, on: str) -> None:
    """The morning after the deadline: the units that sent nothing are named, to the superior too."""
    pass_day(api, on)
    secretary = api.person(SECRETARY)
    silences = secretary.get(f"{NOTIFIER}/silences", code=EVALUATION, year=2023)["items"]
    if sorted(item["unit_code"] for item in silences) != sorted(SILENT):
        raise DemoFailedError(f"the silent units are {SILENT}, named were {silences}")
    reports = [one for one in notices(api, date.fromisoformat(on)) if one.kind == "silence"]
    province = str(secretary.id())
    if province not in {one.person_id for one in reports}:
        raise DemoFailedError("the province was not told who is silent")
    names, asked = ", ".join(item["unit_name"] for item in silences), len(_evaluations(api))
    report.line(
        f"{day_words(date.fromisoformat(on))}: hết hạn, {len(silences)} trong {asked} đơn vị không gửi gì: {names}. "
        f"Đã báo cấp tỉnh qua {channels_of(reports)}."
    )


def escalate(api: Api, report: Report, on: str) -> None:
    """A morning after the deadline: the silent units are told again, and their superior with them."""
    pass_day(api, on)
    told = _told(api, _evaluations(api), on)
    upward = [one for one in told if one.kind == "escalation"]
    again = {one.unit_code for one in told if one.kind == "reminder"}
    if again != set(SILENT) or {one.unit_code for one in upward} != set(SILENT):
        raise DemoFailedError(f"on {on} the silent units and their superior must be told: {told}")
    if {one.person_id for one in upward} != {str(api.person(SECRETARY).id())}:
        raise DemoFailedError(f"on {on} others than the province's secretary were told: {upward}")
    report.line(
        f"{day_words(date.fromisoformat(on))}, {step_words(told[0].step)}: nhắc lại {len(again)} đơn vị, đồng thời báo "
        f"cấp trên là {upward[0].person} (thư ký cấp tỉnh) qua {channels_of(upward)}."
    )


def read_inbox(api: Api, report: Report) -> None:
    """The secretary of a silent unit opens the inbox at last; the province sees what was read and what was not."""
    unit = SILENT[-1]
    reader = api.person(f"district-{unit}-secretary")
    box = reader.get(f"{NOTIFIER}/inbox", limit=100)
    for item in box["items"][:READ]:
        reader.post(f"{NOTIFIER}/inbox/{item['id']}/reading")
    theirs = [one for one in notices(api) if one.channel == "inbox" and one.person_id == str(reader.id())]
    seen = [one for one in theirs if one.read_at is not None]
    if len(seen) != READ or not theirs:
        raise DemoFailedError(f"{READ} notices were read, the province sees {len(seen)}")
    name = api.get(f"{REGISTRY}/units/{unit}", on="2023-07-31")["full_name"]
    report.line(
        f"Biên nhận: {seen[0].person}, {name}, có {len(theirs)} tin trong ứng dụng; cấp tỉnh thấy {len(seen)} tin đã "
        f"đọc, {len(theirs) - len(seen)} tin chưa đọc."
    )


def _evaluations(api: Api) -> dict[str, Duty]:
    return {duty.id: duty for duty in duties(api, code=EVALUATION, year=2023)}


def _told(api: Api, evaluations: dict[str, Duty], on: str) -> list[Notice]:
    return [one for one in notices(api, date.fromisoformat(on)) if one.duty_id in evaluations]
