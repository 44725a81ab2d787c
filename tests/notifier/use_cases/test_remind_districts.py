"""Reminders of the districts' duty to evaluate before August 2023 (plan section III.2)."""

import asyncio
from typing import Any

from notifier.use_cases.make_reminders import make_reminders
from notifier.use_cases.settle_duties import settle_duties
from shared.contracts.evaluation import RoundFinished
from shared.contracts.roles import Level, Role

DISTRICTS = [str(code) for code in range(502, 520)]


def finished(make: Any, unit: str, on: str = "2023-07-20", year: int = 2023) -> RoundFinished:
    return RoundFinished(
        round_id=make.known(f"round {unit} {year}"), level=Level.DISTRICT, unit_code=unit, year=year, finished_on=on
    )


async def test_a_step_tells_the_responsible_once_by_mail_and_inbox(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-04-20T08:00:00+07:00")
    await notifier.tell(*make.deadlines(["502"]))
    await notifier.turn()
    assert await notifier.rows("SELECT * FROM notices") == []
    await notifier.at("2023-07-24T07:59:59+07:00")
    before = {(row["step"], row["channel"]) for row in await notifier.rows("SELECT * FROM notices")}
    assert (-7, "email") not in before
    await notifier.at("2023-07-24T08:00:00+07:00")
    await notifier.at("2023-07-24T09:00:00+07:00")
    rows = await notifier.rows("SELECT * FROM notices WHERE step = -7")
    assert {(row["channel"], row["state"], row["kind"]) for row in rows} == {
        ("email", "sent", "reminder"),
        ("inbox", "sent", "reminder"),
    }
    assert len(notifier.mail.to("sec502@demo.ocop.example")) == 2
    assert await notifier.unsettled() == 0


async def test_after_an_outage_only_the_newest_missed_step_is_sent_and_older_are_skipped(
    notifier: Any, make: Any
) -> None:
    await notifier.clock("2023-07-29T20:00:00+07:00")
    await notifier.tell(*make.deadlines(["502"]))
    await notifier.at("2023-07-29T20:00:00+07:00")
    assert [m["Subject"][:22] for m in notifier.mail.mails] == ["[OCOP] Còn 2 ngày, hạn"]
    await notifier.at("2023-07-31T08:00:00+07:00")  # 36 hours without a sweep: -1 and 0 are due
    assert len(notifier.mail.mails) == 2
    rows = await notifier.rows("SELECT step, state, reason FROM notices WHERE channel = 'email' ORDER BY step")
    assert [(r["step"], r["state"], r["reason"]) for r in rows] == [
        (-30, "skipped", "newer_step_due"),
        (-14, "skipped", "newer_step_due"),
        (-7, "skipped", "newer_step_due"),
        (-3, "sent", None),
        (-1, "skipped", "newer_step_due"),
        (0, "sent", None),
    ]


async def test_a_duty_already_met_is_never_reminded_of(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-07-20T08:00:00+07:00")
    await notifier.tell(finished(make, "502"), *make.deadlines(["502"]))
    await notifier.at("2023-08-10T08:00:00+07:00")
    assert await notifier.rows("SELECT * FROM notices") == []
    assert [event["late"] for event in await notifier.events("notifier.obligation_met")] == [False]


async def test_a_duty_met_between_making_and_sending_is_not_reminded_of(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-07-24T08:00:00+07:00")
    await notifier.tell(*make.deadlines(["502"]))
    await notifier.turn()
    await notifier.tell(finished(make, "502"))
    await notifier.deliver()
    assert notifier.mail.mails == []
    states = await notifier.rows("SELECT state, reason FROM notices WHERE step = -7 AND channel = 'email'")
    assert [tuple(row.values()) for row in states] == [("cancelled", "met")]


async def test_a_round_of_another_year_or_unit_does_not_meet_the_duty(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-07-24T08:00:00+07:00")
    await notifier.tell(*make.deadlines(["502"]), finished(make, "502", "2022-07-20", 2022), finished(make, "503"))
    await notifier.turn()
    assert [row["state"] for row in await notifier.rows("SELECT state FROM obligations")] == ["open"]


async def test_two_silent_districts_of_eighteen_are_two_missed_duties_and_one_report_naming_both(
    notifier: Any, make: Any
) -> None:
    await notifier.clock("2023-07-20T08:00:00+07:00")
    await notifier.tell(*make.deadlines(DISTRICTS))
    await notifier.tell(*(finished(make, unit) for unit in DISTRICTS if unit not in {"506", "511"}))
    await notifier.at("2023-07-31T23:59:59+07:00")
    assert await notifier.rows("SELECT * FROM obligations WHERE state = 'missed'") == []
    await notifier.at("2023-08-01T00:00:00+07:00")
    await notifier.at("2023-08-01T00:00:10+07:00")
    missed = await notifier.rows("SELECT unit_code FROM obligations WHERE state = 'missed' ORDER BY unit_code")
    assert [row["unit_code"] for row in missed] == ["506", "511"]
    assert sorted(e["unit_code"] for e in await notifier.events("notifier.obligation_missed")) == ["506", "511"]
    (mail,) = notifier.mail.to("province@demo.ocop.example")
    text = notifier.mail.text(mail)
    assert "2 trong 18 đơn vị" in text
    assert "1. Huyện 506\n2. Huyện 511\n" in text
    assert "Huyện 502" not in text


async def test_after_the_deadline_the_superior_is_told_too_and_a_late_result_ends_it(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-07-31T12:00:00+07:00")
    await notifier.tell(*make.deadlines(["502"]))
    await notifier.at("2023-07-31T12:00:00+07:00")
    await notifier.at("2023-08-01T08:00:00+07:00")
    kinds = await notifier.rows("SELECT kind, person_id FROM notices WHERE step = 1 AND channel = 'email'")
    assert {(row["kind"], row["person_id"]) for row in kinds} == {
        ("reminder", make.known("sec502")),
        ("escalation", make.known("province")),
    }
    await notifier.tell(finished(make, "502", on="2023-08-02"))
    await notifier.at("2023-08-03T08:00:00+07:00")
    assert await notifier.rows("SELECT * FROM notices WHERE step = 3") == []
    (row,) = await notifier.rows("SELECT state, late, missed_at IS NOT NULL AS silent FROM obligations")
    assert row == {"state": "met", "late": True, "silent": True}
    assert [(e["late"], e["met_on"]) for e in await notifier.events("notifier.obligation_met")] == [
        (True, "2023-08-02")
    ]


async def test_three_sweepers_racing_make_one_notice_for_each_recipient_step_and_channel(
    notifier: Any, make: Any
) -> None:
    await notifier.clock("2023-08-01T08:00:00+07:00")
    await notifier.tell(*make.deadlines(DISTRICTS))

    async def sweep() -> None:
        async with notifier.context.uow() as uow:
            await make_reminders(uow)

    await asyncio.gather(*(sweep() for _ in range(3)), *(notifier.turn() for _ in range(3)))
    await notifier.turn()
    rows = await notifier.rows(
        "SELECT obligation_id, person_id, step, channel, count(*) AS n FROM notices GROUP BY 1, 2, 3, 4"
    )
    assert {row["n"] for row in rows} == {1}
    sent = [row for row in rows if row["obligation_id"] and row["step"] == 1]
    assert len(sent) == 18 * 2 * 2
    await asyncio.gather(*(notifier.deliver() for _ in range(3)))
    references = [mail["Message-ID"] for mail in notifier.mail.mails]
    assert len(references) == len(set(references)) == 18 * 2 + 1


async def test_a_moved_deadline_moves_its_reminders_and_keeps_its_past(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-07-30T09:00:00+07:00")
    await notifier.tell(*make.deadlines(["502"]))
    await notifier.turn()
    await notifier.tell(make.deadline("502", due_on="2023-08-31", revision=2))
    await notifier.at("2023-08-01T09:00:00+07:00")
    (row,) = await notifier.rows("SELECT state, due_on::text AS due_on, revision FROM obligations")
    assert row == {"state": "open", "due_on": "2023-08-31", "revision": 2}
    history = await notifier.rows("SELECT revision, due_on::text AS due FROM deadline_revisions ORDER BY revision")
    assert [tuple(line.values()) for line in history] == [(1, "2023-07-31"), (2, "2023-08-31")]
    mails = [mail["Subject"] for mail in notifier.mail.mails]
    assert mails == [
        "[OCOP] Còn 30 ngày, hạn 31/08/2023: Đánh giá, phân hạng sản phẩm OCOP cấp huyện trước tháng 8/2023"
    ]
    await notifier.at("2023-08-24T08:00:00+07:00")
    assert notifier.mail.mails[-1]["Subject"].startswith("[OCOP] Còn 7 ngày")
    assert await notifier.events("notifier.obligation_missed") == []


async def test_the_role_of_the_day_decides_who_is_told(notifier: Any, make: Any) -> None:
    first = make.appointed("first", Role.DISTRICT_SECRETARY, "502", valid_to="2023-07-20")
    second = make.appointed("second", Role.DISTRICT_SECRETARY, "502", valid_from="2023-07-21")
    await notifier.clock("2023-07-17T08:00:00+07:00")
    await notifier.tell(make.deadline("502"), second, first)
    await notifier.at("2023-07-17T08:00:00+07:00")
    await notifier.at("2023-07-24T08:00:00+07:00")
    assert len(notifier.mail.to("first@demo.ocop.example")) == 1
    assert len(notifier.mail.to("second@demo.ocop.example")) == 1


async def test_an_empty_office_is_told_when_somebody_takes_it(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-07-24T08:00:00+07:00")
    await notifier.tell(make.deadline("502"))
    await notifier.at("2023-07-24T08:00:00+07:00")
    steps = await notifier.rows("SELECT step, outcome FROM reminder_steps ORDER BY step DESC LIMIT 1")
    assert steps == [{"step": -7, "outcome": "no_recipient"}]
    assert await notifier.unsettled() == 0
    await notifier.tell(make.secretary("502"))
    await notifier.turn()
    await notifier.turn()
    await notifier.deliver()
    assert len(notifier.mail.to("sec502@demo.ocop.example")) == 1


async def test_a_person_without_an_address_is_told_in_the_inbox_only(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-07-24T08:00:00+07:00")
    await notifier.tell(make.deadline("502"), make.appointed("paper", Role.DISTRICT_SECRETARY, "502", email=None))
    await notifier.at("2023-07-24T08:00:00+07:00")
    rows = await notifier.rows("SELECT channel, state, reason FROM notices WHERE step = -7 ORDER BY channel")
    assert [tuple(row.values()) for row in rows] == [("email", "skipped", "no_address"), ("inbox", "sent", None)]


async def test_the_constraint_alone_keeps_notices_single_when_the_same_duties_are_taken_three_times(
    notifier: Any, make: Any
) -> None:
    await notifier.clock("2023-07-24T08:00:00+07:00")
    await notifier.tell(*make.deadlines(DISTRICTS))
    async with notifier.context.uow() as uow:
        await settle_duties(uow)
    ids = [row["id"] for row in await notifier.rows("SELECT id FROM obligations ORDER BY id")]

    async def take() -> None:
        async with notifier.context.uow() as uow:
            await uow.reminders.make(ids, await uow.now(), await uow.today())

    await asyncio.gather(*(take() for _ in range(3)))
    (row,) = await notifier.rows("SELECT count(*) AS n FROM notices WHERE step = -7")
    assert row["n"] == 18 * 2
