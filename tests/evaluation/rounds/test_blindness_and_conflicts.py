"""Until a round closes nobody learns anything of another's sheet; who stands aside sees nothing at all."""

from typing import Any

from shared.contracts.roles import Level, Role
from shared.testing.people import person


async def test_nobody_but_the_member_sees_his_sheet_before_the_round_closes(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council, dossier = await stage.council(), await stage.dossier()
    other = await stage.council("district", "512")
    round_id = await stage.round(council, dossier)
    await stage.submit(council.members[1], stage.body(round_id, dossier, 77))
    own = f"/rounds/{round_id}/dossiers/{dossier}/score-sheet"
    lookers = {
        "chair": council.chair,
        "member": council.members[2],
        "secretary": council.secretary,
        "district chair": stage.office(Role.DISTRICT_CHAIR, "511", "district"),
        "province secretary": stage.office(Role.PROVINCE_SECRETARY, "49", "province"),
        "auditor": stage.office(Role.AUDITOR, "49", "province"),
    }
    for name, actor in lookers.items():
        seen = await stage.ok("GET", f"/rounds/{round_id}", actor)
        assert "77" not in {str(value) for entry in seen["dossiers"] for value in entry.values()}, name
        counts = seen["dossiers"][0]["submitted"]
        assert counts == (1 if name in {"chair", "secretary"} else None), name
        assert bool(seen["members"]) == (name in {"chair", "secretary"}), name
        await stage.refused(409, "GET", f"/rounds/{round_id}/results", actor)
        assert (await stage.ok("GET", f"/dossiers/{dossier}/results", actor))["items"] == [], name
    for actor in (council.chair, council.members[2]):
        sheet = await stage.ok("GET", own, actor)
        assert (sheet["state"], sheet["choices"], sheet["total"]) == ("to_score", {}, None)
    strangers = [
        council.secretary,
        other.chair,
        other.secretary,
        stage.producer(dossier),
        person(Role.TRADE_OFFICER, "49", Level.PROVINCE),
    ]
    for actor in strangers:
        await stage.refused(404, "GET", own, actor)
        if actor is not council.secretary:
            await stage.refused(404, "GET", f"/rounds/{round_id}", actor)
            await stage.refused(404, "GET", f"/rounds/{round_id}/results", actor)


async def test_what_a_member_reads_does_not_change_when_another_submits(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council, dossier = await stage.council(), await stage.dossier()
    round_id = await stage.round(council, dossier)
    watcher = council.members[2]
    paths = [f"/rounds/{round_id}", "/rounds", f"/dossiers/{dossier}/results"]
    before = [await stage.world.call("GET", path, watcher) for path in paths]
    await stage.submit(council.members[1], stage.body(round_id, dossier, 77))
    await stage.ok("PUT", f"/rounds/{round_id}/dossiers/{dossier}/score-sheet", council.chair, {"choices": {}})
    after = [await stage.world.call("GET", path, watcher) for path in paths]
    assert [(a.text, a.headers["ETag"]) for a in after] == [(b.text, b.headers["ETag"]) for b in before]
    row = await stage.one(
        "SELECT r.version, r.updated_at = d.updated_at AS untouched, d.version AS dossier_version"
        " FROM rounds r JOIN round_dossiers rd ON rd.round_id = r.id JOIN dossiers d ON d.id = rd.dossier_id"
        " WHERE r.id = :id",
        id=round_id,
    )
    assert (row.version, row.dossier_version) == (2, 2)


async def test_after_closing_the_council_sees_totals_and_the_producer_only_after_release(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council, dossier = await stage.council(), await stage.dossier()
    round_id = await stage.round(council, dossier)
    body = stage.body(round_id, dossier, 60)
    code = next(iter(body["choices"]))
    await stage.submit(council.members[1], body | {"notes": {code: "Cần hợp đồng liên kết"}})
    for member in (council.chair, council.members[2]):
        await stage.submit(member, body)
    await stage.agree(council, round_id, dossier, 60)
    producer = stage.producer(dossier)
    assert (await stage.ok("GET", f"/dossiers/{dossier}/results", producer))["items"] == []
    (result,) = await stage.close(council, round_id)
    assert [(total["member"], total["total"]) for total in result["totals"]] == [("TV1", 60), ("TV2", 60), ("TV3", 60)]
    assert (await stage.ok("GET", f"/dossiers/{dossier}/results", producer))["items"] == []
    chair = stage.office(Role.DISTRICT_CHAIR, "511", "district")
    signed = {"dossier_id": str(dossier), "number": "90/QĐ-UBND", "signed_on": "2023-07-20"}
    decision = await stage.ok("POST", "/decisions", chair, signed)
    (shown,) = (await stage.ok("GET", f"/dossiers/{dossier}/results", producer))["items"]
    assert (shown["star"], shown["outcome"], shown["totals"]) == (3, "recognised", None)
    assert shown["decision"]["number"] == "90/QĐ-UBND"
    criterion = next(entry for entry in shown["criteria"] if entry["criterion"] == code)
    assert criterion["notes"] == ["Cần hợp đồng liên kết"]
    assert shown["steps"][-1]["outcome"].startswith("Kết quả: 3 sao")
    english = await stage.ok("GET", f"/dossiers/{dossier}/results", producer, headers={"Accept-Language": "en"})
    assert english["items"][0]["steps"][-1]["outcome"].startswith("Result: 3 stars")
    assert str(council.members[1].person_id) not in str(shown)
    assert (await stage.ok("GET", f"/decisions/{decision['id']}", producer))["star"] == 3
    stranger = stage.producer(await stage.dossier())
    await stage.refused(404, "GET", f"/dossiers/{dossier}/results", stranger)
    await stage.refused(404, "GET", f"/decisions/{decision['id']}", stranger)


async def test_a_member_who_declares_a_conflict_neither_sees_nor_scores_and_only_the_chair_reads_why(
    stage: Any,
) -> None:
    await stage.world.move_clock("2023-07-20")
    council, dossier, rest = await stage.council(size=4), await stage.dossier(), await stage.dossier()
    round_id = await stage.round(council, dossier, rest)
    cousin = council.members[3]
    whole = stage.body(round_id, dossier, 99)
    path = f"/rounds/{round_id}"
    await stage.ok("PUT", f"{path}/dossiers/{dossier}/score-sheet", cousin, {"choices": {}})
    declared = {"dossier_id": str(dossier), "reason": "Chủ thể là họ hàng"}
    answer = await stage.ok("POST", f"{path}/conflicts", cousin, declared)
    assert answer["excluded"] is True
    await stage.refused(409, "POST", f"{path}/conflicts", cousin, declared)
    await stage.refused(403, "POST", f"{path}/conflicts", council.secretary, declared)
    refused = await stage.submit(cousin, whole)
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems/recused")
    await stage.refused(404, "GET", f"{path}/dossiers/{dossier}/score-sheet", cousin)
    await stage.refused(404, "PUT", f"{path}/dossiers/{dossier}/score-sheet", cousin, {"choices": {}})
    await stage.refused(404, "GET", f"/dossiers/{dossier}/results", cousin)
    assert [entry["dossier_id"] for entry in (await stage.ok("GET", path, cousin))["dossiers"]] == [str(rest)]

    conflicts = {}
    for name, actor in (("chair", council.chair), ("secretary", council.secretary), ("member", council.members[1])):
        seen = await stage.ok("GET", path, actor)
        entry = next(entry for entry in seen["dossiers"] if entry["dossier_id"] == str(dossier))
        conflicts[name] = entry["conflicts"]
    who = str(cousin.person_id)
    said = {"reason": "Chủ thể là họ hàng", "relation": "other", "decided_by_chair": False}
    assert conflicts["chair"] == [{"member_id": who, "excluded": True} | said]
    assert conflicts["secretary"] == [{"member_id": who, "excluded": True} | dict.fromkeys(said)]
    assert conflicts["member"] is None

    for member in council.members[:3]:
        await stage.submit(member, stage.body(round_id, dossier, 60))
    await stage.submit(cousin, stage.body(round_id, rest, 60))
    for member in council.members[:3]:
        await stage.submit(member, stage.body(round_id, rest, 60))
    await stage.agree(council, round_id, dossier, 60)
    await stage.agree(council, round_id, rest, 60)
    results = await stage.close(council, round_id)
    assert {len(result["totals"]) for result in results} == {3, 4}
    assert [r["dossier_id"] for r in (await stage.ok("GET", f"{path}/results", cousin))["items"]] == [str(rest)]


async def test_a_sheet_submitted_before_the_conflict_no_longer_counts(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council, dossier = await stage.council(size=4), await stage.dossier()
    round_id = await stage.round(council, dossier)
    await stage.score(council, round_id, dossier, 60, 60, 60, 68)
    declared = {"dossier_id": str(dossier), "reason": "Chủ thể là họ hàng"}
    await stage.ok("POST", f"/rounds/{round_id}/conflicts", council.members[3], declared)
    (result,) = await stage.close(council, round_id)
    assert result["mean"] == "60"


async def test_a_conflict_declared_at_the_district_still_holds_at_the_province(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council, dossier = await stage.council(size=4), await stage.dossier()
    round_id = await stage.round(council, dossier)
    member = council.members[3]
    declared = {"dossier_id": str(dossier), "reason": "Chủ thể là họ hàng"}
    await stage.ok("POST", f"/rounds/{round_id}/conflicts", member, declared)
    for other in council.members[:3]:
        await stage.submit(other, stage.body(round_id, dossier, 75))
    await stage.agree(council, round_id, dossier, 75)
    await stage.close(council, round_id)
    await stage.ok("POST", f"/dossiers/{dossier}/forwarding", council.secretary)
    province = stage.office(Role.PROVINCE_SECRETARY, "49", "province")
    people = [*council.members[:3], member]
    made = await stage.ok("POST", "/councils", province, stage.council_body("province", "49", people))
    body = {"council_id": made["id"], "due_on": "2023-10-30", "dossier_ids": [str(dossier)]}
    later = await stage.ok("POST", "/rounds", province, body)
    await stage.ok("POST", f"/rounds/{later['id']}/opening", province)
    assert (await stage.submit(member, stage.body(later["id"], dossier, 75))).status_code == 403
    await stage.refused(404, "GET", f"/dossiers/{dossier}/results", member)
    (shown,) = (await stage.ok("GET", f"/dossiers/{dossier}/results", council.members[1]))["items"]
    assert shown["level"] == "district"
