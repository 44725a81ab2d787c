"""Who makes and who sees which document, kind by kind; score sheets stay blind until closing."""

from collections.abc import Callable

import pytest
from tests.evaluation.documents.conftest import Story
from tests.evaluation.worlds import producer_of

from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.testing.people import person

PEOPLE: dict[str, Callable[[Story], Actor]] = {
    "producer": lambda story: story.producer,
    "another producer": lambda story: producer_of(story.world.product()),
    "commune": lambda story: story.officer,
    "another commune": lambda _: person(Role.COMMUNE_OFFICER, "20663", Level.COMMUNE),
    "district secretary": lambda story: story.board.secretary,
    "another district": lambda _: person(Role.DISTRICT_SECRETARY, "512", Level.DISTRICT),
    "district chair": lambda _: person(Role.DISTRICT_CHAIR, "511", Level.DISTRICT),
    "province secretary": lambda _: person(Role.PROVINCE_SECRETARY, "49"),
    "auditor": lambda _: person(Role.AUDITOR, "49"),
    "council chair": lambda story: story.board.chair,
    "member": lambda story: story.board.members[1],
    "another member": lambda story: story.board.members[2],
    "stranger": lambda _: person(Role.TRADE_OFFICER, "49"),
}
FORMS = {"producer", "commune", "district secretary", "province secretary"}
ROUND = {"district secretary", "district chair", "province secretary", "auditor"} | {
    "council chair",
    "member",
    "another member",
}
DOSSIER = {"producer", "commune", "district secretary", "district chair", "province secretary", "auditor"} | {
    "council chair",
    "member",
    "another member",
}


async def seen_by(story: Story, document: dict[str, object]) -> set[str]:
    return {name for name, find in PEOPLE.items() if await story.sees(document, find(story))}


async def test_each_kind_is_seen_by_its_circle(story: Story) -> None:
    await story.file()
    await story.report()
    await story.open()
    board = story.board
    for kind in ("registration_slip", "self_assessment"):
        assert await seen_by(story, await story.make(kind, story.dossier, story.producer)) == FORMS
    report = await story.make("commune_report", story.dossier, story.officer)
    assert await seen_by(story, report) == FORMS
    sheets = [await story.sheet(seat) for seat in range(3)]
    mine = await story.make("score_sheet", sheets[1], board.members[1])
    assert await seen_by(story, mine) == {"member"}  # blind until the round closes
    await story.close()
    assert await seen_by(story, mine) == {"member", "council chair", "district secretary", "district chair"}
    for kind in ("minutes", "result_list"):
        assert await seen_by(story, await story.make(kind, story.round, board.secretary)) == ROUND
    draft = await story.make("recognition_decision", story.dossier, board.secretary)
    assert await seen_by(story, draft) == {"district secretary", "district chair"}
    body = {"number": "77/QĐ-UBND", "signed_on": "2023-07-20", "signer": "Chủ tịch (thử)"}
    await story.stage.ok("POST", f"/documents/{draft['id']}/signing", board.secretary, body)
    assert await seen_by(story, draft) == DOSSIER
    await story.decide()
    await story.issue()
    notice = await story.make("result_notice", story.dossier, board.secretary)
    assert await seen_by(story, notice) == DOSSIER
    certificate = await story.make("certificate", story.decision, board.secretary)
    assert await seen_by(story, certificate) == {"district secretary", "district chair"}


async def test_each_kind_is_made_by_its_makers_only(story: Story) -> None:
    await story.file()
    await story.report()
    await story.open()
    sheets = [await story.sheet(seat) for seat in range(3)]
    await story.close()
    await story.decide()
    await story.issue()
    subjects = {
        "registration_slip": (story.dossier, {"producer"}),
        "self_assessment": (story.dossier, {"producer"}),
        "commune_report": (story.dossier, {"commune"}),
        "score_sheet": (sheets[1], {"member"}),
        "minutes": (story.round, {"district secretary"}),
        "result_list": (story.round, {"district secretary"}),
        "recognition_decision": (story.dossier, {"district secretary"}),
        "certificate": (story.decision, {"district secretary"}),
        "result_notice": (story.dossier, {"district secretary"}),
    }
    for kind, (subject, makers) in subjects.items():
        for name, find in PEOPLE.items():
            body = {"kind": kind, "subject_id": subject}
            status = (await story.world.call("POST", "/documents", find(story), body)).status_code
            assert status == 201 if name in makers else status in (403, 404), f"{kind} by {name}: {status}"
    assert (await story.world.call("POST", "/documents", None, {})).status_code == 401


async def test_a_member_who_stood_aside_reads_neither_minutes_nor_list(story: Story) -> None:
    first, second = await story.stage.dossier(), await story.stage.dossier()
    story.council = await story.stage.council(size=4)
    board = story.board
    story.round = await story.stage.round(board, first, second)
    conflict = {"dossier_id": str(first), "reason": "Người thân"}
    await story.stage.ok("POST", f"/rounds/{story.round}/conflicts", board.members[3], conflict)
    for dossier in (first, second):
        for seat in range(3):
            body = story.stage.body(story.round, dossier, 60)
            assert (await story.stage.submit(board.members[seat], body)).status_code == 201
        await story.stage.agree(board, story.round, dossier, 60)
    body = story.stage.body(story.round, second, 60)
    assert (await story.stage.submit(board.members[3], body)).status_code == 201
    await story.stage.close(board, story.round)
    minutes = await story.make("minutes", story.round, board.secretary)
    assert any("không đánh giá" in line for line in minutes["data"]["aside"])
    assert not await story.sees(minutes, board.members[3])
    assert await story.sees(minutes, board.members[2])


@pytest.mark.parametrize("other", [0, 2])
async def test_nobody_makes_the_sheet_of_another_even_after_closing(story: Story, other: int) -> None:
    await story.file()
    await story.report()
    await story.open()
    sheets = [await story.sheet(seat) for seat in range(3)]
    await story.close()
    body = {"kind": "score_sheet", "subject_id": sheets[1]}
    await story.stage.refused(404, "POST", "/documents", story.board.members[other], body)
