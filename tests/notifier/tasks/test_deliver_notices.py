"""What leaves, what surely did not, what nobody can know; and that one bad recipient harms no other."""

import asyncio
import json
from typing import Any

from notifier.integrations.email import EmailSender
from notifier.tasks import TASKS
from notifier.tasks.deliveries import CHANNEL_WORK
from shared.contracts.roles import Role
from shared.tasks.queue import TaskQueue
from shared.tasks.worker import WorkerRuntime

FIND, DELIVER = CHANNEL_WORK["email"]
DUE = "2023-07-24T08:00:00+07:00"


async def waiting(notifier: Any, make: Any, units: list[str]) -> None:
    await notifier.clock(DUE)
    await notifier.tell(*make.deadlines(units))
    await notifier.turn()


async def states(notifier: Any) -> list[tuple[Any, ...]]:
    rows = await notifier.rows(
        "SELECT state, reason, refusals, attempts FROM notices WHERE channel = 'email' AND step = -7 ORDER BY unit_code"
    )
    return [tuple(row.values()) for row in rows]


async def pass_backoff(notifier: Any) -> None:
    await notifier.admin.execute("UPDATE notifier.notices SET next_try_at = now(), leased_until = now()")


async def test_a_poison_recipient_delays_nobody_and_fails_after_the_policys_tries(notifier: Any, make: Any) -> None:
    notifier.mail.poison = {"sec502@demo.ocop.example"}
    await waiting(notifier, make, ["502", "503", "504"])
    await notifier.deliver()
    assert await states(notifier) == [("created", None, 1, 1), ("sent", None, 0, 1), ("sent", None, 0, 1)]
    assert await notifier.deliver() == 0, "a refused notice waits for its backoff"
    for _ in range(7):
        await pass_backoff(notifier)
        await notifier.deliver()
    assert (await states(notifier))[0] == ("failed", "refused", 5, 5)
    assert len(notifier.mail.refused) == 5
    assert len(notifier.mail.mails) == 2
    assert await notifier.unsettled() == 0


async def test_the_pause_between_tries_doubles_up_to_the_policys_longest(notifier: Any, make: Any) -> None:
    notifier.mail.poison = {"sec502@demo.ocop.example"}
    await waiting(notifier, make, ["502"])
    pauses = []
    for _ in range(4):
        await notifier.deliver()
        (row,) = await notifier.rows(
            "SELECT round(extract(epoch FROM next_try_at - claimed_at)) AS s FROM notices WHERE state = 'created'"
        )
        pauses.append(round(float(row["s"]) / 60))
        await pass_backoff(notifier)
    assert pauses == [1, 2, 4, 8]


async def test_a_crash_between_sending_and_recording_is_unknown_and_never_sent_again(notifier: Any, make: Any) -> None:
    await waiting(notifier, make, ["502"])
    async with notifier.context.uow() as uow:
        (notice_id,) = await FIND(uow)
    async with notifier.context.uow() as uow:
        assert await uow.deliveries.claim(notice_id)  # and then the worker is killed
    await notifier.turn()
    assert (await states(notifier))[0][0] == "sending"
    await notifier.admin.execute("UPDATE notifier.notices SET claimed_at = now() - interval '61 seconds'")
    await notifier.turn()
    assert await states(notifier) == [("unknown", "worker_died", 0, 1)]
    for _ in range(3):
        await pass_backoff(notifier)
        await notifier.deliver()
        await DELIVER(notifier.context, notice_id)
    assert notifier.mail.mails == []
    async with notifier.context.uow() as uow:
        summary = await uow.notices.summary()
    assert (summary.notices["unknown"], summary.unsettled) == (1, 0)


async def test_an_answer_after_the_claim_timed_out_still_counts(notifier: Any, make: Any) -> None:
    await waiting(notifier, make, ["502"])
    async with notifier.context.uow() as uow:
        (notice_id,) = await FIND(uow)
    async with notifier.context.uow() as uow:
        letter = await uow.deliveries.claim(notice_id)
    await notifier.admin.execute("UPDATE notifier.notices SET claimed_at = now() - interval '61 seconds'")
    await notifier.turn()
    async with notifier.context.uow() as uow:
        await uow.deliveries.record_sent(letter)
    assert (await states(notifier))[0][0] == "sent"


