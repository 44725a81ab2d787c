"""The advisory team checks, visits, receives samples and tests, and reports; the council reads it in one call."""

import hashlib
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import text
from tests.evaluation.files import png
from tests.evaluation.worlds import PDF

from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import person
from shared.testing.statements import counted_statements

PNG = png()


@dataclass
class Team:
    """A council with a team, and a dossier that waits for it."""

    stage: Any
    members: list[Any]
    secretary: Any
    head: Any
    council: str
    dossier: Any

    def report(self, **points: int) -> dict[str, Any]:
        """A report with a finding for each part."""
        findings = [{"part": part, "finding": "Đạt"} for part in ("A", "B", "C")]
        for finding in findings:
            if finding["part"] in points:
                finding["points"] = points[finding["part"]]  # type: ignore[assignment]  # JSON
        return {"kind": "report", "on_day": "2026-06-08", "findings": findings, "proposal": "Đề nghị đánh giá"}

    async def advise(self, body: dict[str, Any], who: Any = None) -> Any:
        return await self.stage.ok("POST", f"/dossiers/{self.dossier}/advice", who or self.head, body)

    async def open_round(self) -> str:
        body = {"council_id": self.council, "due_on": "2026-06-28", "dossier_ids": [str(self.dossier)]}
        made = await self.stage.ok("POST", "/rounds", self.secretary, body)
        await self.stage.ok("POST", f"/rounds/{made['id']}/opening", self.secretary)
        return str(made["id"])


@pytest.fixture
async def team(shared_stage: Any) -> Team:
    """A team at work on 8 June 2026."""
    await shared_stage.world.move_clock("2026-06-08")
    members = [person(Role.COUNCIL_MEMBER, "49") for _ in range(3)]
    secretary, head = person(Role.PROVINCE_SECRETARY, "49"), person(Role.ADVISORY_MEMBER, "49", name="Tổ trưởng (thử)")
    body = shared_stage.council_body("province", "49", members, 2026) | {
        "advisory_team": [
            {"person_id": str(head.person_id), "name": head.name, "body": "Chi cục (thử)", "is_head": True}
        ]
    }
    made = await shared_stage.ok("POST", "/councils", secretary, body)
    dossier = await shared_stage.dossier("QD26-01", level="province", state="reported")
    return Team(shared_stage, members, secretary, head, made["id"], dossier)


async def send(team: Team, content: bytes) -> str:
    digest = hashlib.sha256(content).hexdigest()
    await team.stage.ok("PUT", f"/evidence-files/{digest}", team.head, content=content)
    return digest


async def test_the_council_reads_everything_on_a_dossier_in_one_call_without_scores(team: Team) -> None:
    photo, paper = await send(team, PNG), await send(team, PDF)
    checked = {"kind": "criterion", "ref": "A", "ok": True, "evidence_kind": "environment"}
    await team.advise({"kind": "check", "on_day": "2026-06-05", "items": [checked]})
    visit = {
        "kind": "site_visit",
        "on_day": "2026-06-06",
        "place": "Xưởng (thử)",
        "people": ["Chủ thể (thử)"],
        "observations": "Sạch, đủ vùng nguyên liệu",
        "latitude": 15.8794,
        "longitude": 108.335,
        "files": [photo],
    }
    await team.advise(visit)
    await team.advise(
        {"kind": "samples", "on_day": "2026-06-06", "count": 5, "condition": "Nguyên vẹn", "received_by": "Tổ (thử)"}
    )
    asked = await team.advise({"kind": "test_request", "on_day": "2026-06-06", "what": "Chì, cadimi"})
    await team.advise({"kind": "test_request", "on_day": "2026-06-06", "what": "Vi sinh"})
    result = {"kind": "test_result", "on_day": "2026-06-07", "test_request_id": asked["id"], "outcome": "meets"}
    await team.advise(result | {"summary": "Đạt QCVN", "files": [paper]})
    await team.advise(team.report())
    round_id = await team.open_round()
    path = f"/rounds/{round_id}/dossiers/{team.dossier}/file"
    read = await team.stage.ok("GET", path, team.members[1])
    assert (read["samples_due"], read["advice"]["samples_received"], read["advice"]["tests_awaited"]) == (5, 5, 1)
    assert read["advice"]["report"]["content"]["proposal"] == "Đề nghị đánh giá"
    kinds = [record["kind"] for record in read["advice"]["records"]]
    assert kinds == ["check", "site_visit", "samples", "test_request", "test_request", "test_result", "report"]
    assert read["advice"]["records"][1]["files"] == [{"sha256": photo, "kind": "png", "size": len(PNG)}]
    assert read["dossier"]["id"] == str(team.dossier)
    assert "score" not in set(read) | set(read["advice"])
    seen = await team.stage.world.call("GET", f"/advisory-files/{photo}", team.members[1])
    assert (seen.status_code, seen.content) == (200, PNG)
    await team.stage.refused(404, "GET", f"/advisory-files/{photo}", team.stage.producer(team.dossier))
    before = (await team.stage.world.call("GET", path, team.members[1])).headers["etag"]
    assert (await team.stage.submit(team.members[2], team.stage.body(round_id, team.dossier, 60))).status_code == 201
    assert (await team.stage.world.call("GET", path, team.members[1])).headers["etag"] == before
    await team.stage.ok(
        "POST",
        f"/rounds/{round_id}/conflicts",
        team.members[1],
        {"dossier_id": str(team.dossier), "reason": "Họ hàng"},
    )
    await team.stage.refused(404, "GET", path, team.members[1])
    await team.stage.refused(404, "GET", f"/advisory-files/{photo}", team.members[1])
    await team.stage.refused(404, "GET", path, team.stage.producer(team.dossier))


