"""Filing: everything missing at once, the day that freezes the rules, windows, returns, and no double effect."""

import asyncio
from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.evaluation.worlds import BASE, FORM, World, best_choices, officer_of, producer_of, sheet_of

from shared.contracts.roles import Level, Role
from shared.testing.people import headers_for, person

UNDER_148, UNDER_1489, UNDER_26 = "2023-04-20", "2026-05-21", "2026-05-22"


async def test_a_dossier_goes_from_draft_to_the_district_under_148(world: World) -> None:
    product = world.product()
    filed = await world.filed(product)
    assert (filed["state"], filed["level"], filed["ruleset"], filed["sheet"]) == (
        "filed",
        "commune",
        "qd148-2023",
        "QD148-01",
    )
    assert filed["filed_on"] == UNDER_148
    assert filed["year"] == 2023
    assert len(filed["ruleset_hash"]) == len(filed["sheet_hash"]) == 64
    assert filed["self_score"]["total"] == 100
    (told,) = await world.events("evaluation.dossier_filed", filed["id"])
    assert told["dossier_id"] == filed["id"]
    assert (told["ruleset"], told["commune_code"], told["district_code"]) == ("qd148-2023", "20662", "511")
    (due,) = await world.events("evaluation.report_due", filed["id"])
    assert due["due_on"] is None
    assert (due["superior_level"], due["superior_unit_code"]) == ("district", "511")
    ruleset = (await world.call("GET", "/rulesets/qd148-2023")).json()
    assert ruleset["in_use"]
    items = [
        {"item": item, "claim": "Theo hồ sơ", "observed": "Đúng"}
        for item in ruleset["document"]["commune_report_items"]
    ]
    answer = await world.call(
        "POST",
        f"/dossiers/{filed['id']}/commune-report",
        officer_of(product),
        {"items": items, "conclusion": "Đề nghị huyện đánh giá"},
    )
    assert answer.status_code == 201, answer.text
    assert (answer.json()["state"], answer.json()["level"]) == ("reported", "district")
    assert len(await world.events("evaluation.commune_report_sent", filed["id"])) == 1


async def test_under_26_the_commune_has_fifteen_working_days_and_the_province_comes_next(world: World) -> None:
    await world.move_clock("2026-08-20")
    product = world.product(district_code=None, district_name=None, province_code="48", commune_code="20335")
    filed = await world.filed(product)
    assert (filed["ruleset"], filed["sheet"]) == ("qd26-2026", "QD26-01")
    (due,) = await world.events("evaluation.report_due", filed["id"])
    # 22 August is a Saturday worked for 31 August; 31 August to 2 September are off
    assert due["due_on"] == "2026-09-14"
    assert (due["superior_level"], due["superior_unit_code"]) == ("province", "48")
    assert "26/2026" in due["source"]


@pytest.mark.parametrize(
    ("day", "kind", "ruleset"),
    [
        (UNDER_1489, "first", "qd148-2023+qd1489-2025"),
        (UNDER_1489, "renewal", "qd148-2023+qd1489-2025"),
        (UNDER_26, "first", "qd26-2026"),
        (UNDER_26, "upgrade", "qd26-2026"),
        (UNDER_26, "renewal", "qd26-2026"),
        ("2025-07-05", "first", "qd148-2023"),
        ("2025-07-06", "first", "qd148-2023+qd1489-2025"),
    ],
)
async def test_the_filing_date_and_the_kind_select_the_ruleset(world: World, day: str, kind: str, ruleset: str) -> None:
    await world.move_clock(day)
    product = world.product(live_certificate_valid_to=date.fromisoformat(day) + timedelta(days=150))
    assert (await world.filed(product, kind))["ruleset"] == ruleset


async def test_a_draft_begun_before_the_new_law_follows_it_when_filed_later(world: World) -> None:
    await world.move_clock(UNDER_1489)
    product, actor = world.product(), None
    actor = producer_of(product)
    draft = await world.filled(product)
    path = f"/dossiers/{draft['id']}"
    assert draft["sheet"] == "QD148-01"
    await world.move_clock(UNDER_26)
    refused = await world.call("POST", f"{path}/filing", actor)
    assert refused.status_code == 422
    assert 'self_score.choices["1.1"]' in {fault["field"] for fault in refused.json()["errors"]}
    gaps = (await world.call("GET", f"{path}/completeness", actor)).json()
    assert (gaps["complete"], gaps["sheet"], gaps["ruleset"]) == (False, "QD26-01", "qd26-2026")
    body = {"choices": best_choices(sheet_of("QD26-01"))}
    saved = await world.call("PUT", f"{path}/self-score", actor, body, version=draft["version"])
    assert saved.status_code == 200, saved.text
    paper = draft["evidence"][0]
    codes = [criterion.code for criterion in sheet_of("QD26-01").criteria]
    again = {"file_sha256": paper["file_sha256"], "name": "Theo bộ tiêu chí mới", "criteria": codes}
    assert (await world.call("POST", f"{path}/evidence", actor, again)).status_code == 201
    filed = await world.call("POST", f"{path}/filing", actor)
    assert filed.status_code == 201, filed.text
    assert filed.json()["ruleset"] == "qd26-2026"


