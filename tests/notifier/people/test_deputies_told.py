"""Who stands in for somebody is told of it: when it is declared, when it is cancelled, each once, and not too late."""

from typing import Any

from tests.notifier.people.conftest import Caller
from tests.notifier.people.test_absences import colleagues, declare, province

from notifier.integrations.email import EmailSender
from shared.testing.people import headers_for

__all__ = ["colleagues"]
DAYS = ("2023-07-20", "2023-07-26")
NAMED = "[OCOP] Ông/bà thay Người sec502 từ ngày 20/07/2023 đến hết ngày 26/07/2023"
RELEASED = "[OCOP] Ông/bà không còn thay Người sec502"


async def notices(notifier: Any, channel: str = "email") -> list[tuple[Any, ...]]:
    rows = await notifier.rows(
        "SELECT recipient_name, step, state, reason FROM notices WHERE kind = 'absence' AND channel = $1"
        " ORDER BY step, recipient_name",
        channel,
    )
    return [tuple(row.values()) for row in rows]


async def cancel(caller: Caller, absence: dict[str, Any], status: int = 201) -> None:
    assert (await caller.post(f"/absences/{absence['id']}/cancellation")).status_code == status


def subjects(notifier: Any, name: str) -> list[str]:
    return [str(mail["Subject"]) for mail in notifier.mail.to(f"{name}@demo.ocop.example")]


async def test_a_deputy_reads_in_inbox_and_mail_when_and_for_whom_to_stand_in(
    notifier: Any, make: Any, secretary: Caller, colleagues: Any, caller: Any
) -> None:
    absence = await declare(secretary, colleagues("ban"), *DAYS, reason="Đi chữa bệnh")
    await notifier.deliver()
    assert subjects(notifier, "ban") == [NAMED]
    assert subjects(notifier, "sec502") == []
    (mail,) = notifier.mail.to("ban@demo.ocop.example")
    assert "chữa bệnh" not in mail.as_string(), "why somebody is absent is nobody's business"
    actor = caller(secretary.actor.appointments[0].role, "502", person_id=make.known("ban"))
    (item,) = (await actor.get("/inbox")).json()["items"]
    assert (item["subject"], item["kind"], item["absence_id"]) == (NAMED, "absence", absence["id"])
    assert "ông/bà là người thay" in item["text"]


async def test_a_declaration_sent_twice_and_turns_taken_again_tell_the_deputy_once(
    notifier: Any, secretary: Caller, colleagues: Any
) -> None:
    body = {"deputy_id": str(colleagues("ban")), "from_on": DAYS[0], "to_on": DAYS[1]}
    key = headers_for(secretary.actor, key=True)["Idempotency-Key"]
    for _ in range(2):
        assert (await secretary.post("/absences", body, **{"Idempotency-Key": key})).status_code == 201
    for _ in range(2):
        await notifier.turn()
        await notifier.deliver()
    assert subjects(notifier, "ban") == [NAMED]
    assert await notices(notifier, "inbox") == [("Người ban", 0, "sent", None)]


async def test_a_cancellation_is_told_once(notifier: Any, secretary: Caller, colleagues: Any) -> None:
    absence = await declare(secretary, colleagues("ban"), *DAYS)
    await notifier.deliver()
    await cancel(secretary, absence)
    await cancel(secretary, absence, 409)
    await notifier.deliver()
    assert subjects(notifier, "ban") == [NAMED, RELEASED]


async def test_an_absence_moved_to_other_days_and_another_deputy_is_told_to_both(
    notifier: Any, secretary: Caller, colleagues: Any
) -> None:
    absence = await declare(secretary, colleagues("ban"), *DAYS)
    await notifier.deliver()
    await cancel(secretary, absence)
    await declare(secretary, colleagues("cuc"), "2023-07-21", "2023-07-27")
    await notifier.deliver()
    assert subjects(notifier, "ban") == [NAMED, RELEASED]
    assert subjects(notifier, "cuc") == ["[OCOP] Ông/bà thay Người sec502 từ ngày 21/07/2023 đến hết ngày 27/07/2023"]


async def test_one_deputy_of_two_who_are_absent_on_the_same_days_is_told_of_both(
    notifier: Any, make: Any, secretary: Caller, colleagues: Any
) -> None:
    await declare(secretary, colleagues("ban"), *DAYS)
    above = province(secretary, make)
    await declare(above, colleagues("ban"), *DAYS, person_id=colleagues("cuc"))
    await notifier.deliver()
    assert set(subjects(notifier, "ban")) == {NAMED, NAMED.replace("sec502", "cuc")}


async def test_a_mail_that_could_not_leave_until_the_absence_was_over_or_cancelled_leaves_no_more(
    notifier: Any, secretary: Caller, colleagues: Any
) -> None:
    up = notifier.context
    down = EmailSender("smtp://127.0.0.1:1", "OCOP <no-reply@ocop.example>")
    notifier.context = type(up)(up.database, up.uow_type, {"email": down})
    await declare(secretary, colleagues("ban"), "2023-05-11", "2023-05-11")
    cancelled = await declare(secretary, colleagues("cuc"), *DAYS)
    await notifier.deliver()
    await cancel(secretary, cancelled)
    notifier.context = up
    await notifier.clock("2023-05-12T09:00:00+07:00")
    await notifier.admin.execute("UPDATE notifier.notices SET next_try_at = now(), leased_until = now()")
    await notifier.deliver()
    assert await notices(notifier) == [
        ("Người ban", 0, "cancelled", "absence_over"),
        ("Người cuc", 0, "cancelled", "absence_cancelled"),
        ("Người cuc", 1, "sent", None),
    ]
    assert subjects(notifier, "cuc") == [RELEASED]


async def test_what_fails_at_one_address_goes_on_as_a_notice_of_the_same_absence(
    notifier: Any, secretary: Caller, colleagues: Any
) -> None:
    await declare(secretary, colleagues("ban"), *DAYS)
    await notifier.admin.execute(
        "UPDATE notifier.notices SET state = 'failed', fallbacks = '{email}'"
        " WHERE kind = 'absence' AND channel = 'email'"
    )
    await notifier.turn()
    await notifier.deliver()
    assert [row[2] for row in await notices(notifier)] == ["failed", "sent"]
    assert len(await notifier.rows("SELECT DISTINCT absence_id FROM notices WHERE kind = 'absence'")) == 1


async def test_a_deputy_who_chose_english_reads_english(
    notifier: Any, make: Any, secretary: Caller, colleagues: Any, caller: Any
) -> None:
    ban = caller(secretary.actor.appointments[0].role, "502", person_id=make.known("ban"))
    assert (await ban.change("PUT", "/preferences", 0, {"language": "en", "opt_outs": []})).status_code == 200
    await declare(secretary, colleagues("ban"), *DAYS)
    await notifier.deliver()
    assert subjects(notifier, "ban") == ["[OCOP] You stand in for Người sec502 from 2023-07-20 to 2023-07-26"]


async def test_the_inbox_has_it_where_the_policy_for_all_names_none(
    notifier: Any, secretary: Caller, colleagues: Any
) -> None:
    await notifier.admin.execute("""UPDATE notifier.reminder_policies SET chains = '[["email"]]' WHERE code = '*'""")
    await declare(secretary, colleagues("ban"), *DAYS)
    assert await notices(notifier, "inbox") == [("Người ban", 0, "sent", None)]