async def test_a_connection_lost_after_the_text_left_is_unknown(notifier: Any, make: Any) -> None:
    notifier.mail.silent = True
    await waiting(notifier, make, ["502"])
    await notifier.deliver()
    assert await states(notifier) == [("unknown", "unconfirmed", 0, 1)]
    notifier.mail.silent = False
    await pass_backoff(notifier)
    await notifier.deliver()
    assert len(notifier.mail.mails) == 1


async def test_a_server_that_is_down_uses_up_no_tries_and_the_mail_leaves_when_it_is_back(
    notifier: Any, make: Any
) -> None:
    await waiting(notifier, make, ["502"])
    up = notifier.context
    down = EmailSender("smtp://127.0.0.1:1", "OCOP <no-reply@ocop.example>")
    notifier.context = type(up)(up.database, up.uow_type, {"email": down})
    await notifier.deliver()
    assert await states(notifier) == [("created", None, 0, 1)]
    assert down.resting
    await pass_backoff(notifier)
    await notifier.deliver()
    assert await states(notifier) == [("created", None, 0, 1)], "while the sender rests nothing is claimed"
    notifier.context = up
    await pass_backoff(notifier)
    await notifier.deliver()
    assert await states(notifier) == [("sent", None, 0, 2)]


async def test_a_notice_past_its_life_is_given_up(notifier: Any, make: Any) -> None:
    await waiting(notifier, make, ["502"])
    await notifier.admin.execute("UPDATE notifier.notices SET give_up_at = now()")
    await notifier.turn()
    assert await states(notifier) == [("failed", "gave_up", 0, 0)]
    await notifier.deliver()
    assert notifier.mail.mails == []


async def test_what_redis_lost_is_leased_again_after_the_lease(notifier: Any, make: Any) -> None:
    await waiting(notifier, make, ["502"])
    async with notifier.context.uow() as uow:
        first = await FIND(uow)
    async with notifier.context.uow() as uow:
        assert await FIND(uow) == []
    await notifier.admin.execute("UPDATE notifier.notices SET leased_until = now()")
    async with notifier.context.uow() as uow:
        assert await FIND(uow) == first


async def test_one_notice_delivered_by_many_workers_at_once_leaves_once(notifier: Any, make: Any) -> None:
    await waiting(notifier, make, ["502"])
    async with notifier.context.uow() as uow:
        (notice_id,) = await FIND(uow)
    await asyncio.gather(*(DELIVER(notifier.context, notice_id) for _ in range(8)))
    assert len(notifier.mail.mails) == 1


async def test_a_notice_waiting_behind_a_newer_step_is_skipped(notifier: Any, make: Any) -> None:
    await waiting(notifier, make, ["502"])
    await notifier.at("2023-07-28T08:00:00+07:00")
    assert [mail["Subject"][:17] for mail in notifier.mail.mails] == ["[OCOP] Còn 3 ngày"]
    assert await states(notifier) == [("skipped", "newer_step_due", 0, 0)]


async def test_a_recipient_with_a_broken_address_is_refused_without_breaking_the_batch(
    notifier: Any, make: Any
) -> None:
    await waiting(notifier, make, ["503"])
    broken = make.appointed("broken", Role.DISTRICT_SECRETARY, "502", email="no at sign\r\nBcc: x@y.example")
    await notifier.tell(make.deadline("502"), broken)
    await notifier.turn()
    await notifier.deliver()
    assert [row[0] for row in await states(notifier)] == ["created", "sent"]
    assert [mail["To"].addresses[0].addr_spec for mail in notifier.mail.mails] == ["sec503@demo.ocop.example"]


async def test_the_reference_of_a_mail_is_its_notices_id(notifier: Any, make: Any) -> None:
    await waiting(notifier, make, ["502"])
    await notifier.deliver()
    (row,) = await notifier.rows("SELECT id FROM notices WHERE state = 'sent' AND channel = 'email'")
    (mail,) = notifier.mail.mails
    assert mail["Message-ID"] == f"<{row['id']}@ocop.example>"
    assert mail["Auto-Submitted"] == "auto-generated"


