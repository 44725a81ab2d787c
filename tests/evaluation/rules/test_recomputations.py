"""Results explained and computed again: the same from the same inputs, and what is not is told."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.tasks.recomputations import find_recomputations, recompute_results
from evaluation.use_cases import recompute_results as use_case
from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.tasks.declarations import TaskContext
from shared.testing.people import person

AUDITOR = person(Role.AUDITOR, "49")


async def worked(stage: Any, recomputation: str) -> dict[str, Any]:
    """Let the worker's sweep and task do their turns until it is finished."""
    context = TaskContext(stage.world.database, EvaluationUow)
    for _ in range(5):
        async with context.uow() as uow:
            claimed = await find_recomputations(uow)
        for recomputation_id in claimed:
            await recompute_results(context, recomputation_id)
    return await stage.ok("GET", f"/recomputations/{recomputation}", AUDITOR)  # type: ignore[no-any-return]  # JSON


async def tampered(stage: Any, sql: str, **values: Any) -> None:
    """As the database's administrator: the service's own role cannot."""
    admin = await asyncpg.connect(stage.world.admin_url)
    try:
        await admin.execute(sql, *values.values())
    finally:
        await admin.close()


async def test_a_result_is_explained_with_inputs_versions_articles_and_a_check(stage: Any) -> None:
    council, dossier = await stage.council(), await stage.dossier()
    result = await stage.evaluated(council, dossier, 60)
    path = f"/results/{result['id']}/explanation"
    told = await stage.ok("GET", path, council.chair)
    assert [member["member"] for member in told["members"]] == ["TV1", "TV2", "TV3"]
    assert {member["total"] for member in told["members"]} == {60}
    assert str(council.members[1].person_id) not in str(told)
    assert all(step["source"] for step in told["result"]["steps"])
    for name in ("ruleset", "sheet", "charter"):
        assert (told[name]["stored"], told[name]["hash"]) == (True, result[f"{name}_hash"])
    assert told["check"] == {"finding": None, "differences": [], "reason": None}
    assert told["agreed"]


async def test_an_explanation_is_seen_by_who_sees_the_result(stage: Any) -> None:
    council, dossier = await stage.council(), await stage.dossier()
    result = await stage.evaluated(council, dossier, 40)
    path = f"/results/{result['id']}/explanation"
    assert (await stage.ok("GET", path, stage.producer(dossier)))["members"] is None
    assert (await stage.ok("GET", path, AUDITOR))["members"] is not None
    stranger = person(Role.PRODUCER, "20662", Level.COMMUNE, producer=new_id())
    others = [stranger, person(Role.AUDITOR, "48"), person(Role.COUNCIL_MEMBER, "49"), person(Role.TRADE_OFFICER, "49")]
    for other in others:
        await stage.refused(404, "GET", path, other)
    await stage.refused(404, "GET", f"/results/{new_id()}/explanation", AUDITOR)
    assert (await stage.world.call("GET", path)).status_code == 401


async def test_all_history_comes_out_the_same_and_recorded_only_sheets_are_named(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_case, "BATCH", 2)
    council = await stage.council()
    dossiers = [await stage.dossier() for _ in range(4)]
    for dossier, total in zip(dossiers, (92, 60, 40, 20), strict=True):
        await stage.evaluated(council, dossier, total)
    recorded = await stage.dossier("QD148-07")
    round_id = await stage.round(council, recorded)
    for member in council.members:
        parts = {"A": 30, "B": 20, "C": 20}
        body = {"round_id": round_id, "dossier_id": str(recorded), "part_totals": parts}
        assert (await stage.submit(member, body)).status_code == 201
    await stage.close(council, round_id)
    begun = await stage.ok("POST", "/recomputations", AUDITOR, {"province_code": "49"})
    assert (begun["state"], begun["total"], begun["checked"]) == ("running", None, 0)
    problem = await stage.refused(409, "POST", "/recomputations", AUDITOR, {"province_code": "49"})
    assert problem["recomputation"] == begun["id"]
    done = await worked(stage, begun["id"])
    assert (done["state"], done["total"], done["checked"], done["differing"]) == ("finished", 5, 5, 0)
    assert done["recorded_only"] == {"QD148-07": 1}
    assert (await stage.ok("GET", f"/recomputations/{begun['id']}/findings", AUDITOR))["items"] == []
    again = await stage.ok("POST", "/recomputations", AUDITOR, {"province_code": "49"})
    assert again["id"] != begun["id"]


