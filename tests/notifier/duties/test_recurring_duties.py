"""Duties that come again each period: made ahead, for the units of their date, moved by holidays, never doubled."""

from typing import Any

import pytest

from shared.auth.actors import Actor
from shared.contracts.registry import UnitReportSubmitted
from shared.contracts.roles import Level

from .conftest import unit

DATA = {
    "code": "periodic_report",
    "title": "Gửi số liệu báo cáo {period}",
    "title_en": "Report data, {period}",
    "source": "Kế hoạch, mục V.11",
    "valid_from": "2023-01-01",
    "valid_to": None,
    "who": [
        {
            "level": "district",
            "within": "49",
            "responsible": "district_secretary",
            "superiors": [{"level": "province", "role": "province_secretary"}],
        }
    ],
    "every": "quarter",
    "dates": [],
    "due": {
        "from": "end",
        "strictly_before": False,
        "steps": [{"to": "working_day_before"}, {"length": -5, "unit": "working_day"}],
    },
    "opens_days_before": 30,
    "fulfilled_by": ["registry.unit_report_submitted"],
    "officials_may": ["waive", "move"],
}
DUTIES = "SELECT unit_code, period, due_on::text AS due, state, version FROM obligations ORDER BY due_on, unit_code"


async def published(
    office: Any, actor: Actor, body: dict[str, Any] = DATA, name: str = "data", version: int = 0
) -> int:
    kept = await office.put(f"/duty-calendars/{name}", body, actor, version)
    assert kept.status_code == 200, kept.text
    answer = await office.post(f"/duty-calendars/{name}/publication", None, actor, kept.json()["version"])
    assert answer.status_code == 201, answer.text
    return int(answer.json()["version"])


async def due(office: Any) -> list[tuple[str, str, str]]:
    return [(row["unit_code"], row["period"], row["due"]) for row in await office.notifier.rows(DUTIES)]


async def test_a_published_definition_makes_the_duties_ahead_once(office: Any, people: dict[str, Actor]) -> None:
    await office.notifier.clock("2023-05-10T08:00:00+07:00")
    assert await office.plan() == 0, "what ships is a draft"
    await published(office, people["province"])
    assert await office.plan() == 3
    rows = await due(office)
    of_2023 = [row for row in rows if row[1].startswith("2023")]
    assert [row[2] for row in of_2023 if row[0] == "502"] == ["2023-06-23", "2023-09-22", "2023-12-22"]
    assert len(of_2023) == 9
    assert {row[1] for row in rows} == {f"{y}-Q{q}" for y in (2023, 2024) for q in (1, 2, 3, 4)} - {"2023-Q1"}
    await office.notifier.turn()
    before = await office.notifier.rows(DUTIES)
    assert await office.plan() == 0, "looked at today already"
    await office.notifier.clock("2023-05-11T08:00:00+07:00")
    assert await office.plan() == 3
    await office.notifier.turn()
    assert await office.notifier.rows(DUTIES) == before, "the same again changes nothing"


async def test_units_that_end_before_a_due_date_do_not_have_its_duty(office: Any, people: dict[str, Actor]) -> None:
    await office.notifier.clock("2025-01-10T08:00:00+07:00")
    await published(office, people["province"])
    await office.plan()
    rows = await due(office)
    assert {row[1] for row in rows} == {"2025-Q1", "2025-Q2"}, "districts end on 30 June 2025"
    office.directory.known = [one for one in office.directory.known if one.code != "504"]
    await office.notifier.clock("2025-01-11T08:00:00+07:00")
    await office.plan()
    states = {row["unit_code"]: row["state"] for row in await office.notifier.rows(DUTIES)}
    assert states == {"502": "open", "503": "open", "504": "waived"}
    acts = await office.notifier.rows("SELECT act, person_id FROM duty_acts")
    assert [(one["act"], one["person_id"]) for one in acts] == [("lapse", None)] * 2
    office.directory.known.append(unit("504", Level.DISTRICT, valid_to="2025-06-30"))
    await office.notifier.clock("2025-01-12T08:00:00+07:00")
    await office.plan()
    await office.notifier.turn()
    assert {row["state"] for row in await office.notifier.rows(DUTIES)} == {"open"}


