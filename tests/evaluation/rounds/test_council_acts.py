"""Knock-outs, discussions, readiness: what the council does besides scoring, and what closing makes of it."""

from typing import Any

import asyncpg
import pytest

from shared.contracts.roles import Role


@pytest.fixture
async def july(stage: Any) -> Any:
    """A stage in July 2023."""
    await stage.world.move_clock("2023-07-20")
    return stage


@pytest.fixture
async def june(stage: Any) -> Any:
    """A stage in June 2026, under 26/2026."""
    await stage.world.move_clock("2026-06-20")
    return stage


def found(dossier: Any, code: str = "other", **changes: Any) -> dict[str, Any]:
    return {
        "dossier_id": str(dossier),
        "code": code,
        "reason": "Giấy chứng nhận là giả (thử)",
        "evidence": "Công văn xác minh của cơ quan cấp (thử)",
    } | changes


async def test_a_knocked_out_dossier_needs_no_sheet_and_ends_without_a_star(june: Any) -> None:
    place = {"province_code": "48", "district_code": None, "district_name": None}
    forged, good = await june.dossier("QD26-15", **place), await june.dossier("QD26-15", **place)
    council = await june.council("province", "48", 3, 2026)
    round_id = await june.round(council, forged, good)
    await june.score(council, round_id, good, 80)
    await june.refused(409, "POST", f"/rounds/{round_id}/closing", council.chair)
    path = f"/rounds/{round_id}/knock-outs"
    grounds = await june.ok("GET", f"/rounds/{round_id}/dossiers/{forged}/knock-out-grounds", council.chair)
    (first, *_) = grounds["items"]
    assert first["code"] == "disqualify-1"
    assert first["text_vi"].startswith("Giả mạo hồ sơ")
    for actor in (council.members[1], council.secretary):
        await june.refused(403, "POST", path, actor, found(forged))
    unknown = await june.refused(422, "POST", path, council.chair, found(forged, "disqualify-9"))
    assert "disqualify-1" in str(unknown["errors"])
    await june.refused(422, "POST", path, council.chair, found(forged, evidence_ids=[str(forged)]))
    await june.refused(422, "POST", path, council.chair, found(forged, votes_for=2))
    await june.refused(422, "POST", path, council.chair, found(forged, votes_for=3, votes_against=1))
    kept = await june.ok("POST", path, council.chair, found(forged, "disqualify-1", votes_for=3, votes_against=0))
    assert (await june.ok("GET", path, council.members[1]))["items"] == [kept]
    results = {result["dossier_id"]: result for result in await june.close(council, round_id)}
    out = results[str(forged)]
    assert (out["star"], out["band"], out["mean"], out["recognised"]) == (None, None, None, False)
    assert (out["knocked_out"], out["outcome"], out["forwards_to"]) == (True, "not_recognised", None)
    assert out["knock_outs"][0]["line"] == first["text_vi"]
    (step,) = out["steps"]
    assert (step["rule"], "Phụ lục II" in step["source"]) == ("knock_out", True)
    assert "Giấy chứng nhận là giả" in step["outcome"]
    assert results[str(good)]["star"] in {3, 4}
    assert await june.state(forged) == ("not_recognised", None)
    (told,) = await june.world.events("evaluation.result_released", str(forged))
    assert (told["star"], told["mean"]) == (None, None)
    (own,) = (await june.ok("GET", f"/dossiers/{forged}/results", june.producer(forged)))["items"]
    assert own["knocked_out"] is True


async def test_a_knock_out_taken_back_no_longer_counts_and_stays_on_record(july: Any) -> None:
    council, dossier = await july.council(), await july.dossier()
    round_id = await july.round(council, dossier)
    await july.score(council, round_id, dossier, 60)
    path = f"/rounds/{round_id}/knock-outs"
    kept = await july.ok("POST", path, council.chair, found(dossier))
    back = f"{path}/{kept['id']}/withdrawal"
    await july.refused(403, "POST", back, council.members[1], {"reason": "Nhầm hồ sơ (thử)"})
    await july.ok("POST", back, council.chair, {"reason": "Nhầm hồ sơ (thử)"})
    await july.refused(409, "POST", back, council.chair, {"reason": "Nhầm hồ sơ (thử)"})
    (result,) = await july.close(council, round_id)
    assert (result["star"], result["knocked_out"]) == (3, False)
    (shown,) = (await july.ok("GET", path, council.chair))["items"]
    assert shown["withdrawal"]["reason"] == "Nhầm hồ sơ (thử)"
    await july.refused(409, "POST", path, council.chair, found(dossier))


