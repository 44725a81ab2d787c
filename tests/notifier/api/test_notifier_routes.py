"""The API of notifier: scope, lists, inbox, summary."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from notifier.main import create_app
from notifier.settings import Settings
from shared.auth.actors import Actor
from shared.contracts.evaluation import ScoringOpened
from shared.contracts.registry import CertificateIssued
from shared.contracts.roles import Level, Role
from shared.testing.people import headers_for, person, test_verifier
from shared.testing.plugin import TestDatabase

BASE = "/api/notifier/v1"


@pytest.fixture
async def http(notifier: Any, database: TestDatabase) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(database_url=database.urls["notifier"], environment="development")
    app = create_app(settings, verifier=test_verifier())
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            yield client


@pytest.fixture
async def province_year(notifier: Any, make: Any) -> None:
    """Two districts with a duty, a council member's, a commune's and a producer's; 1 August has come."""
    await notifier.clock("2023-07-24T08:00:00+07:00")
    producer = make.appointed("maker", Role.PRODUCER, "20000", Level.COMMUNE, producer=make.known("producer"))
    await notifier.tell(
        *make.deadlines(["502", "503"]),
        producer,
        ScoringOpened(
            round_id=make.known("round"),
            level=Level.DISTRICT,
            unit_code="502",
            unit_name="Thành phố Tam Kỳ",
            year=2023,
            due_on="2023-08-30",
            member_ids=(make.known("member"),),
            dossiers=4,
        ),
        CertificateIssued(
            certificate_id=make.known("certificate"),
            product_id=make.known("product"),
            producer_id=make.known("producer"),
            dossier_id=None,
            product_code="49-502-20000-001-2023",
            product_name="Bánh tráng",
            star=3,
            decision_number="1/QĐ-UBND",
            issued_on="2023-07-01",
            valid_to="2026-06-30",
            commune_code="20000",
            district_code="502",
            province_code="49",
            year=2023,
        ),
    )
    await notifier.at("2023-07-24T08:00:00+07:00")
    await notifier.at("2023-08-01T08:00:00+07:00")


def who(make: Any) -> dict[str, Actor]:
    district = {"level": Level.DISTRICT}
    return {
        "province": person(Role.PROVINCE_SECRETARY, "48", person_id=make.known("province")),
        "auditor": person(Role.AUDITOR, "49"),
        "502": person(Role.DISTRICT_SECRETARY, "502", person_id=make.known("sec502"), **district),
        "503": person(Role.DISTRICT_CHAIR, "503", **district),
        "member": person(Role.COUNCIL_MEMBER, "502", person_id=make.known("member"), **district),
        "other member": person(Role.COUNCIL_MEMBER, "502", **district),
        "maker": person(Role.PRODUCER, "20000", Level.COMMUNE, producer=make.known("producer")),
        "other maker": person(Role.PRODUCER, "20000", Level.COMMUNE, producer=make.known("another")),
        "commune": person(Role.COMMUNE_OFFICER, "20000", Level.COMMUNE),
        "trade": person(Role.TRADE_OFFICER, "49"),
    }


SEES = {
    "province": {"502", "503", "member", "maker", "figures"},
    "auditor": {"502", "503", "member", "maker", "figures"},
    "502": {"502", "member", "figures"},
    "503": {"503"},
    "member": {"member"},
    "other member": set(),
    "maker": {"maker", "figures"},
    "other maker": set(),
    "commune": {"maker"},
    "trade": set(),
}


def whose(item: dict[str, Any], make: Any) -> str:
    if item["person_id"]:
        return "member"
    if item["code"] == "yearly_figures":
        return "figures"
    return "maker" if item["producer_id"] else str(item["unit_code"])


@pytest.mark.usefixtures("province_year")
async def test_everybody_sees_exactly_what_is_theirs(http: httpx.AsyncClient, make: Any) -> None:
    everything = (await http.get(f"{BASE}/obligations", headers=headers_for(who(make)["province"]))).json()["items"]
    assert len(everything) == 5
    for name, actor in who(make).items():
        headers = headers_for(actor)
        seen = (await http.get(f"{BASE}/obligations", headers=headers)).json()["items"]
        assert {whose(item, make) for item in seen} == SEES[name], name
        for item in everything:
            answer = await http.get(f"{BASE}/obligations/{item['id']}", headers=headers)
            assert answer.status_code == (200 if whose(item, make) in SEES[name] else 404), (name, item["code"])


async def test_without_a_token_nothing_is_shown(http: httpx.AsyncClient) -> None:
    for path in ("obligations", "silences", "notices", "inbox", "summary"):
        assert (await http.get(f"{BASE}/{path}")).status_code == 401


@pytest.mark.usefixtures("province_year")
async def test_lists_are_filtered_searched_and_paged(http: httpx.AsyncClient, make: Any) -> None:
    headers = headers_for(who(make)["province"])

    async def found(**query: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await http.get(f"{BASE}/obligations", headers=headers, params=query)).json()[
            "items"
        ]
        return items

    assert [item["unit_code"] for item in await found(code="district_evaluation", year=2023)] == ["502", "503"]
    assert [item["unit_code"] for item in await found(unit_code="503")] == ["503"]
    assert {item["code"] for item in await found(state="missed")} == {"district_evaluation"}
    assert [item["code"] for item in await found(q="banh TRANG")] == [
        "yearly_figures",
        "certificate_renewal",
    ]
    assert await found(q="100%") == []
    first = (await http.get(f"{BASE}/obligations", headers=headers, params={"limit": 3})).json()
    second = (
        await http.get(f"{BASE}/obligations", headers=headers, params={"limit": 3, "cursor": first["next"]})
    ).json()
    assert len(first["items"]) == 3
    assert [item["code"] for item in second["items"]] == ["yearly_figures", "certificate_renewal"]
    assert (await http.get(f"{BASE}/obligations", headers=headers, params={"state": "lost"})).status_code == 422


