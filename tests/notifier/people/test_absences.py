"""Who is absent, who stands in, and who is told then."""

import asyncio
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.notifier.people.conftest import Caller
from tests.notifier.policy_documents import WEEKLY, policy
from tests.notifier.use_cases.test_simulate_policy import play, sent, simulated

from notifier.domain.absences import Absence, Circle, longest_chain
from notifier.domain.policies import PolicyDraft
from notifier.use_cases.make_reminders import make_reminders
from shared.contracts.roles import Level, Role
from shared.testing.people import person

REMINDER = {"who": "responsible", "template": "reminder"}


async def declare(caller: Caller, deputy: Any, from_on: str, to_on: str, **more: Any) -> dict[str, Any]:
    body = {"deputy_id": str(deputy), "from_on": from_on, "to_on": to_on}
    made = await caller.post("/absences", body | {name: str(value) for name, value in more.items()})
    assert made.status_code == 201, made.text
    return dict(made.json())


@pytest.fixture
async def colleagues(notifier: Any, make: Any, secretary: Caller) -> Any:
    """Others of district 502 and one of 503, the province's secretary, and the duty of the end of July."""
    await notifier.tell(
        make.province(),
        *(make.appointed(name, Role.DISTRICT_CHAIR, "502") for name in ("ban", "cuc", "dao", "em")),
        make.appointed("other", Role.DISTRICT_CHAIR, "503"),
        make.deadline("502"),
    )
    return make.known


def signed_in(secretary: Caller, make: Any, name: str, role: Role = Role.DISTRICT_CHAIR, unit: str = "502") -> Caller:
    return Caller(secretary.client, person(role, unit, Level.DISTRICT, person_id=make.known(name)))


def province(secretary: Caller, make: Any) -> Caller:
    return Caller(secretary.client, person(Role.PROVINCE_SECRETARY, "49", person_id=make.known("province")))


async def told(notifier: Any, step: int, channel: str = "inbox") -> list[tuple[Any, ...]]:
    rows = await notifier.rows(
        "SELECT recipient_name, kind, in_place_of IS NOT NULL AS stands_in FROM notices"
        " WHERE step = $1 AND channel = $2 AND state = 'sent' ORDER BY recipient_name",
        step,
        channel,
    )
    return [tuple(row.values()) for row in rows]


async def test_while_somebody_is_absent_the_deputy_is_told_and_the_words_say_for_whom(
    notifier: Any, secretary: Caller, colleagues: Any
) -> None:
    absence = await declare(secretary, colleagues("ban"), "2023-07-20", "2023-07-26", reason="Nghỉ phép")
    assert (absence["basis"], absence["deputy_name"]) == ("same_unit", "Người ban")
    await notifier.at("2023-07-17T08:00:00+07:00")
    assert await told(notifier, -14) == [("Người sec502", "reminder", False)]
    await notifier.at("2023-07-24T08:00:00+07:00")
    assert await told(notifier, -7) == [("Người ban", "reminder", True)]
    _, mail = notifier.mail.to("ban@demo.ocop.example")
    assert "Kính gửi Người ban (thay Người sec502)," in notifier.mail.text(mail)
    await notifier.at("2023-07-28T08:00:00+07:00")
    assert await told(notifier, -3) == [("Người sec502", "reminder", False)], "the absence is over"


async def test_an_absence_that_is_cancelled_before_the_step_changes_who_is_told(
    notifier: Any, secretary: Caller, colleagues: Any
) -> None:
    absence = await declare(secretary, colleagues("ban"), "2023-07-20", "2023-08-20")
    await notifier.at("2023-07-24T08:00:00+07:00")
    done = await secretary.post(f"/absences/{absence['id']}/cancellation")
    assert done.status_code == 201
    assert (await secretary.post(f"/absences/{absence['id']}/cancellation")).status_code == 409
    await notifier.at("2023-07-28T08:00:00+07:00")
    assert await told(notifier, -7) == [("Người ban", "reminder", True)]
    assert await told(notifier, -3) == [("Người sec502", "reminder", False)]
    await declare(secretary, colleagues("cuc"), "2023-07-28", "2023-07-31")
    await notifier.at("2023-07-30T08:00:00+07:00")
    assert await told(notifier, -1) == [("Người cuc", "reminder", True)]


