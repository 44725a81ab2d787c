"""The entry screen in one read; papers corrected; a dossier taken back."""

import asyncio
import hashlib
from datetime import date
from typing import Any

from tests.evaluation.worlds import PDF, SELF_ASSESSMENT, World, officer_of, producer_of, sheet_of

from shared.contracts.registry import ProductSummary
from shared.testing.statements import counted_statements


def criterion_of(read: dict[str, Any], code: str) -> dict[str, Any]:
    return next(one for part in read["parts"] for one in part["criteria"] if one["code"] == code)


async def attached(world: World, product: ProductSummary, dossier_id: str, **words: Any) -> dict[str, Any]:
    digest = hashlib.sha256(PDF).hexdigest()
    await world.call("PUT", f"/evidence-files/{digest}", producer_of(product), content=PDF)
    body = {"file_sha256": digest, "name": "Giấy", "criteria": ["1.a"]} | words
    answer = await world.call("POST", f"/dossiers/{dossier_id}/evidence", producer_of(product), body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_the_entry_screen_is_one_read_of_few_statements(world: World) -> None:
    await world.move_clock("2026-08-20")
    product = world.product(set_no=13, live_certificate_valid_to=date(2027, 1, 15))
    draft, actor, sheet = await world.drafted(product, "renewal"), producer_of(product), sheet_of("QD26-13")
    path = f"/dossiers/{draft['id']}/worksheet"
    await attached(world, product, draft["id"], criteria=["1.1"], expires_on="2026-11-01")
    await world.call(
        "PUT", f"/dossiers/{draft['id']}/self-score", actor, {"choices": {"1.1": 3}, "notes": {"1.1": "x"}}, version=2
    )
    with counted_statements() as seen:
        read = (await world.call("GET", path, actor)).json()
    assert len(seen) <= 5, seen
    assert [form["code"] for form in read["forms"]] == ["registration_form", "general", "results", "plan", "review"]
    assert [one["code"] for part in read["parts"] for one in part["criteria"]] == [c.code for c in sheet.criteria]
    first = criterion_of(read, "1.1")
    assert (first["choice"], first["points"], first["note"]) == (3, 3, "x")
    assert [paper["validity"] for paper in first["papers"]] == ["expires_before_round"]
    assert [option["choice"] for option in first["options"]] == [1, 2, 3]
    assert first["floors"][0]["vi"].startswith("Từ 3 sao cần ít nhất 2 điểm: Sử dụng nguyên liệu")
    assert first["floors"][0]["met"]
    second = criterion_of(read, "1.2")
    assert [fault["code"] for fault in second["faults"]] == ["criterion_not_scored"]
    gender = next(field for field in read["forms"][1]["fields"] if field["field"] == "gender")
    assert (gender["required"], gender["personal"], len(gender["faults"])) == (True, True, 1)
    unit = read["forms"][0]["fields"][0]
    assert (unit["field"], unit["value"], unit["faults"]) == ("unit_name", "HTX thử nghiệm", [])
    gaps = (await world.call("GET", f"/dossiers/{draft['id']}/completeness", actor)).json()
    shown = [fault for part in read["parts"] for one in part["criteria"] for fault in one["faults"]]
    shown += [fault for form in read["forms"] for field in form["fields"] for fault in field["faults"]]
    assert len(shown) + len(read["faults"]) == len(gaps["missing"])
    assert any(one["wanted_papers"] for part in read["parts"] for one in part["criteria"])


async def test_each_decree_asks_for_its_own_sections(world: World) -> None:
    asked = {}
    for day in ("2020-06-01", "2023-04-20", "2026-08-20"):
        await world.move_clock(day)
        product = world.product(set_no=1)
        draft = await world.drafted(product)
        gaps = (await world.call("GET", f"/dossiers/{draft['id']}/completeness", producer_of(product))).json()
        asked[gaps["ruleset"]] = {
            gap["field"] for gap in gaps["missing"] if gap["field"].startswith("self_assessment.")
        }
    assert asked["qd1048-2019"] == {"self_assessment.general.organisation", "self_assessment.plan.business"}
    assert asked["qd148-2023"] == set()
    assert asked["qd26-2026"] == {
        f"self_assessment.{section}.{name}" for section, fields in SELF_ASSESSMENT.items() for name in fields
    }


async def test_a_paper_is_corrected_under_its_own_version(world: World) -> None:
    product = world.product()
    draft, actor = await world.drafted(product), producer_of(product)
    paper = (await attached(world, product, draft["id"]))["evidence"][0]
    path = f"/dossiers/{draft['id']}/evidence/{paper['id']}"
    words = {"name": "Giấy ATTP", "criteria": ["1.b", "1.a"], "number": "12/ATTP", "expires_on": "2024-01-31"}
    note = {"changes": [{"section": "notes", "field": "1.a", "value": "x"}]}
    await world.call("POST", f"/dossiers/{draft['id']}/draft-changes", actor, note)
    edited = await world.call("PUT", path, actor, words, version=1)
    assert edited.status_code == 200, edited.text
    (now,) = edited.json()["evidence"]
    assert {name: now[name] for name in words} == words
    assert (now["version"], now["file_sha256"]) == (2, paper["file_sha256"])
    stale = await world.call("PUT", path, actor, words, version=1)
    assert (stale.status_code, stale.headers["etag"]) == (412, '"v2"')
    assert (await world.call("PUT", path, actor, words)).status_code == 428
    wrong = words | {"criteria": ["9.z"], "issued_on": "2024-02-01"}
    refused = await world.call("PUT", path, actor, wrong, version=2)
    assert {error["field"] for error in refused.json()["errors"]} == {"criteria[0]", "issued_on", "expires_on"}
    assert (await world.call("PUT", path, producer_of(world.product()), words, version=2)).status_code == 404
    assert (await world.call("PUT", path, officer_of(product), words, version=2)).status_code == 403


async def test_a_dossier_taken_back_is_over_and_frees_the_product(world: World) -> None:
    product = world.product()
    filed, actor = await world.filed(product), producer_of(product)
    path = f"/dossiers/{filed['id']}"
    body = {"reason": "Chưa đủ giấy tờ"}
    assert (await world.call("POST", f"{path}/withdrawal", officer_of(product), body)).status_code == 403
    gone = await world.call("POST", f"{path}/withdrawal", actor, body)
    assert gone.status_code == 201, gone.text
    read = gone.json()
    assert (read["state"], read["level"], read["withdrawn_on"]) == ("withdrawn", None, "2023-04-20")
    (told,) = await world.events("evaluation.dossier_withdrawn", filed["id"])
    assert (told["commune_code"], told["reason"]) == ("20662", "Chưa đủ giấy tờ")
    assert (await world.call("GET", path, officer_of(product))).json()["withdrawal_reason"] == "Chưa đủ giấy tờ"
    for step in ("withdrawal", "filing"):
        again = await world.call("POST", f"{path}/{step}", actor, body)
        assert (again.status_code, again.json()["state"]) == (409, "withdrawn")
    assert (await world.drafted(product))["state"] == "draft"


async def test_a_draft_taken_back_was_never_anybody_elses(world: World) -> None:
    product = world.product()
    draft, actor = await world.drafted(product), producer_of(product)
    path = f"/dossiers/{draft['id']}"
    assert (await world.call("POST", f"{path}/withdrawal", actor, {"reason": "Nhầm sản phẩm"})).status_code == 201
    assert await world.events("evaluation.dossier_withdrawn", draft["id"]) == []
    assert (await world.call("GET", path, officer_of(product))).status_code == 404
    assert (await world.call("GET", path, actor)).json()["state"] == "withdrawn"


async def test_withdrawing_and_reporting_at_once_leaves_one_of_them(world: World) -> None:
    product = world.product()
    filed = await world.filed(product)
    ruleset = (await world.call("GET", "/rulesets/qd148-2023")).json()
    items = [{"item": item, "claim": "a", "observed": "b"} for item in ruleset["document"]["commune_report_items"]]
    path = f"/dossiers/{filed['id']}"
    answers = await asyncio.gather(
        world.call("POST", f"{path}/withdrawal", producer_of(product), {"reason": "x"}),
        world.call("POST", f"{path}/commune-report", officer_of(product), {"items": items, "conclusion": "c"}),
    )
    codes = [answer.status_code for answer in answers]
    read = (await world.call("GET", path, producer_of(product))).json()
    assert read["state"] == "withdrawn"
    assert codes in ([201, 201], [201, 409])