@pytest.mark.usefixtures("province_year")
async def test_a_duty_shows_progress_dates_and_steps(http: httpx.AsyncClient, make: Any) -> None:
    headers = headers_for(who(make)["502"])
    (row,) = (await http.get(f"{BASE}/obligations", headers=headers, params={"code": "district_evaluation"})).json()[
        "items"
    ]
    answer = await http.get(f"{BASE}/obligations/{row['id']}", headers=headers)
    body = answer.json()
    assert body["due_on"] == "2023-07-31"
    assert body["due_at"] == "2023-07-31T17:00:00Z"
    assert body["progress"] == {"done": 0, "of": 1}
    assert (body["state"], body["late"]) == ("missed", False)
    assert [line["due_on"] for line in body["deadlines"]] == ["2023-07-31"]
    assert {(s["step"], s["outcome"]) for s in body["steps"]} >= {(-14, "skipped"), (-7, "noticed"), (1, "noticed")}
    again = await http.get(
        f"{BASE}/obligations/{row['id']}", headers=headers | {"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.usefixtures("province_year")
async def test_silences_name_the_units_that_sent_nothing(http: httpx.AsyncClient, make: Any) -> None:
    query = {"code": "district_evaluation", "year": 2023}
    for name, units in (("province", ["503", "502"]), ("502", ["502"]), ("member", [])):
        answer = await http.get(f"{BASE}/silences", headers=headers_for(who(make)[name]), params=query)
        assert sorted(item["unit_code"] for item in answer.json()["items"]) == sorted(units)


@pytest.mark.usefixtures("province_year")
async def test_notices_of_others_are_for_the_province_and_the_auditor(http: httpx.AsyncClient, make: Any) -> None:
    async def people(name: str, **query: str) -> set[str]:
        answer = await http.get(f"{BASE}/notices", headers=headers_for(who(make)[name]), params=query)
        assert "address" not in answer.text
        return {item["recipient_name"] for item in answer.json()["items"]}

    assert await people("auditor") == {"Người province", "Người sec502", "Người sec503", "Người maker"} - {
        "Người maker"
    }
    assert await people("province", unit_code="503", state="sent") == {"Người sec503", "Người province"}
    assert await people("502") == {"Người sec502"}
    assert await people("maker") == set()


@pytest.mark.usefixtures("province_year")
async def test_the_inbox_is_read_once(http: httpx.AsyncClient, make: Any) -> None:
    headers = headers_for(who(make)["502"], key=True)
    inbox = (await http.get(f"{BASE}/inbox", headers=headers)).json()
    assert (len(inbox["items"]), inbox["unread"]) == (2, 2)
    newest = inbox["items"][0]
    assert newest["subject"].startswith("[OCOP] Quá hạn 1 ngày: Đánh giá")
    assert "Huyện 502 có việc đã quá hạn" in newest["text"]
    path = f"{BASE}/inbox/{newest['id']}/reading"
    first = await http.post(path, headers=headers)
    assert (first.status_code, first.json()["read_at"] is not None) == (201, True)
    assert (await http.post(path, headers=headers)).json() == first.json()
    later = await http.post(path, headers=headers_for(who(make)["502"], key=True))
    assert later.json()["read_at"] == first.json()["read_at"]
    assert (await http.get(f"{BASE}/inbox", headers=headers)).json()["unread"] == 1
    stranger = await http.post(path, headers=headers_for(who(make)["503"], key=True))
    assert stranger.status_code == 404
    keyless = await http.post(path, headers=headers_for(who(make)["502"]))
    assert keyless.status_code == 400


@pytest.mark.usefixtures("province_year")
async def test_the_summary_counts_and_says_when_all_is_settled(
    http: httpx.AsyncClient, notifier: Any, make: Any
) -> None:
    headers = headers_for(who(make)["province"])
    summary = (await http.get(f"{BASE}/summary", headers=headers)).json()
    assert summary["unsettled"] == 0
    assert summary["obligations_by_state"] == {"missed": 2, "open": 3}
    assert summary["notices_by_state"]["sent"] > 0
    await notifier.clock("2023-08-03T08:00:00+07:00")
    assert (await http.get(f"{BASE}/summary", headers=headers)).json()["unsettled"] == 2
    await notifier.turn()
    assert (await http.get(f"{BASE}/summary", headers=headers)).json()["unsettled"] == 4, "mails wait to be sent"
    await notifier.deliver()
    assert (await http.get(f"{BASE}/summary", headers=headers)).json()["unsettled"] == 0


async def test_what_was_told_and_not_yet_applied_is_unsettled(notifier: Any, make: Any) -> None:
    await notifier.clock("2023-04-20T08:00:00+07:00")
    await notifier.tell(make.deadline("502"))
    assert await notifier.unsettled() == 1
    await notifier.turn()
    assert await notifier.unsettled() == 0