async def test_only_the_team_of_the_council_it_waits_for_writes(team: Team) -> None:
    path, body = f"/dossiers/{team.dossier}/advice", team.report()
    await team.stage.refused(403, "POST", path, person(Role.ADVISORY_MEMBER, "49"), body)
    await team.stage.refused(404, "POST", path, person(Role.ADVISORY_MEMBER, "48"), body)
    await team.stage.refused(404, "POST", path, person(Role.ADVISORY_MEMBER, "VN", Level.CENTRAL), body)
    for other in (team.members[0], team.secretary, team.stage.producer(team.dossier)):
        await team.stage.refused(403, "POST", path, other, body)
    assert (await team.stage.ok("GET", path, team.secretary))["records"] == []
    await team.stage.refused(403, "GET", path, team.stage.producer(team.dossier))
    await team.stage.refused(404, "GET", path, person(Role.PROVINCE_SECRETARY, "48"))
    await team.advise(body)
    async with team.stage.world.database.session() as session:
        await session.execute(
            text("UPDATE dossiers SET state = 'returned', level = NULL WHERE id = :id"), {"id": team.dossier}
        )
    await team.stage.refused(403, "POST", path, team.head, body)


async def test_points_files_and_parts_are_held_to_the_charter_and_the_sheet(team: Team) -> None:
    path = f"/dossiers/{team.dossier}/advice"
    points = await team.stage.refused(422, "POST", path, team.head, team.report(A=20))
    assert [(fault["field"], fault["code"]) for fault in points["errors"]] == [("findings[0].points", "not_allowed")]
    body = team.report()
    del body["findings"][2]
    missing = await team.stage.refused(422, "POST", path, team.head, body)
    assert [fault["code"] for fault in missing["errors"]] == ["missing_part"]
    paper = await send(team, PDF)
    visit = {"kind": "site_visit", "on_day": "2026-06-06", "place": "Xưởng", "people": ["A"], "observations": "B"}
    wrong = await team.stage.refused(422, "POST", path, team.head, visit | {"files": [paper, "0" * 64]})
    assert [fault["code"] for fault in wrong["errors"]] == ["wrong_kind", "unknown_file"]
    future = await team.stage.refused(422, "POST", path, team.head, visit | {"on_day": "2026-06-09"})
    assert future["errors"][0]["field"] == "on_day"
    result = {"kind": "test_result", "on_day": "2026-06-07", "test_request_id": str(new_id()), "outcome": "fails"}
    unasked = await team.stage.refused(
        422, "POST", path, team.head, result | {"summary": "Không đạt", "files": [paper]}
    )
    assert unasked["errors"][0]["field"] == "test_request_id"
    nowhere = await team.stage.refused(422, "POST", path, team.head, {"kind": "vote", "on_day": "2026-06-07"})
    assert nowhere["status"] == 422


async def test_the_file_costs_few_statements_however_much_is_in_it(team: Team) -> None:
    for _ in range(6):
        await team.advise({"kind": "test_request", "on_day": "2026-06-06", "what": "Vi sinh"})
    round_id = await team.open_round()
    path = f"/rounds/{round_id}/dossiers/{team.dossier}/file"
    await team.stage.ok("GET", path, team.members[1])
    with counted_statements() as sent:
        read = await team.stage.ok("GET", path, team.members[1])
    assert read["advice"]["tests_awaited"] == 6
    assert len(sent) <= 8, sent