async def test_what_a_closed_round_found_cannot_be_added_to_or_changed_even_by_sql(july: Any) -> None:
    council, dossier = await july.council(), await july.dossier()
    round_id = await july.round(council, dossier)
    await july.score(council, round_id, dossier, 60)
    await july.close(council, round_id)
    admin = await asyncpg.connect(july.world.admin_url, server_settings={"search_path": "evaluation"})
    try:
        for statement in (
            "UPDATE round_dossiers SET agreed = '{}' WHERE round_id = $1",
            "UPDATE round_dossiers SET attempt = 2 WHERE round_id = $1",
            "INSERT INTO conflicts (round_id, dossier_id, member_id, reason, excluded, declared_at)"
            " SELECT round_id, dossier_id, uuidv7(), 'x', true, now() FROM round_dossiers WHERE round_id = $1",
            "INSERT INTO discussions (id, round_id, dossier_id, attempt, statements, conclusion, recorded_by)"
            " SELECT uuidv7(), round_id, dossier_id, 1, '[]', 'x', uuidv7() FROM round_dossiers WHERE round_id = $1",
        ):
            with pytest.raises(asyncpg.RestrictViolationError):
                await admin.execute(statement, round_id)
    finally:
        await admin.close()


async def test_discussion_waits_for_the_quorum_and_names_only_members_who_sit(july: Any) -> None:
    council, dossier = await july.council(size=4), await july.dossier()
    round_id = await july.round(council, dossier)
    declared = {"dossier_id": str(dossier), "reason": "Họ hàng (thử)", "relation": "family"}
    cousin = council.members[3]
    await july.ok("POST", f"/rounds/{round_id}/conflicts", cousin, declared)
    body = {
        "dossier_id": str(dossier),
        "statements": [{"member_id": str(council.members[1].person_id), "said": "Cần xem lại hợp đồng (thử)"}],
        "conclusion": "Chấm lại tiêu chí 1.1 (thử)",
    }
    path = f"/rounds/{round_id}/discussions"
    problem = await july.refused(409, "POST", path, council.chair, body)
    assert problem["type"] == "/problems/quorum-not-met"
    for member in council.members[:2]:
        await july.submit(member, july.body(round_id, dossier, 60))
    strange = body | {"statements": [{"member_id": str(cousin.person_id), "said": "Tôi (thử)"}]}
    assert (await july.refused(422, "POST", path, council.chair, strange))["errors"][0]["field"] == (
        "statements[0].member_id"
    )
    await july.refused(403, "POST", path, council.members[1], body)
    kept = await july.ok("POST", path, council.chair, body)
    assert kept["attempt"] == 1
    assert (await july.ok("GET", path, council.members[1]))["items"] == [kept]
    # the third has still to score: what was said about the others' scores is not for him yet
    assert (await july.ok("GET", path, council.members[2]))["items"] == []
    assert (await july.ok("GET", path, cousin))["items"] == []
    assert (await july.ok("GET", path, july.office(Role.AUDITOR, "49", "province")))["items"] == []
    await july.submit(council.members[2], july.body(round_id, dossier, 60))
    assert (await july.ok("GET", path, council.members[2]))["items"] == [kept]