async def test_a_returned_dossier_keeps_the_rules_of_its_first_filing(world: World) -> None:
    await world.move_clock(UNDER_1489)
    product = world.product()
    filed = await world.filed(product)
    path = f"/dossiers/{filed['id']}"
    returned = await world.call("POST", f"{path}/returns", officer_of(product), {"reasons": "Thiếu hợp đồng"})
    assert returned.status_code == 201, returned.text
    assert (returned.json()["state"], returned.json()["level"]) == ("returned", None)
    assert (await world.events("evaluation.dossier_returned", filed["id"]))[0]["reasons"] == "Thiếu hợp đồng"
    await world.move_clock("2026-06-01")
    read = (await world.call("GET", path, producer_of(product))).json()
    told = {"level": "commune", "reasons": "Thiếu hợp đồng", "returned_on": UNDER_1489}
    assert read["returns"] == [told | {"items": [], "due_on": None, "repaired_on": None}]
    again = await world.call("POST", f"{path}/filing", producer_of(product))
    assert again.status_code == 201, again.text
    assert again.json()["ruleset"] == "qd148-2023+qd1489-2025"
    assert (again.json()["filed_on"], again.json()["refiled_on"]) == (UNDER_1489, "2026-06-01")
    assert again.json()["ruleset_hash"] == filed["ruleset_hash"]
    assert len(await world.events("evaluation.report_due", filed["id"])) == 2


async def test_the_database_itself_keeps_frozen_rules(world: World) -> None:
    filed = await world.filed(world.product())
    for change in (
        "UPDATE dossiers SET ruleset_id = 'qd26-2026' WHERE id = :id",
        "UPDATE dossiers SET sheet_hash = 'x' WHERE id = :id",
        "UPDATE rulesets SET document = '{}' WHERE id = 'qd148-2023' AND CAST(:id AS text) IS NOT NULL",
        "DELETE FROM sheets WHERE id = 'QD148-01' AND CAST(:id AS text) IS NOT NULL",
    ):
        with pytest.raises(DBAPIError, match=r"frozen|in use"):
            async with world.database.session() as session:
                await session.execute(text(change), {"id": filed["id"]})


async def test_filing_an_empty_draft_lists_everything_at_once(world: World) -> None:
    product = world.product(set_no=5)
    draft = await world.drafted(product)
    answer = await world.call("POST", f"/dossiers/{draft['id']}/filing", producer_of(product))
    assert answer.status_code == 422
    problem = answer.json()
    assert problem["type"] == "/problems/dossier-incomplete"
    fields = {fault["field"] for fault in problem["errors"]}
    criteria = {f'self_score.choices["{criterion.code}"]' for criterion in sheet_of("QD148-05").criteria}
    form = {f"registration_form.{name}" for name in ("representative", "address", "phone")}
    assert fields == criteria | form  # the name of the organisation is registry's
    gaps = (await world.call("GET", f"/dossiers/{draft['id']}/completeness", producer_of(product))).json()
    assert {gap["field"] for gap in gaps["missing"]} == fields
    assert all(gap["vi"] and gap["en"] and gap["code"] for gap in gaps["missing"])
    assert await world.events("evaluation.dossier_filed", draft["id"]) == []


async def test_points_without_papers_are_warned_of_and_hard_ones_block(world: World) -> None:
    await world.move_clock("2026-08-20")
    product = world.product(set_no=13)
    draft = await world.filled(product, paper=False)
    gaps = (await world.call("GET", f"/dossiers/{draft['id']}/completeness", producer_of(product))).json()
    assert {gap["code"] for gap in gaps["missing"]} == {
        "evidence_missing:quality_declaration",
        "evidence_missing:food_safety",
    }
    warned = {(gap["field"], gap["code"]) for gap in gaps["warnings"]}
    assert ('evidence["3.5"]', "evidence_missing:intellectual_property") in warned
    refused = await world.call("POST", f"/dossiers/{draft['id']}/filing", producer_of(product))
    assert refused.status_code == 422


