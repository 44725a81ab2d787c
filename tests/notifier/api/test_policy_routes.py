"""Policies over HTTP: who may write them, what is refused, what publication does, what a simulation shows."""

import csv
import io
from typing import Any

import httpx
import pytest
from tests.notifier.policy_documents import DAILY, QUIET, policy

from notifier.use_cases.keep_reference_data import keep_reference_data
from shared.contracts.roles import Level, Role
from shared.testing.people import headers_for, person

BASE = "/api/notifier/v1"
SECRETARY = person(Role.PROVINCE_SECRETARY)


def writing() -> dict[str, str]:
    return headers_for(SECRETARY, key=True)


@pytest.mark.parametrize(
    ("role", "level", "reads", "writes"),
    [
        (Role.PROVINCE_SECRETARY, Level.PROVINCE, 200, 201),
        (Role.PROVINCE_CHAIR, Level.PROVINCE, 200, 403),
        (Role.AUDITOR, Level.PROVINCE, 200, 403),
        (Role.DISTRICT_SECRETARY, Level.DISTRICT, 403, 403),
        (Role.COUNCIL_MEMBER, Level.DISTRICT, 403, 403),
        (Role.PRODUCER, Level.COMMUNE, 403, 403),
    ],
)
async def test_who_may_read_write_and_simulate_policies(
    http: httpx.AsyncClient, role: Role, level: Level, reads: int, writes: int
) -> None:
    actor = person(role, "49", level)
    headers = headers_for(actor, key=True)
    assert (await http.get(f"{BASE}/reminder-policies", headers=headers)).status_code == reads
    assert (await http.get(f"{BASE}/reminder-policies/default-1", headers=headers)).status_code == reads
    simulated = await http.post(f"{BASE}/policy-simulations", headers=headers, json={"year": 2023})
    assert simulated.status_code == reads
    answer = await http.post(f"{BASE}/reminder-policies", headers=headers, json=policy())
    assert answer.status_code == writes
    path = f"{BASE}/reminder-policies/district-evaluation-1"
    changed = await http.patch(path, headers=headers | {"If-Match": '"v1"'}, json=policy(send_at="09:00"))
    assert changed.status_code == (200 if writes == 201 else 403)
    headers = headers_for(actor, key=True)
    published = await http.post(f"{path}/publication", headers=headers, json={"valid_from": "2099-01-01"})
    assert published.status_code == writes


async def test_every_fault_of_a_policy_is_named_at_once_in_both_languages(http: httpx.AsyncClient) -> None:
    document = policy(
        chains=[["email"], ["pigeon", "email"]],
        quiet_hours=QUIET | {"ends": "09:00"},
        digest=DAILY | {"immediate_from": 5, "weekday": 2, "template": "reminder"},
        steps=[
            {"step": -1, "tell": [{"who": "king", "template": "nothing"}]},
            {"step": -1, "tell": [{"who": "superior", "template": "reminder"}] * 2},
        ],
        silence_template="reminder",
    )
    answer = await http.post(f"{BASE}/reminder-policies", headers=writing(), json=document)
    assert answer.status_code == 422
    assert {(one["field"], one["code"]) for one in answer.json()["errors"]} == {
        ("chains[1][0]", "unknown"),
        ("chains[1][1]", "duplicate"),
        ("steps[0].tell[0].who", "unknown"),
        ("steps[0].tell[0].template", "unknown"),
        ("steps[1].step", "duplicate"),
        ("steps[1].tell[1].who", "duplicate"),
        ("send_at", "quiet"),
        ("digest.at", "quiet"),
        ("digest.weekday", "weekday"),
        ("digest.immediate_from", "range"),
        ("digest.template", "unknown"),
        ("silence_template", "unknown"),
    }
    english = await http.post(
        f"{BASE}/reminder-policies", headers=writing() | {"Accept-Language": "en"}, json=policy(chains=[["pigeon"]])
    )
    assert english.json()["errors"][0]["detail"] == "Unknown; known: email, eoffice, inbox, sms, webpush, zns"
    shape = await http.post(f"{BASE}/reminder-policies", headers=writing(), json=policy(working_days="sometimes"))
    assert [one["field"] for one in shape.json()["errors"]] == ["working_days"]


async def test_a_draft_is_published_from_a_day_supersedes_and_never_changes_again(
    http: httpx.AsyncClient, notifier: Any, make: Any
) -> None:
    await notifier.clock("2023-06-20T08:00:00+07:00")
    await notifier.tell(*make.deadlines(["502"]))
    await notifier.turn()
    document = policy(code="*", id="default-2", working_days="previous", quiet_hours=QUIET, digest=DAILY)
    drafted = await http.post(f"{BASE}/reminder-policies", headers=writing(), json=document)
    assert (drafted.status_code, drafted.json()["state"]) == (201, "draft")
    path = f"{BASE}/reminder-policies/default-2"
    again = await http.post(f"{BASE}/reminder-policies", headers=writing(), json=document)
    assert (again.status_code, again.json()["state"], again.json()["allowed"]) == (409, "draft", ["PATCH"])
    unmatched = await http.patch(path, headers=writing(), json=document)
    assert unmatched.status_code == 428
    changed = await http.patch(path, headers=writing() | {"If-Match": '"v1"'}, json=document | {"send_at": "07:00"})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"v2"')
    assert changed.json()["policy"]["send_at"] == "07:00:00"
    stale = await http.patch(path, headers=writing() | {"If-Match": '"v1"'}, json=document)
    assert stale.status_code == 412
    past = await http.post(f"{path}/publication", headers=writing(), json={"valid_from": "2023-06-20"})
    assert [one["field"] for one in past.json()["errors"]] == ["valid_from"]
    published = await http.post(f"{path}/publication", headers=writing(), json={"valid_from": "2023-07-01"})
    assert (published.status_code, published.json()["state"]) == (201, "published")
    before = (await http.get(f"{BASE}/reminder-policies/default-1", headers=writing())).json()
    assert (before["valid_to"], before["superseded_by"]) == ("2023-06-30", "default-2")
    fixed = await http.patch(path, headers=writing() | {"If-Match": '"v3"'}, json=document)
    assert (fixed.status_code, fixed.json()["state"]) == (409, "published")
    twice = await http.post(f"{path}/publication", headers=writing(), json={"valid_from": "2023-08-01"})
    assert twice.status_code == 409
    audit = await notifier.rows("SELECT action FROM audit_entries WHERE subject = 'reminder_policy' ORDER BY id")
    assert [row["action"] for row in audit] == ["draft", "redraft", "publish"]
    await notifier.turn()
    (duty,) = await notifier.rows("SELECT next_step_at FROM obligations")
    assert duty["next_step_at"].isoformat() == "2023-07-24T00:00:00+00:00"
    async with notifier.context.uow() as uow:
        await keep_reference_data(uow)
    kept = (await http.get(f"{BASE}/reminder-policies/default-1", headers=writing())).json()
    assert kept["valid_to"] == "2023-06-30", "loading leaves an end that a successor set"


