"""Officials above a duty waive it or move its date; what was told before is put right."""

from typing import Any

import pytest

from shared.auth.actors import Actor
from shared.contracts.evaluation import RoundFinished, ScoringOpened
from shared.contracts.roles import Level, Role

WAIVER = {"reason": "Huyện chưa có sản phẩm tham gia năm nay", "document": "12/QĐ-UBND"}
MOVE = {"due_on": "2023-08-31", "reason": "Bão số 4 làm chậm tiến độ", "document": "15/CV-VPĐP"}


@pytest.fixture
async def missed(notifier: Any, make: Any) -> None:
    """Two districts sent nothing by 31 July; it is 1 August."""
    await notifier.clock("2023-07-30T09:00:00+07:00")
    await notifier.tell(*make.deadlines(["502", "503"]))
    await notifier.at("2023-07-30T09:00:00+07:00")
    await notifier.at("2023-08-01T09:00:00+07:00")


@pytest.mark.usefixtures("missed")
async def test_a_waived_duty_is_owed_no_more_and_its_miss_is_taken_back(
    office: Any, notifier: Any, people: dict[str, Actor]
) -> None:
    duty = await office.obligation("502")
    assert duty["state"] == "missed"
    answer = await office.post(f"/obligations/{duty['id']}/waiver", WAIVER, people["province"], duty["version"], "one")
    assert (answer.status_code, answer.json()["state"]) == (201, "waived")
    again = await office.post(f"/obligations/{duty['id']}/waiver", WAIVER, people["province"], duty["version"], "one")
    assert again.json() == answer.json()
    mails = len(notifier.mail.mails)
    await notifier.at("2023-08-08T08:00:00+07:00")
    assert [mail["To"] for mail in notifier.mail.mails[mails:] if "502" in str(mail["To"])] == []
    assert (await office.obligation("502"))["state"] == "waived"
    (lifted,) = await notifier.events("notifier.obligation_lifted")
    assert (lifted["unit_code"], lifted["because"], lifted["due_on"]) == ("502", "waived", "2023-07-31")
    detail = (await office.get(f"/obligations/{duty['id']}", people["502"])).json()
    (act,) = detail["acts"]
    assert (act["act"], act["state_before"], act["reason"], act["document"]) == ("waive", "missed", *WAIVER.values())
    assert await notifier.unsettled() == 0


@pytest.mark.usefixtures("missed")
async def test_a_moved_duty_is_open_until_its_new_day_and_is_reminded_and_missed_by_it(
    office: Any, notifier: Any, people: dict[str, Actor]
) -> None:
    duty = await office.obligation("502")
    answer = await office.post(f"/obligations/{duty['id']}/move", MOVE, people["chair"], duty["version"])
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["state"], body["due_on"], body["asked_due_on"]) == ("open", "2023-08-31", "2023-07-31")
    await notifier.at("2023-08-24T08:00:00+07:00")
    assert notifier.mail.to("sec502@demo.ocop.example")[-1]["Subject"].startswith("[OCOP] Còn 7 ngày, hạn 31/08/2023")
    await notifier.at("2023-09-01T00:00:00+07:00")
    told = await notifier.rows(
        "SELECT type, payload ->> 'due_on' AS due, (payload ->> 'revision')::int AS revision FROM outbox_events"
        " WHERE payload ->> 'unit_code' = '502' AND type LIKE 'notifier.obligation%' ORDER BY seq"
    )
    assert [(row["type"].rpartition("_")[2], row["due"]) for row in told] == [
        ("missed", "2023-07-31"),
        ("lifted", "2023-08-31"),
        ("missed", "2023-08-31"),
    ]
    assert [row["revision"] for row in told] == sorted({row["revision"] for row in told})
    silent = await notifier.rows("SELECT due_on::text AS due, jsonb_array_length(units) AS n FROM silences ORDER BY 1")
    assert [tuple(row.values()) for row in silent] == [("2023-07-31", 2), ("2023-08-31", 1)]


@pytest.mark.usefixtures("missed")
async def test_the_plan_moving_the_deadline_ends_an_officials_move_and_a_mere_rewording_does_not(
    office: Any, notifier: Any, make: Any, people: dict[str, Actor]
) -> None:
    duty = await office.obligation("502")
    await office.post(f"/obligations/{duty['id']}/move", MOVE, people["province"], duty["version"])
    await notifier.tell(make.deadline("502", revision=2, name="Thành phố Tam Kỳ"))
    await notifier.turn()
    assert (await office.obligation("502"))["due_on"] == "2023-08-31"
    await notifier.tell(make.deadline("502", revision=3, due_on="2023-09-15"))
    await notifier.turn()
    now = await office.obligation("502")
    assert (now["due_on"], now["asked_due_on"], now["state"]) == ("2023-09-15", "2023-09-15", "open")