async def test_too_few_samples_and_a_missing_statement_of_changes_are_named(world: World) -> None:
    await world.move_clock("2026-08-20")
    product = world.product()
    draft = await world.filled(product, "upgrade")
    form = {name: value for name, value in FORM.items() if name != "samples"} | {"samples": 3}
    saved = await world.call(
        "PUT",
        f"/dossiers/{draft['id']}/registration-form",
        producer_of(product),
        form,
        version=draft["version"],
    )
    assert saved.status_code == 200
    gaps = (await world.call("GET", f"/dossiers/{draft['id']}/completeness", producer_of(product))).json()
    assert {(gap["field"], gap["code"]) for gap in gaps["missing"]} == {
        ("registration_form.samples", "too_few_samples"),
        ("registration_form.changes", "field_missing"),
    }


async def test_after_the_window_closed_filing_is_refused_with_its_source(world: World) -> None:
    product = world.product(district_code="517")
    draft = await world.filled(product)
    secretary = person(Role.DISTRICT_SECRETARY, "517", Level.DISTRICT)
    window = {"unit_code": "517", "year": 2023, "closes_on": "2023-04-19", "source": "Công văn 12/UBND-KT"}
    assert (await world.call("POST", "/filing-windows", secretary, window)).status_code == 201
    path = f"/dossiers/{draft['id']}/filing"
    refused = await world.call("POST", path, producer_of(product))
    assert refused.status_code == 409
    assert refused.json()["type"] == "/problems/filing-window-closed"
    assert "Công văn 12/UBND-KT" in refused.json()["detail"]
    moved = await world.call("POST", "/filing-windows", secretary, window | {"closes_on": "2023-04-20"})
    assert moved.status_code == 201
    listed = await world.call("GET", "/filing-windows?year=2023&unit_code=517", producer_of(product))
    assert [item["closes_on"] for item in listed.json()["items"]] == ["2023-04-20"]
    assert (await world.call("POST", path, producer_of(product))).status_code == 201


async def test_only_the_secretary_of_a_unit_sets_its_window(world: World) -> None:
    window = {"unit_code": "511", "year": 2023, "closes_on": "2023-04-19", "source": "x"}
    for actor in (
        person(Role.DISTRICT_SECRETARY, "512", Level.DISTRICT),
        person(Role.PROVINCE_SECRETARY, "49"),
        person(Role.PROVINCE_CHAIR, "49"),
        producer_of(world.product()),
    ):
        assert (await world.call("POST", "/filing-windows", actor, window)).status_code == 403


async def test_filing_twice_with_one_key_has_one_effect(world: World) -> None:
    product = world.product()
    draft = await world.filled(product)
    headers = headers_for(producer_of(product), key=True)
    url = f"{BASE}/dossiers/{draft['id']}/filing"
    first = await world.client.post(url, headers=headers)
    second = await world.client.post(url, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replay"] == "true"
    third = await world.call("POST", f"/dossiers/{draft['id']}/filing", producer_of(product))
    assert third.status_code == 409
    assert third.json()["state"] == "filed"
    assert len(await world.events("evaluation.dossier_filed", draft["id"])) == 1


async def test_of_filings_at_the_same_moment_one_counts(world: World) -> None:
    product = world.product()
    draft = await world.filled(product)
    answers = await asyncio.gather(
        *(world.call("POST", f"/dossiers/{draft['id']}/filing", producer_of(product)) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(await world.events("evaluation.dossier_filed", draft["id"])) == 1


async def test_of_drafts_of_one_product_at_the_same_moment_one_counts(world: World) -> None:
    product = world.product()
    body = {"product_id": str(product.product_id), "kind": "first"}
    answers = await asyncio.gather(*(world.call("POST", "/dossiers", producer_of(product), body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_units_that_merged_since_the_draft_are_the_present_ones_at_filing(world: World) -> None:
    await world.move_clock("2025-06-20")
    product = world.product()
    draft = await world.filled(product)
    await world.move_clock("2025-07-02")
    world.registry.products[product.product_id] = product.model_copy(
        update={
            "commune_code": "20700",
            "commune_name": "Xã Mới",
            "district_code": None,
            "district_name": None,
            "province_code": "48",
            "province_name": "Thành phố Đà Nẵng",
        }
    )
    filed = await world.call("POST", f"/dossiers/{draft['id']}/filing", producer_of(product))
    assert filed.status_code == 201, filed.text
    assert (filed.json()["commune_code"], filed.json()["district_code"], filed.json()["province_code"]) == (
        "20700",
        None,
        "48",
    )


async def test_a_product_without_a_sheet_is_refused_in_words(world: World) -> None:
    product = world.product(set_no=99)
    body = {"product_id": str(product.product_id), "kind": "first"}
    answer = await world.call("POST", "/dossiers", producer_of(product), body)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/no-rules-in-force")
    await world.move_clock("2018-01-01")
    later = world.product()
    body["product_id"] = str(later.product_id)
    answer = await world.call("POST", "/dossiers", producer_of(later), body)
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/no-rules-in-force")