async def test_a_simulation_is_a_table_a_file_for_spreadsheets_and_a_calendar(
    http: httpx.AsyncClient, notifier: Any, make: Any
) -> None:
    await notifier.clock("2023-06-20T08:00:00+07:00")
    await notifier.tell(*make.deadlines(["502", "503"]))
    body = {"year": 2023, "units": ["502"], "policy": policy(digest=DAILY)}
    found = (await http.post(f"{BASE}/policy-simulations", headers=writing(), json=body)).json()
    assert "notices" in found, found.get("errors")
    told = [(one["at"], one["kind"], one["channel"]) for one in found["notices"] if one["outcome"] == "told"]
    assert (found["duties"], found["told"]) == (1, len(told))
    assert ("2023-07-24T01:30:00Z", "digest", "email") in told
    assert ("2023-07-31T01:00:00Z", "reminder", "email") in told
    table = await http.post(f"{BASE}/policy-simulations?format=csv", headers=writing(), json=body)
    lines = list(csv.DictReader(io.StringIO(table.text.removeprefix("\ufeff"))))
    assert len(lines) == len(found["notices"])
    assert lines[0]["at"].endswith("+07:00")
    feed = await http.post(f"{BASE}/policy-simulations?format=ics", headers=writing(), json=body)
    assert feed.headers["Content-Type"].startswith("text/calendar")
    assert feed.text.count("BEGIN:VEVENT") == found["told"]
    faulty = await http.post(
        f"{BASE}/policy-simulations", headers=writing(), json=body | {"policy": policy(chains=[["pigeon"]])}
    )
    assert [one["field"] for one in faulty.json()["errors"]] == ["policy.chains[0][0]"]
    unknown = await http.post(
        f"{BASE}/policy-simulations", headers=writing(), json={"year": 2023, "policy_id": "no-such"}
    )
    assert unknown.status_code == 404
    assert await notifier.rows("SELECT 1 FROM notices") == []


async def test_a_calendar_address_shows_own_deadlines_until_it_is_revoked(
    http: httpx.AsyncClient, notifier: Any, make: Any
) -> None:
    await notifier.clock("2023-07-20T08:00:00+07:00")
    await notifier.tell(*make.deadlines(["502", "503"]))
    await notifier.turn()
    owner = person(Role.DISTRICT_SECRETARY, "502", Level.DISTRICT, person_id=make.known("sec502"))
    made = await http.post(f"{BASE}/calendar-feeds", headers=headers_for(owner, key=True), json={"label": "điện thoại"})
    assert made.status_code == 201
    address = made.json()["url"].removeprefix("http://localhost:8080")
    feed = await http.get(address)
    assert feed.headers["Content-Type"] == "text/calendar; charset=utf-8"
    lines = feed.text.replace("\r\n ", "").split("\r\n")
    assert [line for line in lines if line.startswith("DTSTART")] == [
        "DTSTART;VALUE=DATE:20230731",
        *(f"DTSTART:{day}T010000Z" for day in ("20230724", "20230728", "20230730", "20230731")),
        *(f"DTSTART:{day}T010000Z" for day in ("20230801", "20230803", "20230807")),
    ]
    assert "SUMMARY:Hạn: Đánh giá\\, phân hạng sản phẩm OCOP cấp huyện trước tháng 8/2023 (Huyện 502)" in lines
    assert max(len(line.encode()) for line in feed.text.split("\r\n")) <= 75
    assert (await http.get(address, headers={"If-None-Match": feed.headers["ETag"]})).status_code == 304
    other = person(Role.DISTRICT_SECRETARY, "503", Level.DISTRICT, person_id=make.known("sec503"))
    path = f"{BASE}/calendar-feeds/{made.json()['id']}/revocation"
    assert (await http.post(path, headers=headers_for(other, key=True))).status_code == 404
    assert (await http.get(f"{BASE}/calendar-feeds", headers=headers_for(other))).json() == {"items": []}
    assert (await http.post(path, headers=headers_for(owner, key=True))).status_code == 201
    assert (await http.get(address)).status_code == 404
    shown = (await http.get(f"{BASE}/calendar-feeds", headers=headers_for(owner))).json()["items"]
    assert [one["revoked_at"] is not None for one in shown] == [True]
    stored = await notifier.rows("SELECT token_digest FROM calendar_feeds")
    assert address.partition("token=")[2].encode() not in stored[0]["token_digest"]
