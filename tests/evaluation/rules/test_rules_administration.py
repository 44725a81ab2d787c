"""Rules brought in by officials: checked whole, published from a day, ended by the next, never changed once used."""

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.evaluation.rules.conftest import SOURCE, completed_sheet, next_law, shipped

from shared.contracts.roles import Role
from shared.ids import new_id
from shared.testing.people import person


async def test_an_import_is_a_draft_that_changes_nothing_until_it_is_published(rules: Any, stage: Any) -> None:
    draft = await rules.imported("/rulesets", next_law())
    assert (draft["kind"], draft["rule"], draft["versions"]) == ("ruleset", "qd-thu", ["qd-thu"])
    assert (draft["source"], draft["page_reference"]) == (SOURCE["source"], SOURCE["page_reference"])
    assert draft["imported_by"] == str(rules.actor.person_id)
    assert draft["missing_sheets"] == []
    await stage.refused(404, "GET", "/rulesets/qd-thu", None)
    read = await stage.ok("GET", f"/rule-drafts/{draft['draft_id']}", rules.actor)
    assert (read["document"]["id"], read["hash"], read["publication"]) == ("qd-thu", draft["hash"], None)
    assert await stage.world.audited(draft["draft_id"]) == [(str(rules.actor.person_id), "rules.imported")]


async def test_a_dry_run_checks_all_and_keeps_nothing(rules: Any, stage: Any) -> None:
    body = SOURCE | {"document": next_law()}
    answer = await stage.world.call("POST", "/rulesets?dry_run=true", rules.actor, body)
    assert (answer.status_code, answer.json()["draft_id"], answer.json()["dry_run"]) == (200, None, True)
    assert (await stage.one("SELECT count(*) FROM rule_drafts"))[0] == 0
    faulty = next_law() | {"bands": [], "parts": {}}
    problem = await stage.world.call("POST", "/rulesets?dry_run=true", rules.actor, SOURCE | {"document": faulty})
    assert problem.status_code == 422
    assert {error["field"] for error in problem.json()["errors"]} >= {"bands", "parts"}


async def test_an_import_under_the_key_of_its_dry_run_is_another_request(rules: Any, stage: Any) -> None:
    body, key = SOURCE | {"document": next_law()}, {"Idempotency-Key": str(new_id())}
    dry = await stage.world.call("POST", "/rulesets?dry_run=true", rules.actor, body, headers=key)
    assert (dry.status_code, dry.json()["dry_run"]) == (200, True)
    real = await stage.world.call("POST", "/rulesets", rules.actor, body, headers=key)
    assert (real.status_code, real.json()["type"]) == (422, "/problems/idempotency-key-reused")
    again = await stage.world.call("POST", "/rulesets?dry_run=true", rules.actor, body, headers=key)
    assert (again.content, again.headers["idempotent-replay"]) == (dry.content, "true")


async def test_every_fault_of_a_document_comes_at_once_with_its_path_in_both_languages(rules: Any, stage: Any) -> None:
    document = completed_sheet()
    document["parts"][0]["max"] += 1
    document["parts"][1]["items"][0]["code"] = document["parts"][0]["items"][0]["code"]
    vietnamese = await rules.refused(422, "/sheets", document)
    english = await stage.world.call(
        "POST", "/sheets", rules.actor, SOURCE | {"document": document}, headers={"Accept-Language": "en"}
    )
    assert {e["field"] for e in vietnamese["errors"]} >= {"parts[0].max", "total_max", "parts[1].items[0].code"}
    assert [e["field"] for e in english.json()["errors"]] == [e["field"] for e in vietnamese["errors"]]
    assert english.json()["errors"][0]["detail"] != vietnamese["errors"][0]["detail"]


NAN = {"note": float("nan")}
DEEP: dict[str, Any] = {"note": json.loads("[" * 60 + "]" * 60)}


