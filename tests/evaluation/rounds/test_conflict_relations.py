"""A conflict names the relation to the producer; some relations cover all he brings, at later rounds too."""

from typing import Any

from shared.contracts.roles import Level, Role
from shared.testing.people import person


async def test_a_relation_to_the_producer_covers_his_other_dossiers_now_and_later_in_the_year(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council, one, stranger = await stage.council(size=4), await stage.dossier(), await stage.dossier()
    producer = stage.places[one]["producer_id"]
    two, later = await stage.dossier(producer_id=producer), await stage.dossier(producer_id=producer)
    round_id = await stage.round(council, one, two, stranger)
    cousin = council.members[3]
    path = f"/rounds/{round_id}/conflicts"
    declared = {"dossier_id": str(one), "relation": "cousin", "reason": "Anh họ (thử)"}
    problem = await stage.refused(422, "POST", path, cousin, declared)
    assert "family" in str(problem["errors"])
    kept = await stage.ok("POST", path, cousin, declared | {"relation": "family"})
    assert sorted(kept["covers"]) == sorted([str(one), str(two)])
    seen = await stage.ok("GET", f"/rounds/{round_id}", cousin)
    assert [entry["dossier_id"] for entry in seen["dossiers"]] == [str(stranger)]
    next_round = await stage.round(council, later)
    assert (await stage.ok("GET", f"/rounds/{next_round}", cousin))["dossiers"] == []
    assert (await stage.submit(cousin, stage.body(next_round, later, 60))).status_code == 403
    (shown,) = (await stage.ok("GET", f"/rounds/{next_round}", council.chair))["dossiers"]
    assert shown["conflicts"][0]["relation"] == "family"
    for actor in (council.members[1], council.secretary):
        assert "family" not in (await stage.world.call("GET", f"/rounds/{next_round}", actor)).text


async def test_an_adviser_stands_aside_from_the_one_dossier(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council, one = await stage.council(), await stage.dossier()
    two = await stage.dossier(producer_id=stage.places[one]["producer_id"])
    round_id = await stage.round(council, one, two)
    declared = {"dossier_id": str(one), "relation": "adviser", "reason": "Tôi lập hồ sơ (thử)"}
    kept = await stage.ok("POST", f"/rounds/{round_id}/conflicts", council.members[1], declared)
    assert kept["covers"] == [str(one)]


async def test_relations_are_told_in_both_languages(shared_stage: Any) -> None:
    anyone = person(Role.COUNCIL_MEMBER, "511", Level.DISTRICT)
    names = {}
    for language in ("vi", "en"):
        answer = await shared_stage.world.call(
            "GET", "/conflict-relations", anyone, headers={"Accept-Language": language}
        )
        names[language] = {one["code"]: one["name"] for one in answer.json()["items"]}
    assert names["en"]["shareholder"] == "Shareholder of the producer"
    assert names["vi"]["shareholder"] == "Thành viên góp vốn, cổ đông của chủ thể"
    assert {"family", "shareholder", "adviser", "employee", "supplier_customer", "other"} == set(names["vi"])


async def test_a_member_is_asked_about_likely_conflicts_before_he_scores(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council = await stage.council()
    member = council.members[1]
    advised = await stage.dossier(created_by=member.person_id)
    same_body = await stage.dossier(producer_name="PHÒNG (thử)")
    before, plain = await stage.dossier(), await stage.dossier()
    round_id = await stage.round(council, advised, same_body, plain, opened=False)
    earlier = await stage.round(council, before)
    declared = {"dossier_id": str(before), "relation": "other", "reason": "Từng giao hàng (thử)"}
    await stage.ok("POST", f"/rounds/{earlier}/conflicts", member, declared)
    again = await stage.dossier(producer_id=stage.places[before]["producer_id"])
    third = await stage.round(council, again)
    found = (await stage.ok("GET", f"/rounds/{round_id}/conflict-proposals", member))["items"]
    signs = {one["dossier_id"]: ([sign["code"] for sign in one["signs"]], one["relation"]) for one in found}
    assert signs == {str(advised): (["prepared"], "adviser"), str(same_body): (["same_body"], "employee")}
    (last,) = (await stage.ok("GET", f"/rounds/{third}/conflict-proposals", member))["items"]
    assert ([sign["code"] for sign in last["signs"]], last["relation"]) == (["declared_before"], "other")
    await stage.refused(403, "GET", f"/rounds/{round_id}/conflict-proposals", council.secretary)
    stranger = person(Role.COUNCIL_MEMBER, "511", Level.DISTRICT)
    await stage.refused(404, "GET", f"/rounds/{round_id}/conflict-proposals", stranger)
    declared = {"dossier_id": str(advised), "relation": "adviser", "reason": "Tôi lập hồ sơ (thử)"}
    await stage.ok("POST", f"/rounds/{round_id}/conflicts", member, declared)
    (rest,) = (await stage.ok("GET", f"/rounds/{round_id}/conflict-proposals", member))["items"]
    assert rest["dossier_id"] == str(same_body)


async def test_the_chair_decides_that_a_member_stands_aside_and_his_sheet_no_longer_counts(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council, dossier = await stage.council(size=4), await stage.dossier()
    round_id = await stage.round(council, dossier)
    await stage.score(council, round_id, dossier, 60, 60, 60, 68)
    member, path = council.members[3], f"/rounds/{round_id}/recusals"
    body = {
        "dossier_id": str(dossier),
        "member_id": str(member.person_id),
        "relation": "supplier_customer",
        "reason": "Có hợp đồng mua bán (thử)",
        "decision_number": "12/QĐ-HĐ",
    }
    for actor in (council.members[1], council.secretary):
        await stage.refused(403, "POST", path, actor, body)
    for other in (council.chair.person_id, stage.producer(dossier).person_id):
        await stage.refused(422, "POST", path, council.chair, body | {"member_id": str(other)})
    kept = await stage.ok("POST", path, council.chair, body)
    assert (kept["excluded"], kept["member_id"]) == (True, str(member.person_id))
    await stage.refused(409, "POST", path, council.chair, body)
    assert ("member.recused") in {action for _, action in await stage.world.audited(dossier)}
    (shown,) = (await stage.ok("GET", f"/rounds/{round_id}", council.chair))["dossiers"]
    assert shown["conflicts"][0]["decided_by_chair"] is True
    await stage.refused(404, "GET", f"/rounds/{round_id}/dossiers/{dossier}/score-sheet", member)
    (result,) = await stage.close(council, round_id)
    assert result["mean"] == "60"
    await stage.refused(409, "POST", path, council.chair, body | {"member_id": str(council.members[2].person_id)})