async def test_a_result_that_was_tampered_with_is_found(stage: Any) -> None:
    council = await stage.council()
    good, bad, reworded, broken = [await stage.dossier() for _ in range(4)]
    results = {d: await stage.evaluated(council, d, 60) for d in (good, bad, reworded, broken)}
    await tampered(stage, "UPDATE evaluation.results SET star = 5 WHERE dossier_id = $1", dossier=bad)
    words = "UPDATE evaluation.results SET steps = jsonb_set(steps, '{0,outcome_en}', '\"x\"') WHERE dossier_id = $1"
    await tampered(stage, words, dossier=reworded)
    lost = "UPDATE evaluation.results SET inputs = inputs - 'agreed', charter_hash = 'x' WHERE dossier_id = $1"
    await tampered(stage, lost, dossier=broken)
    begun = await stage.ok("POST", "/recomputations", AUDITOR, {"province_code": "49"})
    done = await worked(stage, begun["id"])
    assert (done["checked"], done["differing"]) == (4, 2)
    found = (await stage.ok("GET", f"/recomputations/{begun['id']}/findings", AUDITOR))["items"]
    assert {f["dossier_id"]: f["kind"] for f in found} == {
        str(bad): "differs",
        str(reworded): "wording",
        str(broken): "not_computable",
    }
    differing = next(f for f in found if f["kind"] == "differs")
    assert differing["details"]["differences"] == [{"field": "star", "stored": 5, "computed": results[bad]["star"]}]
    told = await stage.ok("GET", f"/results/{results[bad]['id']}/explanation", AUDITOR)
    assert told["check"]["finding"] == "differs"


async def test_a_killed_worker_leaves_a_recomputation_that_another_goes_on_with(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_case, "BATCH", 1)
    council = await stage.council()
    for _ in range(3):
        await stage.evaluated(council, await stage.dossier(), 60)
    begun = await stage.ok("POST", "/recomputations", AUDITOR, {"province_code": "49"})
    context = TaskContext(stage.world.database, EvaluationUow)
    async with context.uow() as uow:
        (claimed,) = await find_recomputations(uow)
    async with context.uow() as uow:
        assert await use_case.recompute_batch(uow, claimed)  # and then the worker is killed
    async with context.uow() as uow:
        assert await find_recomputations(uow) == []
    async with stage.world.database.session() as session:
        await session.execute(text("UPDATE recomputations SET claimed_until = now() - interval '1 second'"))
    done = await worked(stage, begun["id"])
    assert (done["state"], done["checked"], done["total"]) == ("finished", 3, 3)


async def test_recomputations_belong_to_the_auditor_and_secretary_of_the_province(stage: Any) -> None:
    secretary, other = person(Role.PROVINCE_SECRETARY, "49"), person(Role.PROVINCE_SECRETARY, "48")
    begun = await stage.ok("POST", "/recomputations", secretary, {"province_code": "49"})
    await stage.ok("GET", f"/recomputations/{begun['id']}", AUDITOR)
    await stage.refused(403, "POST", "/recomputations", other, {"province_code": "49"})
    for path in (f"/recomputations/{begun['id']}", f"/recomputations/{begun['id']}/findings"):
        await stage.refused(404, "GET", path, other)
        for role in (Role.PRODUCER, Role.COUNCIL_MEMBER, Role.PROVINCE_CHAIR, Role.NATIONAL_OFFICER):
            await stage.refused(403, "GET", path, person(role, "49"))
        assert (await stage.world.call("GET", path)).status_code == 401
    await stage.refused(403, "POST", "/recomputations", person(Role.PROVINCE_CHAIR, "49"), {"province_code": "49"})
