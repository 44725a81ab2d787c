"""What a simulation says is what is sent when the year is played."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.notifier.policy_documents import DAILY, QUIET, WEEKLY, policy

from notifier.domain.policies import PolicyDraft
from notifier.use_cases.simulate_policy import Question, simulate_policy
from shared.contracts.roles import Role
from shared.testing.people import person

UNITS = ["502", "503", "504"]
BEGIN = datetime.fromisoformat("2023-07-20T00:00:00+07:00")
END = datetime.fromisoformat("2023-08-14T00:00:00+07:00")


def question(**changes: Any) -> Question:
    fields: dict[str, Any] = {"period": None, "code": None, "units": None, "policy": None, "policy_id": None}
    return Question(**{"year": 2023, "starts_on": BEGIN.date()} | fields | changes)


def line(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("at", "kind", "step", "channel", "person_id", "unit_code", "due_on", "template", "reason")
    at = row["at"].replace(minute=row["at"].minute // 30 * 30, second=0, microsecond=0)  # the clock runs on meanwhile
    plain = row | {"at": at}
    return tuple(plain[name] for name in names if not (name == "step" and row["kind"] == "digest"))


async def simulated(notifier: Any, **changes: Any) -> Counter[tuple[Any, ...]]:
    async with notifier.context.uow() as uow:
        played = await simulate_policy(uow, person(Role.PROVINCE_SECRETARY), question(**changes))
    return Counter(line(dict(row._mapping)) for row in played.notices)


async def sent(notifier: Any) -> Counter[tuple[Any, ...]]:
    rows = await notifier.rows(
        "SELECT made_at AS at, kind, step, channel, person_id, unit_code, due_on, template_code AS template, reason,"
        " state = 'sent' AS sent"
        " FROM notices"
    )
    assert len(notifier.mail.mails) == sum(row["sent"] and row["channel"] == "email" for row in rows)
    return Counter(line(row) for row in rows if row["kind"] != "absence")  # a policy does not make these


async def play(notifier: Any) -> None:
    """Three weeks, at every time of day at which these policies let something happen."""
    moment = BEGIN
    while moment < END:
        for minutes in (0, 390, 480, 510):
            await notifier.clock((moment + timedelta(minutes=minutes)).isoformat())
            await notifier.turn()
            await notifier.deliver()
        moment += timedelta(days=1)


DOCUMENTS = {
    "shipped": None,
    "working days": policy(working_days="previous", quiet_hours=QUIET),
    "daily digest": policy(working_days="next", digest=DAILY),
    "weekly digest": policy(digest=WEEKLY, quiet_hours=QUIET),
    "further audience": policy(
        steps=[
            {"step": -3, "tell": [{"who": "responsible", "template": "reminder"}]},
            {"step": 1, "tell": [{"who": who, "template": "escalation"} for who in ("superior", "unit_chair")]},
        ]
    ),
}


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_the_simulation_of_a_year_is_what_is_sent_when_it_is_played(notifier: Any, make: Any, name: str) -> None:
    document = DOCUMENTS[name]
    chairs = [make.appointed(f"chair{unit}", Role.DISTRICT_CHAIR, unit) for unit in UNITS]
    await notifier.clock(BEGIN.isoformat())
    await notifier.tell(*make.deadlines(UNITS), *chairs)
    await notifier.tell(*(make.deadline(unit, code="outlets", due_on="2023-08-05") for unit in UNITS))
    before = await notifier.rows("SELECT * FROM obligations ORDER BY id")
    draft = PolicyDraft.model_validate(document) if document else None
    expected = await simulated(notifier, policy=draft)
    assert await notifier.rows("SELECT * FROM obligations ORDER BY id") == before
    assert await notifier.rows("SELECT 1 FROM notices") == []
    if draft is not None:
        async with notifier.context.uow() as uow:
            row = await uow.policies.draft(draft, make.known("province"))
            await uow.policies.publish(row, BEGIN.date(), published_by=None, at=BEGIN)
    await play(notifier)
    assert expected == await sent(notifier)
    assert sum(expected.values()) > 20


async def test_a_year_is_narrowed_to_units_codes_and_a_published_policy(notifier: Any, make: Any) -> None:
    await notifier.clock(BEGIN.isoformat())
    await notifier.tell(*make.deadlines(UNITS), make.deadline("502", code="outlets", due_on="2023-08-05"))
    for changes, units, codes in (
        ({"units": ["503"]}, {"503"}, {"2023-07-31"}),
        ({"code": "outlets"}, {"502"}, {"2023-08-05"}),
        ({"policy_id": "score-sheets-1", "code": "outlets"}, {"502"}, {"2023-08-05"}),
    ):
        lines = await simulated(notifier, **changes)
        reminders = [one for one in lines if one[1] == "reminder"]
        assert {one[5] for one in reminders} == units
        assert {str(one[6]) for one in reminders} == codes