async def test_the_worker_sends_what_is_due_even_after_redis_was_emptied(
    notifier: Any, make: Any, redis_url: str
) -> None:
    await waiting(notifier, make, ["502", "503"])
    queue = await TaskQueue.connect(redis_url, prefix=f"test-{make.known(str(id(notifier)))}")
    try:
        runtime = WorkerRuntime(TASKS, notifier.context, queue)
        assert await runtime.sweep(FIND, "deliver_email") == 2
        await queue.redis.delete(queue.name_of("notifier"))  # Redis loses the job
        await runtime.arq_worker(signals=False, burst=True).async_run()
        assert notifier.mail.mails == []
        await notifier.admin.execute("UPDATE notifier.notices SET leased_until = now()")  # 30 s later
        assert await runtime.sweep(FIND, "deliver_email") == 2
        await runtime.arq_worker(signals=False, burst=True).async_run()
    finally:
        await queue.close()
    assert [row[0] for row in await states(notifier)] == ["sent", "sent"]
    assert len(notifier.mail.mails) == 2


async def test_what_failed_goes_on_through_the_next_channel_of_its_chain_once(notifier: Any, make: Any) -> None:
    chains = json.dumps([["email", "inbox"]])
    await notifier.admin.execute("UPDATE notifier.reminder_policies SET chains = $1", chains)
    notifier.mail.poison = {"sec502@demo.ocop.example"}
    await waiting(notifier, make, ["502", "503"])
    for _ in range(7):
        await notifier.deliver()
        await pass_backoff(notifier)
    for _ in range(3):
        await notifier.turn()
    rows = await notifier.rows(
        "SELECT unit_code, channel, state, follows IS NOT NULL AS follows FROM notices WHERE step = -7"
        " ORDER BY unit_code, channel"
    )
    assert [tuple(row.values()) for row in rows] == [
        ("502", "email", "failed", False),
        ("502", "inbox", "sent", True),
        ("503", "email", "sent", False),
    ]


async def test_a_paused_channel_sends_nothing_and_its_notices_wait(notifier: Any, make: Any) -> None:
    await waiting(notifier, make, ["502"])
    await notifier.admin.execute("UPDATE notifier.channels SET paused_at = now() WHERE code = 'email'")
    assert await notifier.deliver() == 0
    await notifier.admin.execute("UPDATE notifier.channels SET paused_at = NULL")
    assert await notifier.deliver() == 1


async def test_a_contact_of_ones_own_is_used(notifier: Any, make: Any) -> None:
    await notifier.admin.execute(
        "INSERT INTO notifier.contacts (id, version, person_id, channel, address, verified_at)"
        " VALUES (uuidv7(), 1, $1, 'email', $2, now())",
        make.known("sec502"),
        "own502@demo.ocop.example",
    )
    await waiting(notifier, make, ["502"])
    await notifier.deliver()
    assert [mail["To"].addresses[0].addr_spec for mail in notifier.mail.mails] == ["own502@demo.ocop.example"]


async def test_what_is_urgent_leaves_before_early_reminders_and_those_before_digests(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-07-24T08:01:00+07:00")
    await notifier.tell(*make.deadlines(["502", "503", "504", "505"]))
    await notifier.turn()
    kinds = (("502", "digest", 0), ("503", "reminder", -7), ("504", "reminder", 0), ("505", "escalation", 3))
    await notifier.admin.execute("SET session_replication_role = replica")  # else what a notice is about stays as it is
    for unit, kind, step in kinds:
        await notifier.admin.execute(
            "UPDATE notifier.notices SET kind = $2, step = $3, obligation_id = CASE WHEN $2 <> 'digest' THEN"
            " obligation_id END WHERE channel = 'email' AND unit_code = $1 AND step = -7 AND state = 'created'",
            unit,
            kind,
            step,
        )
    order = []
    for _ in kinds:
        async with notifier.context.uow() as uow:
            (one,) = await uow.deliveries.lease("email", 1)
        order += [row["unit_code"] for row in await notifier.rows("SELECT unit_code FROM notices WHERE id = $1", one)]
    assert order[2:] == ["503", "502"]
    assert set(order[:2]) == {"504", "505"}


async def test_the_order_of_sending_is_read_from_an_index(notifier: Any) -> None:
    await notifier.admin.execute("SET enable_seqscan = off; SET enable_sort = off")
    rows = await notifier.admin.fetch(
        "EXPLAIN SELECT id FROM notifier.notices WHERE channel = 'email' AND state = 'created' AND next_try_at <= now()"
        " AND leased_until <= now() ORDER BY notifier.notice_priority(kind, step), next_try_at, id LIMIT 200"
    )
    plan = "\n".join(row[0] for row in rows)
    assert "notices_waiting" in plan
    assert "Sort" not in plan