@pytest.mark.usefixtures("missed")
async def test_a_waived_duty_can_be_asked_again_by_moving_it(
    office: Any, notifier: Any, people: dict[str, Actor]
) -> None:
    duty = await office.obligation("502")
    path = f"/obligations/{duty['id']}"
    waived = (await office.post(f"{path}/waiver", WAIVER, people["province"], duty["version"])).json()
    moved = await office.post(f"{path}/move", MOVE, people["province"], waived["version"])
    assert (moved.status_code, moved.json()["state"]) == (201, "open")
    await notifier.turn()
    assert (await office.obligation("502"))["state"] == "open"
    told = [event["because"] for event in await notifier.events("notifier.obligation_lifted")]
    assert told == ["waived", "moved"]


@pytest.mark.usefixtures("missed")
async def test_what_is_done_after_a_waiver_counts_all_the_same(
    office: Any, notifier: Any, make: Any, people: dict[str, Actor]
) -> None:
    duty = await office.obligation("502")
    await office.post(f"/obligations/{duty['id']}/waiver", WAIVER, people["province"], duty["version"])
    finished = RoundFinished(
        round_id=make.known("round"), level=Level.DISTRICT, unit_code="502", year=2023, finished_on="2023-08-01"
    )
    await notifier.tell(finished)
    await notifier.turn()
    met = await office.obligation("502")
    assert met["state"] == "met"
    refused = await office.post(f"/obligations/{met['id']}/waiver", WAIVER, people["province"], met["version"])
    assert (refused.status_code, refused.json()["state"]) == (409, "met")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("province", 201),
        ("chair", 201),
        ("502", 403),
        ("502 chair", 403),
        ("503", 404),
        ("commune", 404),
        ("auditor", 403),
        ("member", 403),
        ("maker", 403),
        ("trade", 403),
    ],
)
@pytest.mark.usefixtures("missed")
async def test_who_stands_above_decides_and_nobody_else(
    office: Any, people: dict[str, Actor], who: str, status: int
) -> None:
    duty = await office.obligation("502")
    for act, body in (("move", MOVE), ("waiver", WAIVER)):
        duty = await office.obligation("502")
        answer = await office.post(f"/obligations/{duty['id']}/{act}", body, people[who], duty["version"])
        assert answer.status_code == status, (act, answer.text)


async def test_the_province_does_not_waive_its_own_offices_duty(
    office: Any, notifier: Any, make: Any, people: dict[str, Actor]
) -> None:
    await notifier.clock("2023-07-30T09:00:00+07:00")
    own = make.deadline("49").model_copy(
        update={"responsible": Role.PROVINCE_SECRETARY, "superior": Role.PROVINCE_CHAIR, "level": Level.PROVINCE}
    )
    await notifier.tell(own)
    await notifier.turn()
    duty = await office.obligation("49")
    path = f"/obligations/{duty['id']}/waiver"
    assert (await office.post(path, WAIVER, people["province"], duty["version"])).status_code == 403
    assert (await office.post(path, WAIVER, people["chair"], duty["version"])).status_code == 201


@pytest.mark.usefixtures("missed")
async def test_refusals_say_what_to_do(office: Any, notifier: Any, make: Any, people: dict[str, Actor]) -> None:
    duty = await office.obligation("502")
    path, chief = f"/obligations/{duty['id']}/move", people["province"]
    assert (await office.post(path, MOVE, chief, None)).status_code == 428
    assert (await office.post(path, MOVE, chief, 99)).status_code == 412
    for body, field in (
        (MOVE | {"due_on": "2023-07-31"}, "due_on"),
        (MOVE | {"due_on": "1000-01-01"}, "due_on"),
        (MOVE | {"reason": "  "}, "reason"),
        (MOVE | {"oops": 1}, "oops"),
    ):
        refused = await office.post(path, body, chief, duty["version"])
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, field)
    opened = ScoringOpened(
        round_id=make.known("round"),
        level=Level.DISTRICT,
        unit_code="502",
        unit_name="Tam Kỳ",
        year=2023,
        due_on="2023-08-30",
        member_ids=(make.known("member"),),
        dossiers=2,
    )
    await notifier.tell(opened)
    await notifier.turn()
    (sheets,) = await notifier.rows("SELECT id, version FROM obligations WHERE code = 'score_sheets'")
    refused = await office.post(f"/obligations/{sheets['id']}/move", MOVE, people["502"], sheets["version"])
    assert (refused.status_code, refused.json()["allowed"]) == (409, ["waive"])
    assert "đặt ra" in refused.json()["detail"]