async def test_an_imported_calendar_moves_open_duties_and_keeps_their_past(
    office: Any, people: dict[str, Actor]
) -> None:
    await office.notifier.clock("2023-05-10T08:00:00+07:00")
    await published(office, people["province"])
    await office.plan()
    calendar = (await office.get("/calendars/2023", people["502"])).json()
    assert calendar["version"] == 0
    assert {"2023-01-20", "2023-04-29", "2023-09-01"} <= {day["date"] for day in calendar["days_off"]}
    body = {name: calendar[name] for name in ("days_off", "working_rest_days")}
    body["days_off"].append({"date": "2023-06-28", "note": "nghỉ hoán đổi"})
    body |= {"source": "Thông báo 1/TB"}
    assert (await office.put("/calendars/2023", body, people["502"], 0)).status_code == 403
    answer = await office.put("/calendars/2023", body, people["province"], 0)
    assert (answer.status_code, answer.json()["version"], answer.headers["etag"]) == (200, 1, '"v1"')
    again = await office.put("/calendars/2023", body, people["province"], 0)
    assert (again.status_code, again.json()["version"]) == (200, 1)
    assert await office.plan() == 3
    rows = await due(office)
    assert [row[2] for row in rows if row[0] == "502"][:2] == ["2023-06-22", "2023-09-22"]
    history = await office.notifier.rows(
        "SELECT r.revision, r.due_on::text AS due FROM deadline_revisions r"
        " JOIN obligations o ON o.id = r.obligation_id"
        " WHERE o.unit_code = '502' AND o.period = '2023-Q2' ORDER BY 1"
    )
    assert [tuple(row.values()) for row in history] == [(1, "2023-06-23"), (2, "2023-06-22")]
    stale = await office.put("/calendars/2023", body | {"source": "Thông báo 2/TB"}, people["province"], 0)
    assert stale.status_code == 412


async def test_what_is_met_waived_or_moved_is_left_alone(office: Any, people: dict[str, Actor]) -> None:
    await office.notifier.clock("2023-05-10T08:00:00+07:00")
    version = await published(office, people["province"])
    await office.plan()
    report = UnitReportSubmitted(
        report_id="0" * 32, unit_code="502", year=2023, period="2023-Q2", code="periodic_report"
    )
    await office.notifier.tell(report)
    await office.notifier.turn()
    moved = await office.obligation("503")
    await office.post(
        f"/obligations/{moved['id']}/move",
        {"due_on": "2023-07-05", "reason": "Bão lụt"},
        people["province"],
        moved["version"],
    )
    changed = DATA | {"title": "Số liệu mới {period}"}
    changed["due"] = {"from": "end", "strictly_before": True, "steps": []}
    await published(office, people["province"], changed, version=version)
    await office.plan()
    rows = {(row["unit_code"], row["due"], row["state"]) for row in await office.notifier.rows(DUTIES + " LIMIT 3")}
    assert rows == {("502", "2023-06-23", "met"), ("504", "2023-06-29", "open"), ("503", "2023-07-05", "open")}


async def test_the_plans_own_deadline_stands_before_the_calendars(
    office: Any, make: Any, people: dict[str, Actor]
) -> None:
    await office.notifier.clock("2023-05-10T08:00:00+07:00")
    await published(office, people["province"])
    await office.plan()
    plans_own = make.deadline(
        "502",
        code="periodic_report",
        period="2023-Q2",
        due_on="2023-06-30",
        fulfilled_by="registry.unit_report_submitted",
    )
    await office.notifier.tell(plans_own)
    await office.notifier.clock("2023-05-11T08:00:00+07:00")
    await office.plan()
    rows = await office.notifier.rows(
        "SELECT source_kind, state FROM obligations WHERE unit_code = '502' AND period = '2023-Q2' ORDER BY 1"
    )
    assert [tuple(row.values()) for row in rows] == [("calendar", "waived"), ("deadline", "open")]


async def test_a_silent_registry_delays_planning_and_loses_nothing(office: Any, people: dict[str, Actor]) -> None:
    await office.notifier.clock("2023-05-10T08:00:00+07:00")
    await published(office, people["province"])
    office.directory.down = True
    await office.plan()
    assert await due(office) == []
    assert await office.plan() == 0, "it waits a minute"
    office.directory.down = False
    await office.notifier.admin.execute("UPDATE notifier.duty_plans SET next_try_at = now()")
    await office.plan()
    assert len(await due(office)) == 21


