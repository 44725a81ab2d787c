"""What is sent again, or by another channel, in quiet hours waits for their end and loses nothing by it."""

from datetime import date
from typing import Any

import pytest
from tests.notifier.policy_documents import QUIET, policy

from notifier.domain.policies import PolicyDraft
from notifier.integrations.email import EmailSender

EVENING, NIGHT, MORNING = (f"2023-07-24T{at}:00+07:00" for at in ("20:58", "23:00", "06:30"))
MORNING = MORNING.replace("24T", "25T")


async def quiet_from(notifier: Any, make: Any, instant: str, **changes: Any) -> None:
    """Reminders of a policy with quiet hours from 21:00 to 06:30, made and not yet sent at `instant`."""
    await notifier.clock("2023-07-20T08:00:00+07:00")
    draft = PolicyDraft.model_validate(policy(**{"quiet_hours": QUIET, "chains": [["email"]]} | changes))
    async with notifier.context.uow() as uow:
        row = await uow.policies.draft(draft, make.known("province"))
        await uow.policies.publish(row, date(2023, 1, 1), published_by=None, at=await uow.now())
    await notifier.tell(*make.deadlines(["502"]))
    await notifier.clock(instant)
    await notifier.turn()


async def pause_passes(notifier: Any, instant: str) -> None:
    """Time goes on, and the pause before the next try is over."""
    await notifier.clock(instant)
    await notifier.admin.execute("UPDATE notifier.notices SET next_try_at = now(), leased_until = now()")


async def mail_notice(notifier: Any, step: int = -7) -> dict[str, Any]:
    rows = await notifier.rows(
        "SELECT state, reason, refusals, attempts, give_up_at, created_at,"
        " round(extract(epoch FROM next_try_at - now()) / 60)::integer AS minutes"
        " FROM notices WHERE channel = 'email' AND step = $1 ORDER BY id DESC LIMIT 1",
        step,
    )
    return dict(rows[0])


@pytest.mark.parametrize("outage", ["refused", "unreachable"])
async def test_a_retry_that_falls_in_quiet_hours_waits_for_their_end_and_uses_up_no_try(
    notifier: Any, make: Any, outage: str
) -> None:
    await quiet_from(notifier, make, EVENING)
    up = notifier.context
    if outage == "refused":
        notifier.mail.poison = {"sec502@demo.ocop.example"}
    else:
        down = EmailSender("smtp://127.0.0.1:1", "OCOP <no-reply@ocop.example>")
        notifier.context = type(up)(up.database, up.uow_type, {"email": down})
    await notifier.deliver()
    tried = await mail_notice(notifier)
    assert (tried["state"], tried["attempts"]) == ("created", 1)
    notifier.mail.poison, notifier.context = set(), up
    for _ in range(2):
        await pause_passes(notifier, NIGHT)
        await notifier.deliver()
    held = await mail_notice(notifier)
    assert notifier.mail.mails == []
    assert (held["state"], held["attempts"], held["refusals"]) == ("created", 1, tried["refusals"])
    assert held["minutes"] == 450, "from 23:00 to 06:30"
    assert held["give_up_at"] > tried["give_up_at"], "waiting does not shorten its life"
    assert await notifier.deliver() == 0, "nobody looks at it before"
    await pause_passes(notifier, MORNING)
    await notifier.deliver()
    sent = await mail_notice(notifier)
    assert (sent["state"], sent["attempts"], len(notifier.mail.mails)) == ("sent", 2, 1)


async def test_a_notice_that_goes_on_to_another_address_in_quiet_hours_waits_too(notifier: Any, make: Any) -> None:
    await quiet_from(notifier, make, EVENING)
    await notifier.clock(NIGHT)
    await notifier.admin.execute(
        "UPDATE notifier.notices SET state = 'failed', reason = 'undelivered', fallbacks = '{email}' WHERE step = -7"
    )
    await notifier.turn()
    await notifier.deliver()
    assert notifier.mail.mails == []
    follower = await mail_notice(notifier)
    assert (follower["state"], follower["attempts"], follower["minutes"]) == ("created", 0, 450)
    await pause_passes(notifier, MORNING)
    await notifier.deliver()
    assert len(notifier.mail.mails) == 1


async def test_what_was_met_in_the_night_is_not_sent_in_the_morning(notifier: Any, make: Any) -> None:
    await quiet_from(notifier, make, EVENING)
    await pause_passes(notifier, NIGHT)
    await notifier.deliver()
    await notifier.admin.execute("UPDATE notifier.obligations SET state = 'met', met_at = now()")
    await pause_passes(notifier, MORNING)
    await notifier.deliver()
    assert (await mail_notice(notifier))["reason"] == "met"
    assert notifier.mail.mails == []


async def test_a_policy_without_quiet_hours_sends_again_in_the_night(notifier: Any, make: Any) -> None:
    await quiet_from(notifier, make, EVENING, quiet_hours=None)
    notifier.mail.poison = {"sec502@demo.ocop.example"}
    await notifier.deliver()
    notifier.mail.poison = set()
    await pause_passes(notifier, NIGHT)
    await notifier.deliver()
    assert len(notifier.mail.mails) == 1


async def test_the_report_of_a_silence_waits_as_the_policy_of_its_deadline_says(notifier: Any, make: Any) -> None:
    await quiet_from(notifier, make, "2023-08-01T20:58:00+07:00")
    waiting = [row["kind"] for row in await notifier.rows("SELECT kind FROM notices WHERE state = 'created'")]
    assert "silence" in waiting
    await pause_passes(notifier, "2023-08-01T23:00:00+07:00")
    await notifier.deliver()
    assert notifier.mail.mails == []
    await pause_passes(notifier, "2023-08-02T06:30:00+07:00")
    await notifier.deliver()
    assert len(notifier.mail.mails) == len(waiting)