async def test_a_policy_may_tell_the_absent_too(notifier: Any, secretary: Caller, colleagues: Any) -> None:
    await notifier.admin.execute("UPDATE notifier.reminder_policies SET tells_absent = true")
    await declare(secretary, colleagues("ban"), "2023-07-20", "2023-07-26")
    await notifier.at("2023-07-24T08:00:00+07:00")
    assert await told(notifier, -7) == [("Người ban", "reminder", True), ("Người sec502", "reminder", False)]


async def test_superiors_have_deputies_too_for_escalation_and_silence(
    notifier: Any, make: Any, secretary: Caller, colleagues: Any
) -> None:
    await notifier.tell(make.appointed("vice", Role.PROVINCE_CHAIR, "49", Level.PROVINCE))
    await declare(province(secretary, make), colleagues("vice"), "2023-07-31", "2023-08-05")
    await notifier.at("2023-08-01T08:00:00+07:00")
    await notifier.at("2023-08-01T08:00:01+07:00")
    rows = await notifier.rows(
        "SELECT kind, recipient_name FROM notices"
        " WHERE kind IN ('escalation', 'silence') AND channel = 'email' ORDER BY kind"
    )
    assert [tuple(row.values()) for row in rows] == [("escalation", "Người vice"), ("silence", "Người vice")]


async def test_a_deputy_who_is_absent_hands_on_and_one_whose_office_ended_hands_back(
    notifier: Any, make: Any, secretary: Caller, colleagues: Any
) -> None:
    await declare(secretary, colleagues("ban"), "2023-07-20", "2023-07-31")
    await declare(signed_in(secretary, make, "ban"), colleagues("cuc"), "2023-07-22", "2023-07-26")
    await notifier.at("2023-07-24T08:00:00+07:00")
    assert await told(notifier, -7) == [("Người cuc", "reminder", True)]
    ended = make.appointed("ban", Role.DISTRICT_CHAIR, "502", valid_to="2023-07-27", revision=2)
    await notifier.tell(ended)
    await notifier.at("2023-07-28T08:00:00+07:00")
    assert await told(notifier, -3) == [("Người sec502", "reminder", False)], "nobody is lost"


async def test_what_a_person_owes_personally_has_no_deputy(
    notifier: Any, make: Any, secretary: Caller, colleagues: Any
) -> None:
    await notifier.tell(make.appointed("member", Role.COUNCIL_MEMBER, "502"))
    await notifier.admin.execute("UPDATE notifier.obligations SET person_id = $1", make.known("sec502"))
    await declare(secretary, colleagues("ban"), "2023-07-20", "2023-07-26")
    await notifier.at("2023-07-24T08:00:00+07:00")
    assert await told(notifier, -7) == [("Người sec502", "reminder", False)]
    member = Caller(
        secretary.client, person(Role.COUNCIL_MEMBER, "502", Level.DISTRICT, person_id=make.known("member"))
    )
    body = {"deputy_id": str(colleagues("ban")), "from_on": "2023-07-25", "to_on": "2023-07-26"}
    refused = await member.post("/absences", body)
    assert (refused.status_code, refused.json().get("state")) == (409, "personal")


async def test_a_deputy_holds_an_office_of_the_unit_or_is_named_from_above(
    notifier: Any, make: Any, secretary: Caller, colleagues: Any
) -> None:
    body = {"deputy_id": str(colleagues("other")), "from_on": "2023-07-20", "to_on": "2023-07-26"}
    refused = await secretary.post("/absences", body)
    assert [fault["code"] for fault in refused.json()["errors"]] == ["other_unit"]
    named = await province(secretary, make).post("/absences", body | {"person_id": str(colleagues("sec502"))})
    assert (named.status_code, named.json()["basis"]) == (201, "superior")
    await notifier.tell(make.appointed("soon", Role.DISTRICT_CHAIR, "502", valid_to="2023-07-25"))
    gone = body | {"deputy_id": str(make.known("soon")), "from_on": "2023-08-20", "to_on": "2023-08-26"}
    assert [fault["code"] for fault in (await secretary.post("/absences", gone)).json()["errors"]] == ["no_office"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to_on": "2023-07-19"}, "range"),
        ({"from_on": "2023-05-09"}, "past"),
        ({"to_on": "2024-07-19"}, "too_long"),
        ({"deputy": "sec502"}, "self"),
        ({"deputy": "stranger"}, "no_office"),
    ],
)
async def test_days_and_deputies_that_cannot_be_are_refused(
    secretary: Caller, colleagues: Any, change: dict[str, str], code: str
) -> None:
    body = {"deputy": "ban", "from_on": "2023-07-20", "to_on": "2023-07-26"} | change
    deputy = str(colleagues(body.pop("deputy")))
    refused = await secretary.post("/absences", body | {"deputy_id": deputy})
    assert refused.status_code == 422
    assert [fault["code"] for fault in refused.json()["errors"]] == [code]


