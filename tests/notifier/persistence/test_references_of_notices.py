"""What notices and steps refer to exists when they are made, and stays: the database sees to it, set by set."""

from typing import Any

import pytest
from asyncpg import ForeignKeyViolationError

ANOTHER = """
    INSERT INTO notifier.notices SELECT (jsonb_populate_record(n, jsonb_build_object(
        'id', uuidv7(), 'step', n.step + 100) || $1::text::jsonb)).*
    FROM notifier.notices n WHERE channel = 'email' LIMIT 1
"""
NOBODY = "00000000-0000-7000-8000-000000000000"


async def reminded(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-07-24T08:01:00+07:00")
    await notifier.tell(*make.deadlines(["502"]))
    await notifier.turn()


async def test_a_notice_like_another_is_taken(notifier: Any, make: Any) -> None:
    await reminded(notifier, make)
    before = len(await notifier.rows("SELECT FROM notices"))
    await notifier.admin.execute(ANOTHER, "{}")
    assert len(await notifier.rows("SELECT FROM notices")) == before + 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (f'{{"obligation_id": "{NOBODY}"}}', f"notices refer to no obligation {NOBODY}"),
        ('{"channel": "pigeon"}', "notices refer to no channel pigeon"),
        ('{"template_code": "poem"}', "notices refer to no template poem mail 1"),
        ('{"template_version": 99}', "notices refer to no template reminder mail 99"),
    ],
)
async def test_a_notice_that_refers_to_nothing_is_refused(notifier: Any, make: Any, changed: str, said: str) -> None:
    await reminded(notifier, make)
    with pytest.raises(ForeignKeyViolationError) as refused:
        await notifier.admin.execute(ANOTHER, changed)
    assert str(refused.value) == said


async def test_a_step_of_no_duty_is_refused(notifier: Any) -> None:
    with pytest.raises(ForeignKeyViolationError, match="reminder_steps refer to no obligation"):
        await notifier.admin.execute(
            "INSERT INTO notifier.reminder_steps VALUES ($1, '2023-07-31', -7, 'noticed', NULL, now())", NOBODY
        )


@pytest.mark.parametrize(
    "change",
    [
        f"UPDATE notifier.notices SET obligation_id = '{NOBODY}'",
        "UPDATE notifier.notices SET channel = 'pigeon'",
        "UPDATE notifier.notices SET template_version = 99",
        f"UPDATE notifier.reminder_steps SET obligation_id = '{NOBODY}'",
        "DELETE FROM notifier.notices",
        "DELETE FROM notifier.obligations",
        "DELETE FROM notifier.channels",
        "DELETE FROM notifier.notice_templates",
    ],
)
async def test_what_was_told_stays_and_so_does_what_it_refers_to(notifier: Any, make: Any, change: str) -> None:
    await reminded(notifier, make)
    with pytest.raises(ForeignKeyViolationError, match="refused, for the proof"):
        await notifier.admin.execute(change)
