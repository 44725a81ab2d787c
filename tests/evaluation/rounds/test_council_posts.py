"""Who is on a council and beside it, who takes a member's place, which body checks what, when a round sits."""

import asyncio
from datetime import date
from typing import Any

import pytest

from shared.contracts.roles import Role
from shared.ids import new_id
from shared.testing.people import person


@pytest.fixture
async def summer(shared_stage: Any) -> Any:
    """A stage on 8 June 2026, under 26/2026."""
    await shared_stage.world.move_clock("2026-06-08")
    return shared_stage


def named(post: str | None = None, **more: Any) -> dict[str, Any]:
    """Somebody a decision names."""
    who = {"person_id": str(new_id()), "name": f"Người {new_id().hex[-4:]} (thử)", "body": "Sở (thử)"}
    return who | ({} if post is None else {"post": post}) | more


async def staffed(stage: Any, **more: Any) -> tuple[dict[str, Any], list[Any], Any]:
    """A council of the province with vice chair, secretary, team; its members; its unit's secretary."""
    members = [person(Role.COUNCIL_MEMBER, "49") for _ in range(3)]
    secretary = person(Role.PROVINCE_SECRETARY, "49")
    body = stage.council_body("province", "49", members, 2026) | {"decided_on": "2026-06-01"} | more
    body["members"][1] |= {"post": "vice_chair", "body_code": "so-cong-thuong"}
    body["members"][2] |= {"body_code": "so-nnmt"}
    return body, members, secretary


async def test_a_council_names_posts_bodies_secretary_team_and_experts(summer: Any) -> None:
    team = [named(is_head=True, body_code="so-nnmt"), named(is_head=False)]
    body, _, secretary = await staffed(
        summer, secretary=named(), advisory_team=team, invited_experts=[named(body_code="vien-cay-trong")]
    )
    made = await summer.ok("POST", "/councils", secretary, body)
    assert [member["post"] for member in made["members"]] == ["chair", "vice_chair", "member"]
    assert made["members"][1]["body_code"] == "so-cong-thuong"
    assert [person["post"] for person in made["staff"]] == [
        "advisory_head",
        "advisory_member",
        "invited_expert",
        "secretary",
    ]
    assert made["decided_on"] == "2026-06-01"
    stranger = person(Role.ADVISORY_MEMBER, "49")
    await summer.refused(404, "GET", f"/councils/{made['id']}", stranger)


async def test_posts_that_clash_are_all_named(summer: Any) -> None:
    twice = named()
    body, members, secretary = await staffed(summer, secretary=twice, advisory_team=[{**twice, "is_head": False}])
    body["invited_experts"] = [named() | {"person_id": str(members[2].person_id)}]
    body["decided_on"] = "2026-06-09"
    problem = await summer.refused(422, "POST", "/councils", secretary, body)
    assert [(fault["field"], fault["code"]) for fault in problem["errors"]] == [
        ("advisory_member", "two_posts"),
        ("invited_expert", "two_posts"),
        ("advisory_team", "one_head"),
        ("decided_on", "in_the_future"),
    ]


async def test_a_member_is_replaced_by_a_later_decision_and_history_is_kept(summer: Any) -> None:
    body, members, secretary = await staffed(summer)
    council = await summer.ok("POST", "/councils", secretary, body)
    path, new = f"/councils/{council['id']}/replacements", person(Role.COUNCIL_MEMBER, "49")
    joins = named("member") | {"person_id": str(new.person_id)}
    order = {
        "leaves": str(members[1].person_id),
        "joins": joins,
        "decision_number": "99/QĐ-UBND",
        "decided_on": "2026-06-05",
    }
    dossier = await summer.dossier("QD26-01", level="province", state="reported")
    plan = {"council_id": council["id"], "due_on": "2026-06-28", "dossier_ids": [str(dossier)]}
    round_id = (await summer.ok("POST", "/rounds", secretary, plan))["id"]
    change = await summer.ok("POST", path, secretary, order)
    assert (change["left_seat"], change["joined_seat"]) == (2, 4)
    read = await summer.ok("GET", f"/councils/{council['id']}", new)
    assert [member["seat"] for member in read["members"]] == [1, 3, 4]
    await summer.refused(404, "GET", f"/councils/{council['id']}", members[1])
    await summer.ok("POST", f"/rounds/{round_id}/opening", secretary)
    problem = await summer.refused(409, "POST", path, secretary, order | {"leaves": str(members[2].person_id)})
    assert (problem["type"], problem["rounds"]) == ("/problems/round-open", [round_id])
    (kept,) = (await summer.ok("GET", path, secretary))["items"]
    assert (kept["left_id"], kept["decision_number"]) == (str(members[1].person_id), "99/QĐ-UBND")
    await summer.refused(404, "POST", path, person(Role.PROVINCE_SECRETARY, "48"), order)
    await summer.refused(403, "POST", path, members[0], order)