async def test_overlaps_circles_and_long_chains_are_refused(make: Any, secretary: Caller, colleagues: Any) -> None:
    days = {"from_on": "2023-07-20", "to_on": "2023-07-26"}
    await declare(secretary, colleagues("ban"), **days)
    body = {"deputy_id": str(colleagues("cuc"))}
    refused = await secretary.post("/absences", body | {"from_on": "2023-07-26", "to_on": "2023-07-30"})
    assert (refused.status_code, refused.json()["state"]) == (409, "absent")
    for name, deputy in (("ban", "cuc"), ("cuc", "dao")):
        await declare(signed_in(secretary, make, name), colleagues(deputy), **days)
    back = {"deputy_id": str(colleagues("sec502"))} | days
    answer = await signed_in(secretary, make, "dao").post("/absences", back)
    assert (answer.status_code, answer.json()["state"]) == (409, "circle")
    on = {"deputy_id": str(colleagues("em"))} | days
    answer = await signed_in(secretary, make, "dao").post("/absences", on)
    assert (answer.status_code, answer.json()["state"]) == (409, "too-long")
    later = {"deputy_id": str(colleagues("sec502")), "from_on": "2023-07-27", "to_on": "2023-07-30"}
    assert (await signed_in(secretary, make, "dao").post("/absences", later)).status_code == 201


async def test_two_who_name_each_other_at_once_make_no_circle(make: Any, secretary: Caller, colleagues: Any) -> None:
    days = {"from_on": "2023-07-20", "to_on": "2023-07-26"}
    answers = await asyncio.gather(
        secretary.post("/absences", days | {"deputy_id": str(colleagues("ban"))}),
        signed_in(secretary, make, "ban").post("/absences", days | {"deputy_id": str(colleagues("sec502"))}),
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409]


async def test_who_may_see_declare_and_end_an_absence(
    notifier: Any, make: Any, secretary: Caller, colleagues: Any, caller: Any
) -> None:
    absence = await declare(secretary, colleagues("ban"), "2023-07-20", "2023-07-26")
    body = {"person_id": str(colleagues("sec502")), "deputy_id": str(colleagues("ban"))}
    body |= {"from_on": "2023-09-01", "to_on": "2023-09-02"}
    sees = {
        "own": (secretary, True, 201),
        "deputy": (signed_in(secretary, make, "ban"), True, 404),
        "colleague": (signed_in(secretary, make, "cuc"), False, 404),
        "stranger": (caller(Role.PRODUCER, "20000", Level.COMMUNE), False, 404),
        "auditor": (caller(Role.AUDITOR), True, 404),
        "province": (province(secretary, make), True, 201),
        "chair": (caller(Role.PROVINCE_CHAIR), True, 201),
    }
    for name, (one, seen, status) in sees.items():
        found = (await one.get("/absences")).json()["items"]
        assert [item["id"] for item in found] == ([absence["id"]] if seen else []), name
        if status == 404:
            assert (await one.post("/absences", body)).status_code == 404, name
            assert (await one.post(f"/absences/{absence['id']}/cancellation")).status_code == 404, name
    assert (await sees["province"][0].post(f"/absences/{absence['id']}/cancellation")).status_code == 201
    listed = await secretary.get("/absences", on="2023-07-21")
    assert listed.json()["items"] == [], "cancelled ones do not count on a day"
    acts = await notifier.rows("SELECT action FROM audit_entries WHERE subject = 'absence' ORDER BY id")
    assert [act["action"] for act in acts] == ["declare", "cancel"]