@pytest.mark.parametrize("broken", [{"note": "\0"}, {"note": "\ud800"}, {"a": 1, "no\0te": 1}, NAN, DEEP])
async def test_what_no_database_can_hold_is_refused_by_path(rules: Any, stage: Any, broken: dict[str, Any]) -> None:
    body = json.dumps(SOURCE | {"document": next_law() | broken}).encode()
    sent = {"Content-Type": "application/json"}
    answer = await stage.world.call("POST", "/rulesets", rules.actor, content=body, headers=sent)
    assert answer.status_code == 422
    assert {error["code"] for error in answer.json()["errors"]} <= {"not_storable", "too_deep"}


async def test_levels_must_be_connected_and_bodies_known(rules: Any) -> None:
    document = next_law()
    document["forward"] = [rule for rule in document["forward"] if rule["to"] != "central"]
    document["bands"][0]["recognised_by"] = "the_mayor"
    problem = await rules.refused(422, "/rulesets", document)
    assert [(e["field"], e["code"]) for e in problem["errors"]] == [
        ("levels[2]", "not_connected"),
        (f'bands["{document["bands"][0]["star"]}"].recognised_by', "unknown_body"),
    ]


async def test_a_published_ruleset_governs_from_its_day_and_ends_the_one_before(rules: Any, stage: Any) -> None:
    await stage.world.move_clock("2026-06-08")
    published = await rules.published("/rulesets", next_law(), "2026-07-01")
    assert (published["supersedes"], published["effective_from"]) == ("qd26-2026", "2026-07-01")
    before, now = [await stage.ok("GET", f"/rulesets/{key}", None) for key in ("qd26-2026", "qd-thu")]
    assert (before["effective_to"], before["superseded_by"]) == ("2026-06-30", "qd-thu")
    assert (now["hash"], now["document"]["effective_from"]) == (published["hash"], "2026-07-01")
    assert now["came_from"]["source"] == SOURCE["source"]
    assert (await stage.ok("GET", "/rulesets/qd26-2026/diff?against=qd26-2026", None))["same"] is True
    for day, governing in (("2026-06-30", "qd26-2026"), ("2026-07-01", "qd-thu")):
        await stage.world.move_clock(day)
        dossier = await stage.world.drafted(stage.world.product())
        assert dossier["ruleset"] == governing


async def test_a_draft_is_published_once(rules: Any, stage: Any) -> None:
    await stage.world.move_clock("2026-06-08")
    draft = await rules.imported("/rulesets", next_law())
    path = f"/rule-drafts/{draft['draft_id']}/publication"
    await stage.ok("POST", path, rules.actor, {})
    problem = await stage.refused(409, "POST", path, rules.actor, {})
    assert (problem["state"], problem["effective_from"]) == ("published", "2028-01-01")


async def test_no_version_begins_before_what_others_already_stand_on(rules: Any, stage: Any) -> None:
    await stage.world.move_clock("2026-06-08")
    await stage.dossier("QD26-01", filed_on=date(2026, 6, 5))
    draft = await rules.imported("/rulesets", next_law())
    path = f"/rule-drafts/{draft['draft_id']}/publication"
    problem = await stage.refused(409, "POST", path, rules.actor, {"effective_from": "2026-06-01"})
    assert problem["earliest"] == "2026-06-06"
    await stage.ok("POST", path, rules.actor, {"effective_from": "2026-06-06"})
    older = await rules.imported("/rulesets", next_law() | {"id": "qd-thu-2"})
    path = f"/rule-drafts/{older['draft_id']}/publication"
    problem = await stage.refused(409, "POST", path, rules.actor, {"effective_from": "2026-06-06"})
    assert (problem["version"], problem["earliest"]) == ("qd-thu", "2026-06-07")


