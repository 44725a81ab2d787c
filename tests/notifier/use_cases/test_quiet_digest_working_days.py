"""Quiet hours, working days and digests, alone and after an outage."""

from datetime import date
from typing import Any

from tests.notifier.policy_documents import DAILY, QUIET, WEEKLY, policy

from notifier.domain.policies import PolicyDraft
from shared.contracts.evaluation import RoundFinished
from shared.contracts.roles import Level, Role


async def put_in_force(notifier: Any, make: Any, **changes: Any) -> None:
    async with notifier.context.uow() as uow:
        row = await uow.policies.draft(PolicyDraft.model_validate(policy(**changes)), make.known("province"))
        await uow.policies.publish(row, date(2023, 1, 1), published_by=None, at=await uow.now())


async def states(notifier: Any, unit: str = "502") -> dict[int, tuple[str, str | None]]:
    rows = await notifier.rows(
        "SELECT step, state, reason FROM notices WHERE channel = 'email' AND unit_code = $1"
        " AND kind IN ('reminder', 'escalation')",
        unit,
    )
    return {row["step"]: (row["state"], row["reason"]) for row in rows}


async def test_a_step_on_a_day_off_goes_to_a_working_day_never_over_its_deadline(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-01-02T08:00:00+07:00")
    days = {
        ("any", -2): "2023-04-30",
        ("previous", -2): "2023-04-28",  # Sunday, and 30 April; Saturday before it
        ("next", -2): "2023-04-28",  # the holidays last until 3 May, over the deadline on 2 May
        ("next", -1): "2023-04-28",
        ("previous", 1): "2023-05-04",  # 3 May is a day off: never before the deadline has passed
        ("next", 1): "2023-05-04",
        ("next", 0): "2023-04-28",
    }
    for (shift, step), day in days.items():
        (row,) = await notifier.rows("SELECT step_day('2023-05-02', $1, $2)::text AS day", step, shift)
        assert row["day"] == day, (shift, step)
    (tet,) = await notifier.rows("SELECT step_day('2026-02-25', -7, 'next')::text AS day")
    assert tet["day"] == "2026-02-23", "18 February 2026 lies in Tết"


async def test_in_quiet_hours_nothing_is_told_and_after_an_outage_only_the_newest_step(
    notifier: Any, make: Any
) -> None:
    await notifier.clock("2023-07-20T08:00:00+07:00")
    await put_in_force(notifier, make, quiet_hours=QUIET)
    await notifier.tell(*make.deadlines(["502"]))
    await notifier.at("2023-07-24T08:00:00+07:00")
    assert await states(notifier) == {-7: ("sent", None)}
    await notifier.at("2023-07-29T20:59:00+07:00")  # step -3 was due on the 28th; nothing ran for 36 hours
    assert (await states(notifier))[-3] == ("sent", None)
    await notifier.at("2023-07-31T22:00:00+07:00")  # the last day's step, found at night
    assert 0 not in await states(notifier)
    assert await notifier.unsettled() == 0
    await notifier.at("2023-08-01T00:00:30+07:00")
    assert [mail["To"].addresses[0].username for mail in notifier.mail.mails] == ["sec502", "sec502"]
    await notifier.at("2023-08-01T06:30:00+07:00")
    assert (await states(notifier))[0] == ("skipped", "deadline_passed")
    assert notifier.mail.mails[-1]["To"].addresses[0].username == "province", "silence is told in the morning"
    await notifier.at("2023-08-03T21:30:00+07:00")  # steps 1 and 3 both missed, and quiet again
    await notifier.at("2023-08-04T06:30:00+07:00")
    assert {step: state for step, state in (await states(notifier)).items() if step > 0} == {
        1: ("skipped", "newer_step_due"),
        3: ("sent", None),
    }


async def test_a_daily_digest_lists_all_and_the_last_step_goes_out_by_itself(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-07-20T08:00:00+07:00")
    await put_in_force(notifier, make, digest=DAILY, code="*", id="all-1")
    async with notifier.context.uow() as uow:
        await uow.simulations.make_room("*")
        row = await uow.policies.find("all-1", lock=True)
        await uow.policies.publish(row, date(2023, 1, 1), published_by=None, at=await uow.now())
    await notifier.tell(*make.deadlines(["502", "503"]), make.deadline("502", code="outlets"))
    await notifier.at("2023-07-24T08:10:00+07:00")
    assert notifier.mail.mails == []
    assert await states(notifier) == {-7: ("held", None)}
    await notifier.at("2023-07-24T08:30:00+07:00")
    await notifier.at("2023-07-24T08:31:00+07:00")
    (mail,) = notifier.mail.to("sec502@demo.ocop.example")
    assert mail["Subject"] == "[OCOP] 2 việc sắp đến hạn, tính đến 24/07/2023"
    assert "1. Đánh giá" in notifier.mail.text(mail)
    assert "2. Đánh giá" in notifier.mail.text(mail)
    told = await notifier.rows(
        "SELECT count(*) AS n, count(DISTINCT digest_id) AS digests FROM notices"
        " WHERE state = 'digested' AND channel = 'email' AND unit_code = '502'"
    )
    assert told == [{"n": 2, "digests": 1}]
    await notifier.at("2023-07-31T08:00:00+07:00")
    assert [m["Subject"][:25] for m in notifier.mail.to("sec502@demo.ocop.example")[1:]] == [
        "[OCOP] Hôm nay là hạn cuố"
    ] * 2
    assert (await states(notifier))[-3] == ("skipped", "newer_step_due")


async def test_a_weekly_digest_drops_what_was_met_meanwhile_and_waits_for_its_hour_after_an_outage(
    notifier: Any, make: Any
) -> None:
    await notifier.clock("2023-07-17T08:00:00+07:00")
    steps = [{"step": step, "tell": [{"who": "responsible", "template": "reminder"}]} for step in (-7, 0)]
    await put_in_force(notifier, make, digest=WEEKLY, code="outlets", steps=steps)
    await notifier.tell(make.secretary("502"), make.province())
    for period, due_on in (("2023-Q2", "2023-07-26"), ("2023-Q3", "2023-07-27")):
        await notifier.tell(make.deadline("502", code="outlets", due_on=due_on, period=period))
    await notifier.at("2023-07-20T08:00:00+07:00")
    held = await notifier.rows("SELECT held_until::text AS until FROM notices WHERE state = 'held'")
    assert {row["until"][:16] for row in held} == {"2023-07-24 01:30"}
    done = RoundFinished(
        round_id=make.known("round"), level=Level.DISTRICT, unit_code="502", year=2023, finished_on="2023-07-21"
    )
    await notifier.clock("2023-07-21T08:00:00+07:00")
    await notifier.tell(
        make.told(done),
        make.deadline(
            "502", code="outlets", due_on="2023-07-28", fulfilled_by="commerce.outlet_opened", period="2023-Q4"
        ),
    )
    await notifier.at("2023-07-21T08:00:00+07:00")
    assert notifier.mail.mails == []
    await notifier.at("2023-07-25T02:00:00+07:00")  # nothing ran from Friday on; the digest waits for its hour
    assert notifier.mail.mails == []
    await notifier.at("2023-07-25T08:30:00+07:00")
    (mail,) = notifier.mail.mails
    assert mail["Subject"] == "[OCOP] 1 việc sắp đến hạn, tính đến 25/07/2023"
    dropped = await notifier.rows("SELECT DISTINCT reason FROM notices WHERE state = 'cancelled'")
    assert dropped == [{"reason": "met"}]


async def test_further_audiences_are_told_and_nobody_twice(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-07-20T08:00:00+07:00")
    everybody = ("responsible", "superior", "unit_chair", "province_secretariat", "province_chair")
    words = {"responsible": "reminder"}
    steps = [{"step": -3, "tell": [{"who": who, "template": words.get(who, "escalation")} for who in everybody]}]
    await put_in_force(notifier, make, steps=steps)
    await notifier.tell(
        *make.deadlines(["502"]),
        make.appointed("chair502", Role.DISTRICT_CHAIR, "502"),
        make.appointed("chair503", Role.DISTRICT_CHAIR, "503"),
        make.appointed("governor", Role.PROVINCE_CHAIR, "49", Level.PROVINCE),
    )
    await notifier.at("2023-07-28T08:00:00+07:00")
    assert sorted(mail["To"].addresses[0].username for mail in notifier.mail.mails) == [
        "chair502",
        "governor",
        "province",
        "sec502",
    ]


async def test_once_a_week_the_superior_reads_what_is_at_risk(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-07-12T08:00:00+07:00")
    report = {"weekday": 1, "at": "07:30", "template": "risk"}
    steps = [{"step": 0, "tell": [{"who": "responsible", "template": "reminder"}]}]
    await put_in_force(notifier, make, risk_report=report, steps=steps)
    await notifier.tell(*make.deadlines(["502", "503"]))
    for instant in ("2023-07-20T09:00:00", "2023-07-24T07:30:00", "2023-07-24T09:00:00", "2023-07-26T09:00:00"):
        await notifier.at(f"{instant}+07:00")
    mails = notifier.mail.to("province@demo.ocop.example")
    assert [mail["Subject"] for mail in mails] == [
        "[OCOP] 2 việc có nguy cơ trễ hạn, tính đến 17/07/2023",
        "[OCOP] 2 việc có nguy cơ trễ hạn, tính đến 24/07/2023",
    ]
    assert "1. Huyện 502: Đánh giá" in notifier.mail.text(mails[1])
    assert "còn 7 ngày; đã xong 0/1; nguy cơ cao" in notifier.mail.text(mails[1])
