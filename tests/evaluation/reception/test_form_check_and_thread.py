"""The commune's screen: check of form, clock, claims; the thread that producer and officials of the level share."""

from typing import Any

from tests.evaluation.reception.conftest import waiting
from tests.evaluation.worlds import World, officer_of, producer_of

from shared.contracts.roles import Level, Role
from shared.testing.people import person


async def test_the_reception_screen_shows_clock_claims_and_checks_in_one_call(shared_world: World) -> None:
    await shared_world.move_clock("2026-06-08")
    product = shared_world.product(set_no=1)
    filed = await shared_world.filed(product)
    officer, path = officer_of(product), f"/dossiers/{filed['id']}"
    paper = filed["evidence"][0]["id"]
    items = [
        {"kind": "field", "ref": "registration_form.phone", "ok": True},
        {"kind": "criterion", "ref": next(iter(filed["self_score"]["choices"])), "ok": True},
        {"kind": "paper", "ref": paper, "ok": False, "reason": "Bản quét mờ"},
    ]
    kept = await shared_world.call("POST", f"{path}/form-checks", officer, {"items": items})
    assert kept.status_code == 201, kept.text
    seen = (await shared_world.call("GET", f"{path}/reception", officer)).json()
    assert seen["clock"] == {
        "length": 15,
        "unit": "working_day",
        "started_on": "2026-06-08",
        "due_on": "2026-06-29",
        "days_left": 15,
        "running": True,
        "source": "Art. 7.2",
    }
    assert [item["ok"] for item in seen["form_checks"][0]["items"]] == [True, True, False]
    assert len(seen["claims"]) == 4
    assert all(claim["claim"] and claim["criteria"] for claim in seen["claims"])
    await shared_world.move_clock("2026-07-01")
    late = (await shared_world.call("GET", f"{path}/reception", officer)).json()
    assert late["clock"]["days_left"] == -2


async def test_a_check_names_every_item_that_the_dossier_does_not_have(stage: Any, commune: Any) -> None:
    dossier = await waiting(stage)
    items = [
        {"kind": "field", "ref": "bank_account", "ok": True},
        {"kind": "criterion", "ref": "99.z", "ok": True},
        {"kind": "paper", "ref": "0190a0a0-0000-7000-8000-000000000000", "ok": True},
        {"kind": "field", "ref": "registration_form.phone", "ok": False},
    ]
    problem = await stage.refused(422, "POST", f"/dossiers/{dossier}/form-checks", commune, {"items": items})
    assert [(fault["field"], fault["code"]) for fault in problem["errors"]] == [
        ("items[0].ref", "unknown_item"),
        ("items[1].ref", "unknown_item"),
        ("items[2].ref", "unknown_item"),
        ("items[3].reason", "missing"),
    ]


async def test_the_report_keeps_what_the_meeting_said(stage: Any, commune: Any) -> None:
    dossier = await waiting(stage)
    document = await stage.ok("GET", "/rulesets/qd26-2026", commune)
    items = [
        {"item": item, "claim": "Theo hồ sơ", "observed": "Đúng"}
        for item in document["document"]["commune_report_items"]
    ]
    who = {"name": "Trưởng thôn (thử)", "position": "Trưởng thôn", "body": "Thôn 1", "opinion": "Nhất trí"}
    body: dict[str, Any] = {"items": items, "conclusion": "Đề nghị", "meeting": {"held_on": "2026-06-09"}}
    body["meeting"]["attendees"] = [who]
    future = await stage.refused(422, "POST", f"/dossiers/{dossier}/commune-report", commune, body)
    assert future["errors"][0]["field"] == "meeting.held_on"
    body["meeting"]["held_on"] = "2026-06-05"
    done = await stage.ok("POST", f"/dossiers/{dossier}/commune-report", commune, body)
    assert done["commune_report"]["meeting"] == {"held_on": "2026-06-05", "attendees": [who]}
    assert (done["state"], done["level"]) == ("reported", "province")


async def test_both_sides_of_the_level_see_the_thread_and_what_the_other_has_read(
    stage: Any, commune: Any, province: Any
) -> None:
    dossier = await waiting(stage)
    producer, path = stage.producer(dossier), f"/dossiers/{dossier}"
    about = {"kind": "field", "ref": "registration_form.phone"}
    asked = await stage.ok("POST", f"{path}/messages", commune, {"message": "Số điện thoại thiếu số", "item": about})
    assert (asked["side"], asked["level"], asked["item"]["ref"]) == ("official", "commune", about["ref"])
    (shown,) = (await stage.ok("GET", f"{path}/messages", producer))["items"]
    assert (shown["unread"], shown["seen"]) == (True, False)
    assert (await stage.ok("GET", f"{path}/reception", producer))["unread_messages"] == 1
    read = await stage.ok("POST", f"{path}/message-readings", producer, {"message_id": asked["id"]})
    assert read == {"unread": 0}
    reply = await stage.ok("POST", f"{path}/messages", producer, {"message": "Đã sửa"})
    mine = (await stage.ok("GET", f"{path}/messages", commune))["items"]
    assert [(m["side"], m["seen"], m["unread"]) for m in mine] == [
        ("official", True, False),
        ("producer", False, True),
    ]
    await stage.refused(403, "GET", f"{path}/messages", province)
    await stage.refused(403, "POST", f"{path}/messages", province, {"message": "?"})
    elsewhere = person(Role.COMMUNE_OFFICER, "20663", Level.COMMUNE)
    await stage.refused(404, "GET", f"{path}/messages", elsewhere)
    await stage.refused(404, "POST", f"{path}/message-readings", elsewhere, {"message_id": reply["id"]})
    auditor = person(Role.AUDITOR, "49")
    assert len((await stage.ok("GET", f"{path}/messages", auditor))["items"]) == 2
    await stage.refused(403, "POST", f"{path}/messages", auditor, {"message": "?"})


async def test_a_draft_has_no_reception_and_no_thread(shared_world: World) -> None:
    await shared_world.move_clock("2026-06-08")
    product = shared_world.product()
    draft = await shared_world.drafted(product)
    for path in ("reception", "messages"):
        answer = await shared_world.call("GET", f"/dossiers/{draft['id']}/{path}", producer_of(product))
        assert (answer.status_code, answer.json()["state"]) == (409, "draft")