async def test_readiness_says_what_is_missing_and_tells_spread_only_to_a_chair_who_has_scored(july: Any) -> None:
    council = await july.council()
    apart, quiet = await july.dossier(), await july.dossier()
    round_id = await july.round(council, apart, quiet)
    path = f"/rounds/{round_id}/readiness"

    async def shown(actor: Any) -> dict[str, Any]:
        read = await july.ok("GET", path, actor)
        return {"ready": read["ready"]} | {one["dossier_id"]: one for one in read["dossiers"]}

    for actor in (council.members[1], july.office(Role.AUDITOR, "49", "province")):
        await july.refused(403, "GET", path, actor)
    for member, total in zip(council.members[1:], (50, 63), strict=True):
        await july.submit(member, july.body(round_id, apart, total))
    before = await shown(council.chair)
    assert before["ready"] is False
    assert before[str(quiet)]["lacks"] == ["quorum", "chair", "agreed_options"]
    one = before[str(apart)]
    assert (one["submitted"], one["sitting"], one["lacks"]) == (2, 3, ["chair", "agreed_options"])
    assert (one["spread"], one["diverges"], one["opinions_differ"]) == (None, None, None)
    await july.submit(council.chair, july.body(round_id, apart, 60))
    after = await shown(council.chair)
    assert (after[str(apart)]["spread"], after[str(apart)]["diverges"]) == (13, True)
    assert after[str(apart)]["lacks"] == ["agreed_options", "discussion_and_rescoring"]
    secretary = (await shown(council.secretary))[str(apart)]
    assert (secretary["submitted"], secretary["spread"], secretary["diverges"]) == (3, None, None)
    await july.agree(council, round_id, apart, 60)
    await july.score(council, round_id, quiet, 60)
    await july.discuss(council, round_id, apart)
    order = {"dossier_id": str(apart), "reason": "Chênh lệch quá 10 điểm (thử)"}
    await july.ok("POST", f"/rounds/{round_id}/rescorings", council.chair, order)
    for member in council.members:
        await july.submit(member, july.body(round_id, apart, 60))
    assert (await shown(council.chair))["ready"] is True
    await july.close(council, round_id)


async def test_where_the_chair_stands_aside_the_next_seat_presides_over_that_dossier(july: Any) -> None:
    council, dossier = await july.council(size=4), await july.dossier()
    round_id = await july.round(council, dossier)
    declared = {"dossier_id": str(dossier), "reason": "Góp vốn (thử)", "relation": "shareholder"}
    await july.ok("POST", f"/rounds/{round_id}/conflicts", council.chair, declared)
    for member in council.members[1:]:
        await july.submit(member, july.body(round_id, dossier, 60))
    floors = july.sheets[dossier].floor_criteria
    choices = july.body(round_id, dossier, 60)["choices"]
    options = {"options": {criterion.code: choices[criterion.code] for criterion in floors}}
    path = f"/rounds/{round_id}/dossiers/{dossier}/agreed-options"
    await july.refused(404, "PUT", path, council.chair, options)
    await july.refused(403, "PUT", path, council.members[2], options)
    await july.ok("PUT", path, council.members[1], options)
    await july.ok("POST", f"/rounds/{round_id}/closing", council.chair)
    row = await july.one("SELECT star, totals FROM results WHERE round_id = :id", id=round_id)
    assert (row.star, sorted(row.totals)) == (3, ["TV2", "TV3", "TV4"])


async def test_written_opinions_that_differ_on_the_star_of_a_renewal_need_a_meeting(june: Any) -> None:
    place = {"province_code": "48", "district_code": None, "district_name": None}
    renewal, first = await june.dossier("QD26-13", kind="renewal", **place), await june.dossier("QD26-13", **place)
    council = await june.council("province", "48", 3, 2026)
    round_id = await june.round(council, renewal, first)
    for dossier in (renewal, first):
        await june.score(council, round_id, dossier, 68, 69, 72)
    problem = await june.refused(409, "POST", f"/rounds/{round_id}/closing", council.chair)
    assert problem["type"] == "/problems/meeting-needed"
    assert [one["dossier_id"] for one in problem["dossiers"]] == [str(renewal)]
    await june.discuss(council, round_id, renewal, conclusion="Thống nhất giữ điểm đã chấm (thử)")
    results = await june.close(council, round_id)
    assert {result["mean"] for result in results} == {"209/3"}