async def test_a_preview_names_days_and_units_and_makes_nothing(office: Any, people: dict[str, Actor]) -> None:
    await office.notifier.clock("2023-05-10T08:00:00+07:00")
    kept = await office.put("/duty-calendars/data", DATA, people["province"], 0)
    assert kept.json()["state"] == "draft"
    preview = await office.get("/duty-calendars/data/preview?year=2024&with_units=true", people["auditor"])
    body = preview.json()
    assert [(one["period"], one["due_on"], one["units"]) for one in body["duties"]] == [
        ("2024-Q1", "2024-03-22", 3),
        ("2024-Q2", "2024-06-21", 3),
        ("2024-Q3", "2024-09-23", 3),
        ("2024-Q4", "2024-12-24", 3),
    ]
    assert body["duties"][0]["title"] == "Gửi số liệu báo cáo quý 1/2024"
    assert body["duties"][0]["unit_list"][0]["superior_unit_code"] == "49"
    assert body["total"] == 12
    assert await due(office) == []
    assert (await office.get("/duty-calendars/data/preview?year=2024", people["502"])).status_code == 403


async def test_month_day_rounds_count_only_what_was_done_since_the_round_before(
    office: Any, make: Any, people: dict[str, Actor]
) -> None:
    await office.notifier.clock("2026-05-25T08:00:00+07:00")
    shipped = (await office.get("/duty-calendars/province-rounds-2026", people["province"])).json()
    assert shipped["state"] == "draft"
    path = "/duty-calendars/province-rounds-2026/publication"
    assert (await office.post(path, None, people["province"], shipped["version"])).status_code == 201
    again = await office.post(path, None, people["province"], shipped["version"] + 1)
    assert (again.status_code, again.json()["allowed"]) == (409, ["edit"])
    await office.plan()
    rows = await office.notifier.rows(
        "SELECT period, due_on::text, counts_from FROM obligations ORDER BY due_on LIMIT 2"
    )
    assert [(row["period"], row["due_on"]) for row in rows] == [
        ("2026-06-30", "2026-06-29"),
        ("2026-12-30", "2026-12-29"),
    ]
    assert rows[1]["counts_from"].isoformat() == "2026-06-29T17:00:00+00:00"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": "Báo cáo {period.__class__}"}, "title"),
        ({"title": "Báo cáo {period:>99999999}"}, "title"),
        ({"title": "Báo cáo {"}, "title"),
        ({"fulfilled_by": ["registry.no_such_event"]}, "fulfilled_by"),
        ({"valid_to": "2022-01-01"}, "valid_to"),
        ({"dates": ["02-30"], "every": "dates"}, "dates"),
        ({"dates": ["04-30"]}, "dates"),
        ({"due": {"from": "end", "strictly_before": False, "steps": [{"length": 3}]}}, "due.steps[0]"),
        ({"who": []}, "who"),
        ({"officials_may": ["forgive"]}, "officials_may[0]"),
    ],
)
async def test_a_definition_that_cannot_work_is_refused_with_the_path_of_the_fault(
    office: Any, people: dict[str, Actor], change: dict[str, Any], field: str
) -> None:
    answer = await office.put("/duty-calendars/data", DATA | change, people["province"], 0)
    assert answer.status_code == 422, answer.text
    assert [fault["field"] for fault in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    ("days_off", "worked", "field"),
    [
        (["2024-01-01"], [], "days_off[0].date"),
        (["2023-01-01", "2023-01-01"], [], "days_off[1].date"),
        ([], ["2023-06-01"], "working_rest_days[0].date"),
        (["2023-06-03"], ["2023-06-03"], "working_rest_days[0].date"),
    ],
)
async def test_a_calendar_that_cannot_be_right_is_refused(
    office: Any, people: dict[str, Actor], days_off: list[str], worked: list[str], field: str
) -> None:
    lists = {"days_off": days_off, "working_rest_days": worked}
    body: dict[str, Any] = {name: [{"date": day, "note": "x"} for day in days] for name, days in lists.items()}
    answer = await office.put("/calendars/2023", body | {"source": "TB"}, people["province"], 0)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_only_the_province_secretary_publishes(office: Any, people: dict[str, Actor]) -> None:
    for who, actor in people.items():
        may = who == "province"
        sees = who in ("province", "chair", "auditor")
        assert (await office.put("/duty-calendars/data", DATA, actor, 0)).status_code == (200 if may else 403), who
        assert (await office.get("/duty-calendars", actor)).status_code == (200 if sees else 403), who
        assert (await office.get("/duty-calendars/quarterly-review", actor)).status_code == (200 if sees else 403), who
        assert (await office.get("/calendars/2026", actor)).status_code == 200
