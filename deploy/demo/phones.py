"""A reminder by SMS that its network never delivers goes on by Zalo: the province's policy, two numbers, receipts."""

import re
from datetime import date, datetime
from typing import Any

from deploy.demo.api import Api, DemoFailedError, Person, wait_for
from deploy.demo.cast import SILENT
from deploy.demo.letters import Mailbox
from deploy.demo.notifier import NOTIFIER, SECRETARY, SETTLING, Duty, duties
from deploy.demo.report import Report, day_words

REPORT = "periodic_report"
DUE_FROM = "2023-09-30"
"""The policy counts from the report of the third quarter on."""
NUMBERS = {"sms": "0900000000", "zns": "0900000001"}
"""The simulated network takes an SMS to the first and never delivers it (deploy/simulators); Zalo knows the second."""
FORMS = ("sms", "zns")
CHAINS = [["sms", "zns", "email"], ["inbox"]]
MOBILE = re.compile(r"(?:84|0)([0-9]{9})")


def prepare_phones(api: Api, report: Report) -> bool:
    """Words approved, a policy published, two numbers proved by codes; False where no providers are simulated."""
    box = Mailbox.of(api)
    if box is None:
        report.line("Hệ thống này không chạy nhà mạng mô phỏng: bỏ qua phần SMS, Zalo.")
        return False
    words = _approve_words(api)
    policy = _publish_policy(api)
    owner = api.person(f"district-{SILENT[-1]}-secretary")
    for channel, number in NUMBERS.items():
        _prove(box, owner, channel, number)
    report.line(
        f"Tỉnh công bố chính sách {policy} cho hạn từ {day_words(date.fromisoformat(DUE_FROM))}: ngày đến hạn báo cáo "
        f"quý nhắc bằng SMS, không tới máy thì Zalo, rồi thư ({words} mẫu tin đã được nhà cung cấp duyệt). "
        f"Một thư ký cấp huyện xác nhận {len(NUMBERS)} số điện thoại bằng mã."
    )
    return True


def follow_chain(api: Api, report: Report, on: str) -> None:
    """The reminder of that morning to the silent unit: not delivered by SMS, delivered by Zalo, once by each."""
    duty, told = await_chain(api, on)
    costs = {one["code"]: one["price"] for one in api.person(SECRETARY).get(f"{NOTIFIER}/operation")["channels"]}
    after = datetime.fromisoformat(told["zns"]["delivered_at"]) - datetime.fromisoformat(told["sms"]["made_at"])
    report.line(
        f"{day_words(duty.due_on)}: SMS nhắc {told['sms']['recipient_name']} ({duty.unit_name}) không tới máy, mạng "
        f"báo hỏng; {after.total_seconds():.0f} giây sau Zalo báo đã nhận. Mỗi nhà cung cấp giữ đúng 1 tin "
        f"({costs['sms']} đồng và {costs['zns']} đồng); đơn vị không có số điện thoại được nhắc bằng thư."
    )


def await_chain(api: Api, on: str) -> tuple[Duty, dict[str, dict[str, Any]]]:
    """Wait until the reminder of the report due that day went on from SMS to Zalo; the duty and its notices by channel.

    Raises DemoFailedError unless SMS failed, Zalo follows it, and each provider holds the reminder once.
    """
    unit, day = SILENT[-1], date.fromisoformat(on)
    (duty,) = [one for one in duties(api, code=REPORT, year=2023) if (one.unit_code, one.due_on) == (unit, day)]

    def handed_on() -> dict[str, dict[str, Any]] | None:
        notices = api.person(SECRETARY).each(f"{NOTIFIER}/notices", obligation_id=duty.id)
        by = {one["channel"]: one for one in notices if one["step"] == 0}
        return by if by.get("zns", {}).get("delivered_at") else None

    told = wait_for("the reminder to go on by Zalo", handed_on, SETTLING)
    if set(told) != {"sms", "zns", "inbox"} or told["sms"]["state"] != "failed":
        raise DemoFailedError(f"SMS must fail and Zalo follow, there are {told}")
    if told["zns"]["follows"] != told["sms"]["id"]:
        raise DemoFailedError(f"the notice by Zalo does not say which it follows: {told['zns']}")
    taken = {channel: _taken(api, told[channel]["id"], channel) for channel in FORMS}
    if taken != dict.fromkeys(FORMS, 1):
        raise DemoFailedError(f"each provider must hold this reminder once: {taken}")
    return duty, told


def _approve_words(api: Api) -> int:
    """Give drafts to their providers and note that they said yes; how many words are approved then."""
    secretary, approved = api.person(SECRETARY), 0
    for one in secretary.get(f"{NOTIFIER}/notice-templates")["items"]:
        if one["form"] not in FORMS:
            continue
        if one["state"] == "draft":
            path = f"{NOTIFIER}/notice-templates/{one['code']}/{one['form']}/{one['version']}"
            secretary.post(f"{path}/submission")
            number = f"demo-{one['code']}" if one["form"] == "zns" else None
            secretary.post(f"{path}/decision", {"approved": True, "provider_template": number})
        approved += one["state"] in {"draft", "approved"}
    return approved


def _publish_policy(api: Api) -> str:
    """The policy in force for every other duty, with SMS and Zalo on the day itself; its number."""
    secretary = api.person(SECRETARY)
    general = next(
        one for one in secretary.get(f"{NOTIFIER}/reminder-policies")["items"] if one["policy"]["code"] == "*"
    )
    policy = general["policy"] | {
        "id": "bao-cao-quy-sms",
        "code": REPORT,
        "source": "Thiết lập của tỉnh (minh họa): ngày đến hạn báo cáo nhắc bằng điện thoại",
    }
    for step in policy["steps"]:
        if step["step"] == 0:
            step["tell"] = [one | {"chains": CHAINS} for one in step["tell"]]
    drafted = secretary.post(f"{NOTIFIER}/reminder-policies", policy)
    secretary.post(f"{NOTIFIER}/reminder-policies/{drafted['id']}/publication", {"valid_from": DUE_FROM})
    return str(drafted["id"])


def _prove(box: Mailbox, owner: Person, channel: str, number: str) -> None:
    """Give a number and enter the code that came to it."""
    made = owner.post(f"{NOTIFIER}/contacts", {"channel": channel, "address": number})
    code = wait_for(f"the code by {channel}", lambda: _code(box, channel, number), SETTLING)
    proved = owner.post(f"{NOTIFIER}/contacts/{made['id']}/verification", {"code": code})
    if proved["state"] != "verified":
        raise DemoFailedError(f"the number for {channel} was not proved: {proved}")


def _code(box: Mailbox, channel: str, number: str) -> str | None:
    """The six digits of the newest message to a number, as its owner reads them."""
    wanted = _national(number)
    for message in reversed(box.messages(channel)):
        said = str(message.get("Content") or message.get("template_data"))
        if _national(str(message.get("Phone") or message.get("phone"))) == wanted and (
            found := re.search(r"\b[0-9]{6}\b", said)
        ):
            return found.group()
    return None


def _taken(api: Api, notice_id: str, channel: str) -> int:
    box = Mailbox.of(api)
    assert box is not None  # looked at before
    references = [str(one.get("RequestId") or one.get("tracking_id")) for one in box.messages(channel)]
    return sum(notice_id.replace("-", "") in reference.replace("-", "") for reference in references)


def _national(number: str) -> str:
    found = MOBILE.fullmatch(number)
    return found.group(1) if found else number