async def test_sweeps_racing_with_a_new_absence_tell_one_of_the_two_once(
    notifier: Any, make: Any, secretary: Caller
) -> None:
    units = [str(code) for code in range(502, 520)]
    await notifier.tell(
        *make.deadlines(units), *(make.appointed(f"dep{unit}", Role.DISTRICT_CHAIR, unit) for unit in units)
    )
    await notifier.turn()
    await notifier.clock("2023-07-24T08:00:00+07:00")

    async def sweep() -> None:
        async with notifier.context.uow() as uow:
            await make_reminders(uow)

    async def leave(unit: str) -> None:
        who = person(Role.DISTRICT_SECRETARY, unit, Level.DISTRICT, person_id=make.known(f"sec{unit}"))
        await declare(Caller(secretary.client, who), make.known(f"dep{unit}"), "2023-07-24", "2023-07-26")

    await asyncio.gather(
        *(leave(unit) for unit in units[:9]), sweep(), sweep(), *(leave(u) for u in units[9:]), sweep()
    )
    await sweep()
    rows = await notifier.rows("SELECT unit_code, person_id FROM notices WHERE step = -7 AND channel = 'email'")
    assert Counter(row["unit_code"] for row in rows) == dict.fromkeys(units, 1), "no double, no loss"
    for row in rows:
        unit = row["unit_code"]
        assert row["person_id"] in (make.known(f"sec{unit}"), make.known(f"dep{unit}"))


async def test_the_simulation_is_what_is_sent_with_an_absence_in_the_middle(
    notifier: Any, make: Any, secretary: Caller
) -> None:
    begin = datetime.fromisoformat("2023-07-20T00:00:00+07:00")
    await notifier.clock(begin.isoformat())
    await notifier.tell(
        *make.deadlines(["502", "503"]),
        make.appointed("ban", Role.DISTRICT_CHAIR, "502"),
        make.appointed("vice", Role.PROVINCE_CHAIR, "49", Level.PROVINCE),
    )
    await declare(secretary, make.known("ban"), "2023-07-23", "2023-07-29")
    await declare(province(secretary, make), make.known("vice"), "2023-08-01", "2023-08-02")
    expected = await simulated(notifier)
    people = {line[4] for line in expected}
    assert {make.known("sec502"), make.known("ban"), make.known("vice"), make.known("province")} <= people
    await play(notifier)
    assert expected == await sent(notifier)


@pytest.mark.parametrize("cancelled", [False, True], ids=["absent", "back"])
async def test_a_digest_goes_to_whom_its_day_gives(
    notifier: Any, make: Any, secretary: Caller, colleagues: Any, cancelled: bool
) -> None:
    """The step falls on a Tuesday, the weekly digest on the Monday after."""
    draft = PolicyDraft.model_validate(
        policy(digest=WEEKLY, steps=[{"step": day, "tell": [REMINDER]} for day in (-20, -1)])
    )
    async with notifier.context.uow() as uow:
        row = await uow.policies.draft(draft, make.known("province"))
        await uow.policies.publish(row, await uow.today(), published_by=None, at=await uow.now())
    await notifier.admin.execute("UPDATE notifier.obligations SET settled = false")
    days = ("2023-07-10", "2023-07-12") if cancelled else ("2023-07-15", "2023-07-25")
    absence = await declare(secretary, colleagues("ban"), *days)
    await notifier.at("2023-07-11T09:00:00+07:00")
    held = await notifier.rows("SELECT recipient_name FROM notices WHERE state = 'held'")
    assert {row["recipient_name"] for row in held} == {"Người ban" if cancelled else "Người sec502"}
    if cancelled:
        assert (await secretary.post(f"/absences/{absence['id']}/cancellation")).status_code == 201
    for hour in ("08:00", "08:30", "09:00"):
        await notifier.at(f"2023-07-17T{hour}:00+07:00")
    digests = await notifier.rows("SELECT recipient_name, channel FROM notices WHERE kind = 'digest' ORDER BY channel")
    name = "Người sec502" if cancelled else "Người ban"
    assert [tuple(row.values()) for row in digests] == [(name, "email"), (name, "inbox")]
    members = await notifier.rows("SELECT in_place_of IS NOT NULL AS stands_in FROM notices WHERE state = 'digested'")
    assert [row["stands_in"] for row in members] == [not cancelled] * 2


A, B, C, D = (UUID(int=n) for n in range(1, 5))


def day(n: int) -> date:
    return date(2023, 7, 1) + timedelta(days=n)


def test_a_chain_counts_only_days_that_all_of_it_share() -> None:
    known = [Absence(B, C, day(0), day(9)), Absence(C, D, day(10), day(20))]
    assert longest_chain(Absence(A, B, day(5), day(15)), known) == 2
    assert longest_chain(Absence(A, B, day(10), day(15)), known) == 1
    assert longest_chain(Absence(D, A, day(12), day(12)), known) == 2
    with pytest.raises(Circle):
        longest_chain(Absence(D, C, day(10), day(10)), known)
    assert longest_chain(Absence(D, C, day(5), day(9)), known) == 1