async def test_a_ruleset_in_use_is_amended_without_a_change_to_itself(rules: Any, stage: Any) -> None:
    await stage.world.move_clock("2026-06-08")
    await stage.world.drafted(stage.world.product())
    await stage.world.filed(stage.world.product())
    before = await stage.ok("GET", "/rulesets/qd26-2026", None)
    assert before["in_use"]
    document = shipped("rules", "qd26-2026")
    change = {"certificate": {"months": 24}}
    document["amended_by"] = [{"id": "sua", "decision": "99/QĐ-TTg", "from": "2027-01-01", "change": change}]
    published = await rules.published("/rulesets", document)
    after, amended = [await stage.ok("GET", f"/rulesets/{key}", None) for key in ("qd26-2026", "qd26-2026%2Bsua")]
    assert (published["id"], amended["base_id"]) == ("qd26-2026+sua", "qd26-2026")
    assert (after["hash"], after["effective_to"], after["superseded_by"]) == (
        before["hash"],
        "2026-12-31",
        "qd26-2026+sua",
    )
    diff = await stage.ok("GET", "/rulesets/qd26-2026%2Bsua/diff?against=qd26-2026", None)
    changed = {d["path"]: (d["change"], d["before"], d["after"]) for d in diff["differences"]}
    assert changed["certificate.months"] == ("changed", 36, 24)
    document["certificate"]["months"] = 12
    problem = await rules.refused(409, "/rulesets", document | {"amended_by": []})
    assert problem["stored_hash"] == before["hash"]


async def test_rules_in_use_change_in_nothing_but_their_end_even_by_sql(rules: Any, stage: Any) -> None:
    await stage.world.move_clock("2026-06-08")
    await stage.world.filed(stage.world.product())
    for change in ("decision = 'x'", "effective_to = '2030-01-01'", "superseded_by = 'x', hash = 'y'"):
        with pytest.raises(IntegrityError, match="in use since"):
            async with stage.world.database.session() as session:
                await session.execute(text(f"UPDATE rulesets SET {change} WHERE id = 'qd26-2026'"))
    for table in ("rule_drafts", "rule_publications"):
        with pytest.raises(Exception, match="permission denied"):
            async with stage.world.database.session() as session:
                await session.execute(text(f"DELETE FROM {table}"))


async def test_a_defective_sheet_is_completed_and_frozen_dossiers_keep_theirs(rules: Any, stage: Any) -> None:
    old = await stage.dossier("QD148-07", filed_on=date(2023, 4, 21))
    without_page = {"document": completed_sheet(), "source": "Công báo (thử)"}
    problem = await stage.refused(422, "POST", "/sheets", rules.actor, without_page)
    assert [(e["field"], e["code"]) for e in problem["errors"]] == [("page_reference", "missing")]
    published = await rules.published("/sheets", completed_sheet())
    assert published["supersedes"] == "QD148-07"
    listed = await stage.ok("GET", "/sheets?ruleset=qd148-2023", None)
    found = {sheet["id"]: sheet for sheet in listed["items"]}
    assert (found["QD148-07"]["recorded_only"], found["QD148-07"]["superseded_by"]) == (True, "QD148-07-du")
    assert (found["QD148-07-du"]["recorded_only"], found["QD148-07-du"]["completes"]) == (False, "QD148-07")
    read = await stage.ok("GET", "/sheets/QD148-07-du", None)
    assert read["came_from"]["page_reference"] == SOURCE["page_reference"]
    row = await stage.one("SELECT sheet_id FROM dossiers WHERE id = :id", id=old)
    assert row.sheet_id == "QD148-07"
    for day, sheet in (("2023-05-31", "QD148-07"), ("2023-06-01", "QD148-07-du")):
        await stage.world.move_clock(day)
        product = stage.world.product(set_no=7)
        assert (await stage.world.drafted(product))["sheet"] == sheet


async def test_a_completed_sheet_can_be_scored(rules: Any, stage: Any) -> None:
    await rules.published("/sheets", completed_sheet())
    read = await stage.ok("GET", "/sheets/QD148-07-du", None)
    least = {
        criterion["code"]: 0 if criterion["implicit_zero"] else worst(criterion)
        for part in read["parts"]
        for criterion in flat(part["items"])
    }
    body = {
        "ruleset": "qd148-2023",
        "sheet": "QD148-07-du",
        "score_sheets": [{"member": "TV1", "choices": least}],
        "floor_test": "every",
    }
    preview = await stage.ok("POST", "/score-previews", rules.actor, body)
    assert preview["star"] == 1