async def test_the_chair_is_replaced_in_the_chairs_seat(summer: Any) -> None:
    body, members, secretary = await staffed(summer)
    council = await summer.ok("POST", "/councils", secretary, body)
    order = {
        "leaves": str(members[0].person_id),
        "joins": named("member"),
        "decision_number": "100/QĐ-UBND",
        "decided_on": "2026-06-05",
    }
    await summer.ok("POST", f"/councils/{council['id']}/replacements", secretary, order)
    read = await summer.ok("GET", f"/councils/{council['id']}", secretary)
    assert read["chair_id"] == order["joins"]["person_id"]
    assert (read["members"][0]["seat"], read["members"][0]["post"]) == (1, "chair")


async def test_routing_sends_each_dossier_to_the_bodies_of_its_group_and_papers(summer: Any) -> None:
    body, members, secretary = await staffed(summer)
    council = await summer.ok("POST", "/councils", secretary, body)
    dossier = await summer.dossier("QD26-01", level="province", state="reported", group_path="I.1.a")
    plan = {"council_id": council["id"], "due_on": "2026-06-28", "dossier_ids": [str(dossier)]}
    round_id = (await summer.ok("POST", "/rounds", secretary, plan))["id"]
    path = f"/councils/{council['id']}/routing"
    (route,) = (await summer.ok("GET", path, members[2]))["dossiers"]
    assert (route["dossier_id"], route["lead_agencies"]) == (str(dossier), ["MAE"])
    assert "so-nnmt" in route["bodies"]
    leads = {who["person_id"]: who["leads"] for who in route["people"]}
    assert leads == {str(members[1].person_id): False, str(members[2].person_id): True}
    food = next(paper for paper in route["papers"] if paper["kind"] == "intellectual_property")
    assert food["bodies"] == ["so-khcn"]
    await summer.refused(404, "GET", path, person(Role.PROVINCE_SECRETARY, "48"))
    await summer.ok(
        "POST", f"/rounds/{round_id}/conflicts", members[2], {"dossier_id": str(dossier), "reason": "Họ hàng"}
    )
    assert (await summer.ok("GET", path, members[2]))["dossiers"] == []


async def test_a_province_imports_its_own_routing_with_its_source(summer: Any) -> None:
    secretary = person(Role.PROVINCE_SECRETARY, "51")
    document = {
        "schema": "ocop-routing/1",
        "source": "Quyết định phân công (thử)",
        "effective_from": "2026-06-01",
        "lead_agencies": {},
        "product_groups": {"I": ["chi-cuc-ptnt"]},
        "evidence_kinds": {},
    }
    first = await summer.ok("POST", "/routings", secretary, {"unit_code": "51", "document": document})
    again = await summer.ok("POST", "/routings", secretary, {"unit_code": "51", "document": document})
    assert (again["id"], again["source"]) == (first["id"], "Quyết định phân công (thử)")
    faulty = document | {"source": "", "product_groups": {"I": []}}
    problem = await summer.refused(422, "POST", "/routings", secretary, {"unit_code": "51", "document": faulty})
    assert {fault["field"] for fault in problem["errors"]} == {"source", "product_groups.I"}
    await summer.refused(403, "POST", "/routings", secretary, {"unit_code": "49", "document": document})


async def test_a_round_is_held_strictly_before_the_day_of_the_law(summer: Any) -> None:
    council = await summer.council("province", "49", year=2026)
    early = await summer.dossier(
        "QD26-01", level="province", state="reported", filed_on=date.fromisoformat("2026-05-22")
    )
    round_id = await summer.round(council, early, due_on="2026-12-31", opened=False)
    path = f"/rounds/{round_id}/schedule"
    assert (await summer.ok("GET", path, council.secretary))["version"] == 0

    def held(on: str) -> dict[str, Any]:
        return {"meetings": [{"on": on, "place": "Trung tâm hành chính"}]}

    late = await summer.refused(409, "PUT", path, council.secretary, held("2026-12-30"))
    assert (late["type"], late["dossiers"][0]["hold_by"]) == ("/problems/round-too-late", "2026-12-29")
    extra = await summer.refused(409, "PUT", path, council.secretary, held("2026-12-30") | {"extra": True})
    assert "quy chế" in extra["detail"].lower()
    first = await summer.ok("PUT", path, council.secretary, held("2026-12-29"))
    assert first["version"] == 1
    await summer.refused(428, "PUT", path, council.secretary, held("2026-12-28"))
    await summer.refused(412, "PUT", path, council.secretary, held("2026-12-28"), version=9)
    body = held("2026-12-28") | {
        "agenda": [{"dossier_id": str(early), "meeting": 1, "starts_at": "08:30:00", "presenter": "Chủ thể (thử)"}],
        "invited": [{"name": "Báo Đà Nẵng (thử)", "body": "Báo chí"}],
    }
    second = await summer.ok("PUT", path, council.secretary, body, version=1)
    assert (second["version"], second["agenda"][0]["starts_at"]) == (2, "08:30:00")
    stranger = {**body, "agenda": [{"dossier_id": str(new_id()), "meeting": 2}]}
    wrong = await summer.refused(422, "PUT", path, council.secretary, stranger, version=2)
    assert [fault["code"] for fault in wrong["errors"]] == ["not_in_round", "unknown"]
    await summer.refused(403, "PUT", path, council.chair, body, version=2)
    await summer.refused(404, "GET", path, person(Role.PROVINCE_SECRETARY, "48"))
    assert (await summer.ok("GET", path, council.chair))["agenda"][0]["dossier_id"] == str(early)


