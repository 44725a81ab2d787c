"""Risk and silence over HTTP: who sees which areas, the light with its basis, the picture."""

from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from shared.auth.actors import Actor
from shared.contracts.evaluation import RoundFinished, ScoringOpened
from shared.contracts.roles import Level, Role
from shared.testing.people import headers_for, person

BASE = "/api/notifier/v1"


@pytest.fixture
async def summer(notifier: Any, make: Any) -> None:
    """Three districts in July: 502 has finished, 503 has nothing, 504 is given more time; 502's council scores."""
    await notifier.clock("2023-05-01T08:00:00+07:00")
    await notifier.tell(*make.deadlines(["502", "503"]), make.secretary("504"))
    await notifier.tell(make.deadline("504", due_on="2023-10-30"))
    opened = ScoringOpened(
        round_id=make.known("round"),
        level=Level.DISTRICT,
        unit_code="502",
        unit_name="Huyện 502",
        year=2023,
        due_on="2023-07-31",
        member_ids=(make.known("member"), make.known("other")),
        dossiers=5,
    )
    await notifier.tell(make.told(opened))
    await notifier.clock("2023-07-24T08:00:00+07:00")
    finished = RoundFinished(
        round_id=make.known("done"), level=Level.DISTRICT, unit_code="502", year=2023, finished_on="2023-07-20"
    )
    await notifier.tell(finished)
    await notifier.turn()


def at(role: Role, unit: str = "49") -> Actor:
    return person(role, unit, Level.PROVINCE if unit == "49" else Level.DISTRICT)


async def risk(http: httpx.AsyncClient, actor: Actor, **query: Any) -> dict[str, Any]:
    answer = await http.get(f"{BASE}/risk", headers=headers_for(actor), params={"year": 2023} | query)
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


@pytest.mark.usefixtures("summer")
async def test_each_district_has_a_light_with_its_basis(http: httpx.AsyncClient) -> None:
    found = await risk(http, at(Role.PROVINCE_SECRETARY), code="district_evaluation")
    assert {area["area"]: area["deadlines"][0]["light"] for area in found["areas"]} == {
        "502": "done",
        "503": "red",
        "504": "green",
    }
    assert found["lights"] == {"done": 1, "green": 1, "red": 1}
    red = found["areas"][1]["deadlines"][0]
    assert (red["days_left"], red["duties"], red["open"], red["last_sign_at"]) == (7, 1, 1, None)
    assert red["basis"] == {
        "reason": "time",
        "rule": "*",
        "starts_on": "2023-05-02",
        "elapsed": 0.912,
        "share": 0.0,
        "projected": None,
    }
    assert found["areas"][0]["deadlines"][0]["last_sign_at"] is not None


@pytest.mark.usefixtures("summer")
async def test_everybody_sees_the_risk_of_their_own_scope(http: httpx.AsyncClient) -> None:
    sees = {
        (Role.PROVINCE_CHAIR, "49"): {"502", "503", "504"},
        (Role.AUDITOR, "49"): {"502", "503", "504"},
        (Role.DISTRICT_CHAIR, "503"): {"503"},
        (Role.DISTRICT_SECRETARY, "502"): {"502"},
        (Role.PRODUCER, "20000"): set(),
        (Role.TRADE_OFFICER, "49"): set(),
    }
    for (role, unit), areas in sees.items():
        assert {area["area"] for area in (await risk(http, at(role, unit)))["areas"]} == areas, role
    for path in ("risk", "risk/plot", "silence-reports", "calendar-feeds"):
        assert (await http.get(f"{BASE}/{path}")).status_code == 401


@pytest.mark.usefixtures("summer")
async def test_the_picture_has_a_row_for_each_area_and_names_the_deadlines(http: httpx.AsyncClient) -> None:
    headers = headers_for(at(Role.PROVINCE_SECRETARY)) | {"Accept-Language": "vi"}
    answer = await http.get(f"{BASE}/risk/plot", headers=headers, params={"year": 2023})
    assert answer.headers["Content-Type"] == "image/svg+xml; charset=utf-8"
    words = [element.text for element in ElementTree.fromstring(answer.text).iter() if element.text]
    assert {"Huyện 502", "Huyện 503", "Huyện 504", "nguy cơ cao"} <= set(words)
    empty = await http.get(f"{BASE}/risk/plot", headers=headers, params={"year": 2019})
    assert "Không có việc nào có hạn." in empty.text


@pytest.mark.usefixtures("summer")
async def test_reports_of_silence_are_read_by_who_stands_above_and_by_the_silent_unit(
    http: httpx.AsyncClient, notifier: Any
) -> None:
    await notifier.at("2023-08-01T08:00:00+07:00")
    shown = {}
    for role, unit in (
        (Role.PROVINCE_SECRETARY, "49"),
        (Role.DISTRICT_CHAIR, "503"),
        (Role.DISTRICT_CHAIR, "502"),
        (Role.PRODUCER, "20000"),
    ):
        answer = await http.get(f"{BASE}/silence-reports", headers=headers_for(at(role, unit)), params={"year": 2023})
        shown[unit] = [
            (one["silent"], one["asked"], [u["code"] for u in one["units"]]) for one in answer.json()["items"]
        ]
    assert shown == {"49": [(1, 2, ["503"])], "503": [(1, 2, ["503"])], "502": [], "20000": []}
