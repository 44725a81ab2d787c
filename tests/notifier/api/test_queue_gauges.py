"""What Prometheus is told of the queues."""

from typing import Any

import httpx
from prometheus_client import generate_latest

from notifier.use_cases.watch_queues import look


def gauge(name: str, **labels: str) -> float:
    """The value of a gauge as it is scraped."""
    shown = ",".join(f'{key}="{value}"' for key, value in labels.items())
    line = next(one for one in generate_latest().decode().splitlines() if one.startswith(f"{name}{{{shown}}}"))
    return float(line.split()[-1])


async def test_waiting_age_and_pauses_are_told_for_each_channel(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-07-24T08:01:00+07:00")
    await notifier.tell(*make.deadlines(["502", "503"]))
    await notifier.turn()
    await notifier.admin.execute(
        "UPDATE notifier.notices SET next_try_at = now() - interval '90 seconds' WHERE state = 'created'"
    )
    async with notifier.context.uow() as uow:
        await uow.channels.pause("sms", "Bảo trì")
    await look(notifier.database)
    assert gauge("notifier_waiting", channel="email") == 2
    assert gauge("notifier_oldest_waiting_seconds", channel="email") >= 90
    assert gauge("notifier_waiting", channel="webhook") == 0
    assert (gauge("notifier_channel_paused", channel="sms"), gauge("notifier_channel_paused", channel="email")) == (
        1,
        0,
    )
    assert gauge("notifier_webhook_endpoints", state="active") == 0
    await notifier.admin.execute("UPDATE notifier.channels SET paused_at = NULL")
    await notifier.deliver()
    await look(notifier.database)
    assert gauge("notifier_waiting", channel="email") == 0
    assert gauge("notifier_oldest_waiting_seconds", channel="email") == 0


async def test_a_scrape_looks_at_the_queues_itself(notifier: Any, make: Any, http: httpx.AsyncClient) -> None:
    await notifier.clock("2023-07-24T08:01:00+07:00")
    await notifier.tell(*make.deadlines(["502", "503", "504"]))
    await notifier.turn()
    scraped = (await http.get("/metrics")).text
    assert 'notifier_waiting{channel="email"} 3.0' in scraped
