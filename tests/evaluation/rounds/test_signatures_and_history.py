"""A submitted sheet is signed; after closing every attempt can be read and checked."""

import asyncio
from datetime import datetime
from typing import Any

import asyncpg
import pytest

from shared.contracts.roles import Role


@pytest.fixture
async def july(stage: Any) -> Any:
    """A stage in July 2023."""
    await stage.world.move_clock("2023-07-20")
    return stage


async def test_a_sheet_carries_the_members_signature_and_a_forged_answer_shows(july: Any) -> None:
    council, dossier = await july.council(), await july.dossier()
    round_id = await july.round(council, dossier)
    member = council.members[1]
    body = july.body(round_id, dossier, 60)
    first = next(iter(body["choices"]))
    sent = (await july.submit(member, body | {"notes": {first: "Đạt"}, "remarks": "Sản phẩm tốt"})).json()
    path = f"/score-sheets/{sent['id']}/signature"
    signed = await july.ok("GET", path, member)
    assert signed["person_id"] == str(member.person_id)
    assert datetime.fromisoformat(signed["signed_at"]) == datetime.fromisoformat(sent["submitted_at"])
    assert signed["content_hash"] == signed["computed_hash"] == sent["content_hash"]
    assert (signed["valid"], "độc lập" in signed["statement"]) == (True, True)
    own = await july.ok("GET", f"/rounds/{round_id}/dossiers/{dossier}/score-sheet", member)
    assert own["content_hash"] == sent["content_hash"]
    auditor = july.office(Role.AUDITOR, "49", "province")
    for actor in (council.chair, council.members[2], council.secretary, auditor, july.producer(dossier)):
        await july.refused(404, "GET", path, actor)
    for other in (council.chair, council.members[2]):
        await july.submit(other, july.body(round_id, dossier, 60))
    await july.agree(council, round_id, dossier, 60)
    await july.close(council, round_id)
    for actor in (council.chair, council.members[2], council.secretary, auditor):
        assert (await july.ok("GET", path, actor))["valid"] is True
    await july.refused(404, "GET", path, july.producer(dossier))
    admin = await asyncpg.connect(july.world.admin_url, server_settings={"search_path": "evaluation"})
    await admin.execute(
        "UPDATE score_choices SET note = 'Không đạt' WHERE sheet_id = $1 AND criterion = $2", sent["id"], first
    )
    await admin.close()
    forged = await july.ok("GET", path, council.chair)
    assert forged["valid"] is False
    assert forged["content_hash"] == sent["content_hash"] != forged["computed_hash"]


async def test_sheets_of_every_attempt_are_listed_once_the_round_has_closed(july: Any) -> None:
    council, dossier = await july.council(size=4), await july.dossier()
    round_id = await july.round(council, dossier)
    await july.score(council, round_id, dossier, 52, 60, 63, 60)
    path = f"/rounds/{round_id}/dossiers/{dossier}/score-sheets"
    for actor in (council.chair, council.members[1], council.secretary):
        problem = await july.refused(409, "GET", path, actor)
        assert problem["type"] == "/problems/results-not-ready"
    await july.discuss(council, round_id, dossier)
    order = {"dossier_id": str(dossier), "reason": "Chênh lệch quá 10 điểm (thử)"}
    await july.ok("POST", f"/rounds/{round_id}/rescorings", council.chair, order)
    await asyncio.gather(*(july.submit(member, july.body(round_id, dossier, 60)) for member in council.members))
    declared = {"dossier_id": str(dossier), "relation": "adviser", "reason": "Tôi lập hồ sơ (thử)"}
    await july.ok("POST", f"/rounds/{round_id}/conflicts", council.members[3], declared)
    await july.close(council, round_id)
    sheets = (await july.ok("GET", path, council.members[1]))["items"]
    assert [(one["member"], one["attempt"], one["total"], one["counted"]) for one in sheets] == [
        ("TV1", 1, 52, False),
        ("TV2", 1, 60, False),
        ("TV3", 1, 63, False),
        ("TV4", 1, 60, False),
        ("TV1", 2, 60, True),
        ("TV2", 2, 60, True),
        ("TV3", 2, 60, True),
        ("TV4", 2, 60, False),
    ]
    assert all(one["signature"]["valid"] for one in sheets)
    assert sheets[0]["choices"] == july.body(round_id, dossier, 52)["choices"]
    assert sum(sheets[0]["points"].values()) == 52
    await july.refused(404, "GET", path, council.members[3])
    await july.refused(404, "GET", path, july.producer(dossier))