def flat(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [c for item in items for c in (flat(item["items"]) if item["kind"] == "group" else [item])]


def worst(criterion: dict[str, Any]) -> int | str:
    rows = criterion["options"] or criterion["alternatives"][0]["options"]
    return min(rows, key=lambda row: row["points"])["choice"]  # type: ignore[no-any-return]  # JSON


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"completes": "QD148-06"}, "completes", "not_recorded_only"),
        ({"completes": "QD0-99"}, "completes", "not_of_ruleset"),
        ({"set_no": 8}, "completes", "not_recorded_only"),
        ({"set_code": "QD148-08"}, "set_code", "not_unique"),
        ({"set_code": "QD148-07"}, "completes", "contradiction"),
        ({"effective_to": "2023-01-01"}, "effective_to", "order"),
    ],
)
async def test_a_completion_that_does_not_fit_is_refused(rules: Any, change: Any, field: str, code: str) -> None:
    problem = await rules.refused(422, "/sheets", completed_sheet() | change)
    assert (field, code) in [(e["field"], e["code"]) for e in problem["errors"]]


async def test_a_completion_begins_after_the_last_dossier_filed_on_the_defective_sheet(rules: Any, stage: Any) -> None:
    await stage.dossier("QD148-07", filed_on=date(2023, 6, 3))
    draft = await rules.imported("/sheets", completed_sheet("2023-06-01"))
    path = f"/rule-drafts/{draft['draft_id']}/publication"
    problem = await stage.refused(409, "POST", path, rules.actor, {})
    assert problem["earliest"] == "2023-06-04"
    await stage.ok("POST", path, rules.actor, {"effective_from": "2023-06-04"})


async def test_sheets_are_compared_by_path_and_in_words(rules: Any, stage: Any) -> None:
    document = completed_sheet()
    first = document["parts"][0]["items"][0]["items"][0]
    gone = document["parts"][0]["items"][0]["items"][1]
    draft = await rules.imported("/sheets", document)
    same = await stage.ok("GET", f"/rule-drafts/{draft['draft_id']}/diff?against=QD148-06", rules.actor)
    assert same["remarks"] == []
    assert {d["path"] for d in same["differences"]} >= {"set_code", "set_no", "completes"}
    first["options"][0]["text_vi"] += " (sửa)"
    was, gone["code"] = gone["code"], "1.99"
    other = await rules.imported("/sheets", document)
    diff = await stage.world.call(
        "GET",
        f"/rule-drafts/{other['draft_id']}/diff?against=QD148-06",
        rules.actor,
        headers={"Accept-Language": "en"},
    )
    told = {(r["criterion"], r["rule"]): r["text"] for r in diff.json()["remarks"]}
    assert set(told) == {(was, "removed"), (first["code"], "reworded"), ("1.99", "added")}
    assert told[was, "removed"].startswith(f"Criterion {was} ")
    problem = await stage.refused(422, "GET", f"/rule-drafts/{other['draft_id']}/diff?against=QD0-1", rules.actor)
    assert problem["errors"][0]["field"] == "against"


async def test_a_province_administers_rules_only_where_the_system_lets_it(rules: Any, stage: Any) -> None:
    secretary = person(Role.PROVINCE_SECRETARY, "49")
    body = SOURCE | {"document": next_law()}
    problem = await stage.refused(403, "POST", "/rulesets", secretary, body)
    assert problem["needs"] == ["national_officer"]
    settings = stage.world.app.state.settings
    own = frozenset({Role.PROVINCE_SECRETARY})
    stage.world.app.state.settings = settings.model_copy(update={"rules_administrators": own})
    await stage.ok("POST", "/rulesets", secretary, body)
    await stage.refused(403, "POST", "/rulesets", rules.actor, body)


async def test_the_list_says_who_brought_what_from_where(rules: Any, stage: Any) -> None:
    await rules.imported("/rulesets", next_law())
    await rules.published("/sheets", completed_sheet())
    found = (await stage.ok("GET", "/rule-drafts?kind=sheet&rule=QD148-07-du", rules.actor))["items"]
    assert [(d["rule"], d["publication"]["published_by"]) for d in found] == [
        ("QD148-07-du", str(rules.actor.person_id))
    ]
    every = (await stage.ok("GET", "/rule-drafts", rules.actor))["items"]
    assert [d["kind"] for d in every] == ["sheet", "ruleset"]
    await stage.refused(404, "GET", f"/rule-drafts/{new_id()}", rules.actor)
