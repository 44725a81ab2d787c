"""What a digest lists is decided when it leaves: what was met, moved or overdue by then is not listed."""

from datetime import date, datetime
from typing import Any

from tests.notifier.policy_documents import DAILY, policy

from notifier.domain.policies import PolicyDraft
from notifier.integrations.email import EmailSender
from shared.contracts.evaluation import RoundFinished
from shared.contracts.roles import Level

MADE = "2023-07-24T08:30:00+07:00"
PERIODS = ("2023-Q1", "2023-Q2", "2023-Q3")


async def digest_waiting(notifier: Any, make: Any, chains: list[list[str]] | None = None) -> None:
    """Three duties of one district in a digest that could not leave: the mail server is down."""
    await notifier.clock("2023-07-20T08:00:00+07:00")
    steps = [{"step": step, "tell": [{"who": "responsible", "template": "reminder"}]} for step in (-7, 0)]
    changes = {"code": "outlets", "digest": DAILY, "steps": steps, "chains": chains or [["email"]]}
    async with notifier.context.uow() as uow:
        row = await uow.policies.draft(PolicyDraft.model_validate(policy(**changes)), make.known("province"))
        await uow.policies.publish(row, date(2023, 1, 1), published_by=None, at=await uow.now())
    await notifier.tell(make.secretary("502"), make.province())
    for period in PERIODS:
        kind = f"evaluation.round_finished{'' if period == PERIODS[0] else '.' + period}"
        await notifier.tell(make.deadline("502", code="outlets", period=period, fulfilled_by=kind))
    up = notifier.context
    down = EmailSender("smtp://127.0.0.1:1", "OCOP <no-reply@ocop.example>")
    notifier.context = type(up)(up.database, up.uow_type, {"email": down})
    await notifier.at("2023-07-24T08:10:00+07:00")
    await notifier.at(MADE)
    notifier.context = up
    assert [row["state"] for row in await digests(notifier)] == ["created"]


async def digests(notifier: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await notifier.rows(
        "SELECT state, reason, attempts, channel FROM notices WHERE kind = 'digest' ORDER BY id"
    )
    return found


async def members(notifier: Any) -> dict[str, tuple[str, str | None]]:
    rows = await notifier.rows(
        "SELECT o.period, n.state, n.reason FROM notices n JOIN obligations o ON o.id = n.obligation_id"
        " WHERE n.step = -7 AND n.digest_id IS NOT NULL"
    )
    return {row["period"]: (row["state"], row["reason"]) for row in rows}


async def leave(notifier: Any, instant: str) -> None:
    await notifier.clock(instant)
    await notifier.turn()
    await notifier.admin.execute("UPDATE notifier.notices SET next_try_at = now(), leased_until = now()")
    await notifier.deliver()


async def meet_first(notifier: Any, make: Any, at: str) -> None:
    done = RoundFinished(
        round_id=make.known("round"), level=Level.DISTRICT, unit_code="502", year=2023, finished_on=at[:10]
    )
    await notifier.tell(make.told(done, datetime.fromisoformat(at)))


async def test_what_was_met_before_a_late_digest_left_is_not_listed_and_days_are_counted_anew(
    notifier: Any, make: Any
) -> None:
    await digest_waiting(notifier, make)
    await notifier.clock("2023-07-24T20:00:00+07:00")
    await meet_first(notifier, make, "2023-07-24T20:00:00+07:00")
    await leave(notifier, "2023-07-25T07:00:00+07:00")
    (mail,) = notifier.mail.mails
    assert mail["Subject"] == "[OCOP] 2 việc sắp đến hạn, tính đến 25/07/2023"
    assert "còn 6 ngày" in notifier.mail.text(mail)
    assert await members(notifier) == {
        "2023-Q1": ("cancelled", "met"),
        "2023-Q2": ("digested", None),
        "2023-Q3": ("digested", None),
    }


async def test_a_deed_that_is_told_and_not_yet_settled_counts_when_the_digest_leaves(notifier: Any, make: Any) -> None:
    await digest_waiting(notifier, make)
    await meet_first(notifier, make, MADE)
    await notifier.admin.execute("UPDATE notifier.notices SET next_try_at = now(), leased_until = now()")
    await notifier.deliver()
    (mail,) = notifier.mail.mails
    assert mail["Subject"] == "[OCOP] 2 việc sắp đến hạn, tính đến 24/07/2023"


async def test_a_duty_that_was_moved_is_not_listed_with_its_old_day(notifier: Any, make: Any) -> None:
    await digest_waiting(notifier, make)
    moved = make.deadline("502", code="outlets", period="2023-Q3", due_on="2023-09-30", revision=2)
    await notifier.tell(moved.model_copy(update={"fulfilled_by": f"evaluation.round_finished.{PERIODS[2]}"}))
    await leave(notifier, "2023-07-24T09:00:00+07:00")
    (mail,) = notifier.mail.mails
    assert mail["Subject"].startswith("[OCOP] 2 việc")
    assert (await members(notifier))["2023-Q3"] == ("cancelled", "deadline_moved")


async def test_a_digest_of_which_nothing_is_left_is_not_sent_and_says_so(notifier: Any, make: Any) -> None:
    await digest_waiting(notifier, make)
    await notifier.admin.execute("UPDATE notifier.obligations SET state = 'waived'")
    await leave(notifier, "2023-07-24T21:00:00+07:00")
    assert notifier.mail.mails == []
    assert [(row["state"], row["reason"]) for row in await digests(notifier)] == [("cancelled", "nothing_left")]
    assert set((await members(notifier)).values()) == {("cancelled", "waived")}
    assert await notifier.unsettled() == 0


async def test_a_digest_that_goes_on_to_another_address_is_counted_anew_too(notifier: Any, make: Any) -> None:
    await digest_waiting(notifier, make)
    await notifier.admin.execute(
        "UPDATE notifier.notices SET state = 'failed', reason = 'undelivered', fallbacks = '{email}'"
        " WHERE kind = 'digest'"
    )
    await notifier.turn()
    assert [row["state"] for row in await digests(notifier)] == ["failed", "created"]
    await meet_first(notifier, make, MADE)
    await notifier.deliver()
    (mail,) = notifier.mail.mails
    assert mail["Subject"] == "[OCOP] 2 việc sắp đến hạn, tính đến 24/07/2023"
