"""Statistics of a round: counts while it is open, what the scores came to once it has closed."""

from typing import Any
from xml.etree import ElementTree as ET

from shared.contracts.roles import Role


async def test_statistics_tell_progress_while_open_and_scores_once_closed(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council = await stage.council()
    one = await stage.dossier(group_path="I.1.1")
    two = await stage.dossier(group_path="I.2.1", producer_id=stage.places[one]["producer_id"])
    round_id = await stage.round(council, one, two, due_on="2023-07-31")
    await stage.score(council, round_id, one, 60, 60, 69)
    await stage.submit(council.chair, stage.body(round_id, two, 40))
    path = f"/rounds/{round_id}/statistics"
    for actor in (council.members[1], stage.office(Role.AUDITOR, "49", "province")):
        await stage.refused(403, "GET", path, actor)
        await stage.refused(403, "GET", f"{path}/plot", actor)
    before = await stage.ok("GET", path, council.chair)
    assert before["scores"] is None
    (waits,) = before["waiting"]
    assert (waits["dossier_id"], waits["missing"], waits["days_left"]) == (str(two), 2, 11)
    assert [(m["seat"], m["submitted"], m["expected"]) for m in before["progress"]] == [(1, 2, 2), (2, 1, 2), (3, 1, 2)]
    for member in council.members[1:]:
        await stage.submit(member, stage.body(round_id, two, 40))
    await stage.agree(council, round_id, two, 40)
    await stage.close(council, round_id)

    scores = (await stage.ok("GET", path, council.secretary))["scores"]
    # 60, 60, 69: the mean is 63; only 69 is more than 5 points away
    members = {member["seat"]: member for member in scores["members"]}
    assert [members[n]["mean_difference"] for n in (1, 2, 3)] == [-1.5, -1.5, 3.0]
    assert [len(members[n]["far"]) for n in (1, 2, 3)] == [0, 0, 1]
    (far,) = members[3]["far"]
    assert (far["dossier_id"], far["total"], far["difference"], far["z"]) == (str(one), 69, 6.0, 1.41)
    assert scores["far_from_mean"] == {"measure": "points", "limit": "5"}
    groups = {group["group_path"]: group for group in scores["groups"]}
    assert (groups["I.1.1"]["mean"], groups["I.1.1"]["stars"]) == (63.0, {"3": 1})
    assert (groups["I.2.1"]["mean"], groups["I.2.1"]["stars"]) == (40.0, {"2": 1})
    (producer,) = scores["producers"]
    assert (producer["dossiers"], producer["mean"], producer["stars"]) == (2, 51.5, [3, 2])
    sheets = [stage.body(round_id, one, total)["choices"] for total in (60, 60, 69)]
    sheet = stage.sheets[one]
    spreads = {}
    for criterion in sheet.criteria:
        points = {option.number: option.points for option in criterion.options} | {0: 0}
        given = [points[choices[criterion.code]] for choices in sheets]
        spreads[criterion.code] = max(given) - min(given)
    told = {row["criterion"]: row["widest"] for row in scores["criteria"]}
    assert told == spreads
    assert scores["criteria"][0]["widest"] == max(spreads.values())


async def test_the_plot_is_one_svg_in_the_language_of_the_request(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    council, dossier = await stage.council(), await stage.dossier()
    round_id = await stage.round(council, dossier)
    await stage.score(council, round_id, dossier, 60, 60, 69)
    path = f"/rounds/{round_id}/statistics/plot"
    drawn = []
    for closed in (False, True):
        if closed:
            await stage.close(council, round_id)
        for language in ("vi", "en"):
            answer = await stage.world.call("GET", path, council.chair, headers={"Accept-Language": language})
            assert answer.headers["content-type"] == "image/svg+xml; charset=utf-8"
            assert ET.fromstring(answer.text).tag.endswith("svg")  # our own answer
            drawn.append(answer.text)
    assert "Phiếu đã nộp theo thành viên" in drawn[0]
    assert "3/3" not in drawn[0] or "1/1" in drawn[0]
    assert "Results by star" in drawn[3]
    assert "+6.00" not in drawn[1]
    assert "+6.00 (1!)" in drawn[3]


async def test_statistics_are_a_fixed_number_of_statements(stage: Any) -> None:
    from tests.evaluation.rounds.test_round_reads_are_cheap import queries_of

    await stage.world.move_clock("2023-07-20")
    council = await stage.council()
    counts = []
    for size in (1, 4):
        dossiers = [await stage.dossier() for _ in range(size)]
        round_id = await stage.round(council, *dossiers)
        for dossier in dossiers:
            await stage.score(council, round_id, dossier, 60)
        ready = await queries_of(stage, f"/rounds/{round_id}/readiness", council.chair)
        await stage.close(council, round_id)
        counts.append((ready, await queries_of(stage, f"/rounds/{round_id}/statistics", council.chair)))
    assert counts[0] == counts[1]
    assert max(counts[0]) <= 12
