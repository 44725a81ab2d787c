"""What a council has scored is no longer the producer's to take back."""

from typing import Any

from sqlalchemy import text


async def test_a_dossier_before_a_council_or_scored_by_one_is_not_withdrawn(stage: Any) -> None:
    await stage.world.move_clock("2023-07-20")
    dossier = await stage.dossier()
    district = await stage.council("district", "511")
    round_id = await stage.round(district, dossier)
    path, body = f"/dossiers/{dossier}/withdrawal", {"reason": "Đổi ý"}
    refused = await stage.refused(409, "POST", path, stage.producer(dossier), body)
    assert refused["state"] == "in_round"
    await stage.score(district, round_id, dossier, 75, 75, 75)
    await stage.close(district, round_id)
    await stage.ok("POST", f"/dossiers/{dossier}/forwarding", district.secretary)
    async with stage.world.database.session() as session:  # as when the level above returns it for repair
        await session.execute(
            text("UPDATE dossiers SET state = 'returned', level = NULL WHERE id = :id"), {"id": dossier}
        )
    refused = await stage.refused(409, "POST", path, stage.producer(dossier), body)
    assert (refused["state"], refused["allowed"]) == ("returned", ["edit", "file"])
