"""What people choose: the language of words, and what they decline where the law lets them."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from tests.notifier.people.conftest import Caller
from tests.notifier.providers import give_phone, providers_for

from notifier.data import read_json
from notifier.domain.topics import read_topics
from notifier.use_cases.settle_duties import settle_duties
from shared.contracts.evaluation import ReportDue
from shared.contracts.roles import Level, Role

DUE = "2023-07-24T08:00:00+07:00"
MAIL_OF_PLANS = {"topic": "plan_date", "channel": "email"}


async def choose(caller: Caller, *opt_outs: dict[str, str], language: str = "vi", version: int = 0) -> dict[str, Any]:
    body = {"language": language, "opt_outs": list(opt_outs)}
    done = await caller.change("PUT", "/preferences", version, body)
    assert done.status_code == 200, done.text
    return dict(done.json())


async def told(notifier: Any, step: int = -7) -> list[tuple[Any, ...]]:
    rows = await notifier.rows("SELECT channel, state, reason FROM notices WHERE step = $1 ORDER BY channel, id", step)
    return [tuple(row.values()) for row in rows]


async def test_what_is_declined_is_not_mailed_and_stays_in_the_inbox(
    notifier: Any, make: Any, secretary: Caller
) -> None:
    await choose(secretary, MAIL_OF_PLANS)
    await notifier.tell(make.deadline("502"))
    await notifier.at(DUE)
    assert notifier.mail.mails == []
    assert await told(notifier) == [("email", "skipped", "opted_out"), ("inbox", "sent", None)]
    assert len((await secretary.get("/inbox")).json()["items"]) == 1


async def test_a_policy_without_the_inbox_puts_what_is_declined_there(
    notifier: Any, make: Any, secretary: Caller
) -> None:
    await notifier.admin.execute("UPDATE notifier.reminder_policies SET chains = '[[\"email\"]]'")
    await choose(secretary, MAIL_OF_PLANS)
    await notifier.tell(make.deadline("502"), make.secretary("503"), make.deadline("503"))
    await notifier.at(DUE)
    rows = await notifier.rows("SELECT unit_code, channel, state FROM notices WHERE step = -7 ORDER BY 1, 2")
    assert [tuple(row.values()) for row in rows] == [
        ("502", "email", "skipped"),
        ("502", "inbox", "sent"),
        ("503", "email", "sent"),
    ]


async def test_what_the_law_demands_cannot_be_declined_and_the_refusal_says_why(secretary: Caller) -> None:
    body = {
        "language": "vi",
        "opt_outs": [
            MAIL_OF_PLANS,
            {"topic": "law_date", "channel": "sms"},
            {"topic": "plan_date", "channel": "inbox"},
            {"topic": "weather", "channel": "pigeon"},
        ],
    }
    refused = await secretary.change("PUT", "/preferences", 0, body)
    assert refused.status_code == 422
    assert "26/2026/QĐ-TTg" in refused.json()["rule"]
    assert [(fault["field"], fault["code"]) for fault in refused.json()["errors"]] == [
        ("opt_outs[1].topic", "may_not_leave"),
        ("opt_outs[2].channel", "may_not_leave"),
        ("opt_outs[3].topic", "unknown"),
        ("opt_outs[3].channel", "unknown"),
    ]
    assert "Thời hạn do văn bản pháp luật đặt" in refused.json()["errors"][0]["detail"]
    assert (await secretary.get("/preferences")).json()["version"] == 0, "nothing of it was taken"


async def test_choices_are_changed_as_a_whole_and_nobody_overwrites_unseen(secretary: Caller) -> None:
    first = await choose(secretary, MAIL_OF_PLANS, {"topic": "escalation", "channel": "sms"})
    assert first["version"] == 1
    (since,) = [t["opt_outs"][0]["since"] for t in first["topics"] if t["code"] == "plan_date"]
    stale = await secretary.change("PUT", "/preferences", 0, {"language": "en", "opt_outs": []})
    assert stale.status_code == 412
    second = await choose(secretary, MAIL_OF_PLANS, language="en", version=1)
    declined = {t["code"]: t["opt_outs"] for t in second["topics"] if t["opt_outs"]}
    assert declined == {"plan_date": [{"channel": "email", "since": since, "by": "preferences"}]}
    assert (second["language"], second["version"]) == ("en", 2)
    read = await secretary.get("/preferences")
    assert (read.json(), read.headers["ETag"]) == (second, '"v2"')


async def test_who_chose_english_is_told_in_english_and_others_in_vietnamese(
    notifier: Any, make: Any, secretary: Caller
) -> None:
    await choose(secretary, language="en")
    await notifier.tell(make.deadline("502"), make.secretary("503"), make.deadline("503"))
    await notifier.at(DUE)
    subjects = {mail["To"].addresses[0].addr_spec: mail["Subject"] for mail in notifier.mail.mails}
    assert subjects["sec502@demo.ocop.example"].startswith("[OCOP] Due in 7 day(s), on 2023-07-31")
    assert subjects["sec503@demo.ocop.example"].startswith("[OCOP] Còn 7 ngày")
    assert (await secretary.get("/inbox")).json()["items"][0]["subject"].startswith("[OCOP] Due in 7")


async def test_a_form_without_english_words_is_told_in_vietnamese(notifier: Any, make: Any, secretary: Caller) -> None:
    async with providers_for(notifier, [["sms"], ["inbox"]]) as providers:
        await give_phone(notifier, make.known("sec502"), "0912345678")
        await choose(secretary, language="en")
        await notifier.tell(make.deadline("502"))
        await notifier.at(DUE)
        (message,) = providers.sms.messages.values()
    assert "Han het ngay" in message["Content"]


def test_every_topic_names_its_source_and_every_shipped_duty_has_one() -> None:
    topics = read_topics(read_json("notice-topics.json"))
    assert all(topic.law and topic.because_vi and topic.because_en for topic in topics)
    members = {member for topic in topics for member in topic.members}
    known = {duty["code"] for duty in read_json("duties.json")["duties"]} | {"*"}
    assert {duty for _, duty in members} <= known
    by_law = {duty["code"] for duty in read_json("duties.json")["duties"] if "move" not in duty["officials_may"]}
    kept = {duty for topic in topics if not topic.may_leave for kind, duty in topic.members if kind == "reminder"}
    assert by_law == kept, "a duty whose date is not the officials' to move cannot be declined"


CHAINS = (
    [["email"], ["inbox"]],
    [["email"]],
    [["sms", "email"]],
    [["zns", "sms", "email"], ["inbox"]],
    [["email", "inbox"]],
    [["sms"], ["email"]],
)
SENDING = ("email", "sms", "zns")


def examples() -> Iterator[tuple[Any, ...]]:
    declined = [c for n in range(4) for c in itertools.combinations(SENDING, n)]
    return itertools.product(CHAINS, declined, ("plan_date", "law_date"), (True, False))


async def test_opting_out_never_leaves_anybody_without_the_inbox_nor_without_what_the_law_demands(
    notifier: Any, make: Any
) -> None:
    """Every chain with every set of declined channels, of a topic that may and one that may not be left, by a person
    with and without a phone."""
    async with providers_for(notifier):
        await notifier.clock(DUE)
        law = make.appointed("commune", Role.COMMUNE_OFFICER, "20000", Level.COMMUNE)
        await notifier.tell(make.secretary("502"), make.deadline("502"), law, _report_due(make))
        async with notifier.context.uow() as uow:
            await settle_duties(uow)
        duties = {
            "plan_date": (make.known("sec502"), "district_evaluation"),
            "law_date": (make.known("commune"), "commune_report"),
        }
        tried = 0
        for chains, declined, topic, phone in examples():
            person, code = duties[topic]
            with_choice = await _made(notifier, person, code, chains, [(topic, c) for c in declined], phone)
            without = await _made(notifier, person, code, chains, [], phone)
            named = {channel for chain in chains for channel in chain}
            if topic == "law_date" or not named & set(declined):
                assert with_choice == without
            else:
                assert ("inbox", "sent", None) in with_choice, (chains, declined)
                assert not [row for row in with_choice if row[1] == "created" and row[0] in declined]
                reached = {row[0] for row in without if row[1] == "created"} - set(declined)
                assert reached <= {row[0] for row in with_choice if row[1] == "created"}
            tried += 1
    assert tried == 6 * 8 * 2 * 2


def _report_due(make: Any) -> ReportDue:
    return ReportDue(
        dossier_id=make.known("dossier"),
        product_name="Bánh tráng",
        commune_code="20000",
        commune_name="Xã Thử",
        superior_unit_code="502",
        superior_level=Level.DISTRICT,
        year=2023,
        due_on="2023-07-31",
        source="Quyết định 148/QĐ-TTg",
    )


async def _made(
    notifier: Any, person: Any, code: str, chains: Any, declined: list[tuple[str, str]], phone: bool
) -> list[tuple[Any, ...]]:
    """The notices of the newest step, made and rolled back."""
    async with notifier.context.uow() as uow:
        sandbox = await uow.session.begin_nested()
        connection = await uow.session.connection()
        run = connection.exec_driver_sql
        await run("UPDATE reminder_policies SET chains = $1", (json.dumps(chains),))
        for topic, channel in declined:
            await run("INSERT INTO opt_outs VALUES ($1, $2, $3, now(), 'preferences')", (person, topic, channel))
        for channel in ("sms", "zns") if phone else ():
            await run(
                "INSERT INTO contacts (id, version, person_id, channel, address, verified_at)"
                " VALUES (uuidv7(), 1, $1, $2, '84912345678', now())",
                (person, channel),
            )
        ids = [row[0] for row in await run("SELECT id FROM obligations WHERE code = $1", (code,))]
        assert ids
        await uow.reminders.make(ids, await uow.now(), await uow.today())
        found = await run(
            "SELECT channel, state, reason FROM notices WHERE reason IS DISTINCT FROM 'newer_step_due' ORDER BY 1, 2"
        )
        rows = [tuple(row) for row in found]
        await sandbox.rollback()
    return rows


@pytest.mark.parametrize("role", [Role.PROVINCE_SECRETARY, Role.AUDITOR, Role.PRODUCER, Role.COUNCIL_MEMBER])
async def test_everybody_chooses_for_themselves_alone(secretary: Caller, caller: Any, role: Role) -> None:
    await choose(secretary, MAIL_OF_PLANS)
    other = caller(role)
    assert (await other.get("/preferences")).json()["version"] == 0
    await choose(other, language="en")
    mine = (await secretary.get("/preferences")).json()
    assert (mine["language"], mine["version"]) == ("vi", 1)