async def test_copies_that_come_late_are_pointed_out_by_the_notice_of_each_decision(summer: Any) -> None:
    await summer.world.move_clock("2023-06-05")
    council = await summer.council()
    dossier = await summer.dossier()
    round_id = await summer.round(council, dossier, due_on="2023-07-31", opened=False)
    path = f"/rounds/{round_id}/schedule"
    body = {"meetings": [{"on": "2023-06-12", "place": "Hội trường"}], "copies_sent_on": "2023-06-12"}
    late = await summer.ok("PUT", path, council.secretary, body)
    assert [warning["code"] for warning in late["warnings"]] == ["copies_late"]
    assert "09/06/2023" in late["warnings"][0]["vi"]
    fine = await summer.ok("PUT", path, council.secretary, body | {"copies_sent_on": "2023-06-09"}, version=1)
    assert fine["warnings"] == []


async def test_dossiers_are_put_in_and_taken_out_until_the_round_opens(summer: Any) -> None:
    council = await summer.council("province", "49", year=2026)
    first, second = [await summer.dossier("QD26-01", level="province", state="reported") for _ in range(2)]
    round_id = await summer.round(council, first, due_on="2026-06-28", opened=False)
    both = await summer.ok("POST", f"/rounds/{round_id}/dossiers", council.secretary, {"dossier_ids": [str(second)]})
    assert len(both["dossiers"]) == 2
    again = {"dossier_ids": [str(second)]}
    await summer.refused(409, "POST", f"/rounds/{round_id}/dossiers", council.secretary, again)
    one = await summer.ok("POST", f"/rounds/{round_id}/removals", council.secretary, {"dossier_ids": [str(first)]})
    assert [dossier["dossier_id"] for dossier in one["dossiers"]] == [str(second)]
    assert await summer.state(first) == ("reported", "province")
    back = await summer.ok("POST", f"/rounds/{round_id}/dossiers", council.secretary, {"dossier_ids": [str(first)]})
    assert len(back["dossiers"]) == 2
    await summer.refused(403, "POST", f"/rounds/{round_id}/removals", council.chair, again)
    await summer.ok("POST", f"/rounds/{round_id}/opening", council.secretary)
    for path in ("dossiers", "removals"):
        late = await summer.refused(409, "POST", f"/rounds/{round_id}/{path}", council.secretary, again)
        assert late["state"] == "open"
    await summer.score(council, round_id, first, 60)
    await summer.score(council, round_id, second, 60)
    assert len(await summer.close(council, round_id)) == 2


async def test_a_member_replaced_while_the_round_opens_is_either_in_it_or_not_replaced(summer: Any) -> None:
    for attempt in range(4):
        body, members, secretary = await staffed(summer)
        council = await summer.ok("POST", "/councils", secretary, body)
        dossier = await summer.dossier("QD26-01", level="province", state="reported")
        plan = {"council_id": council["id"], "due_on": "2026-06-28", "dossier_ids": [str(dossier)]}
        round_id = (await summer.ok("POST", "/rounds", secretary, plan))["id"]
        order = {
            "leaves": str(members[1].person_id),
            "joins": named("member"),
            "decision_number": f"{attempt}/QĐ-UBND",
            "decided_on": "2026-06-05",
        }
        calls = [
            summer.world.call("POST", f"/councils/{council['id']}/replacements", secretary, order),
            summer.world.call("POST", f"/rounds/{round_id}/opening", secretary),
        ]
        answers = await asyncio.gather(*(calls if attempt % 2 else calls[::-1]))
        replacing, opening = answers if attempt % 2 else answers[::-1]
        assert opening.status_code == 200, opening.text
        told = [e for e in await summer.world.events("evaluation.scoring_opened") if e["round_id"] == round_id]
        assert len(told) == 1
        in_it = order["joins"]["person_id"] in told[0]["member_ids"]
        assert replacing.status_code == (201 if in_it else 409), replacing.text
