"""An earlier dossier's work carries over: nothing is entered or uploaded twice, and what differs is listed."""

import hashlib
from typing import Any

from tests.evaluation.worlds import PDF, SELF_ASSESSMENT, World, best_choices, officer_of, producer_of, sheet_of

from evaluation.domain.carrying_over import map_sheets
from evaluation.domain.catalogue import shipped_sheets
from shared.contracts.registry import ProductSummary


async def attach(world: World, product: ProductSummary, dossier_id: str, name: str, **words: Any) -> None:
    digest = hashlib.sha256(PDF).hexdigest()
    await world.call("PUT", f"/evidence-files/{digest}", producer_of(product), content=PDF)
    body = {"file_sha256": digest, "name": name} | words
    answer = await world.call("POST", f"/dossiers/{dossier_id}/evidence", producer_of(product), body)
    assert answer.status_code == 201, answer.text


async def withdrawn(world: World, product: ProductSummary, dossier_id: str) -> None:
    answer = await world.call(
        "POST", f"/dossiers/{dossier_id}/withdrawal", producer_of(product), {"reason": "Chờ giấy mới"}
    )
    assert answer.status_code == 201, answer.text


def states(read: dict[str, Any], section: str) -> dict[str, str]:
    return {item["field"]: item["state"] for item in read["items"] if item["section"] == section}


async def test_under_the_same_sheet_all_that_still_holds_carries_over(world: World) -> None:
    product = world.product()
    old, actor = await world.filled(product), producer_of(product)
    await attach(world, product, old["id"], "Giấy ATTP", criteria=["1.a"], expires_on="2023-05-01")
    await attach(world, product, old["id"], "Nhãn hiệu", criteria=["1.b"], expires_on="2030-05-01")
    await withdrawn(world, product, old["id"])
    await world.move_clock("2023-06-01")
    new = await world.drafted(product)
    path = f"/dossiers/{new['id']}"
    answer = await world.call("POST", f"{path}/carry-over", actor, {"from_dossier_id": old["id"]})
    assert answer.status_code == 200, answer.text
    read = (await world.call("GET", path, actor)).json()
    assert read["self_score"] == old["self_score"]
    assert read["carried_from"] == old["id"]
    assert (
        read["self_assessment"]["general"]
        == (await world.call("GET", f"/dossiers/{old['id']}", actor)).json()["self_assessment"]["general"]
    )
    assert read["registration_form"]["samples"] is None
    assert all(value is None for value in read["self_assessment"]["results"].values())
    assert sorted(paper["name"] for paper in read["evidence"]) == ["Nhãn hiệu", "Tập minh chứng"]
    listed = answer.json()
    assert states(listed, "evidence") == {
        "Giấy ATTP": "expired",
        "Nhãn hiệu": "carried",
        "Tập minh chứng": "carried",
    }
    assert set(states(listed, "choices").values()) == {"carried"}
    assert states(listed, "general") == dict.fromkeys(SELF_ASSESSMENT["general"], "carried")
    assert set(states(listed, "results").values()) == {"missing"}
    again = await world.call("POST", f"{path}/carry-over", actor, {"from_dossier_id": old["id"]})
    assert again.json()["items"] == listed["items"]
    assert len((await world.call("GET", path, actor)).json()["evidence"]) == 2


async def test_what_was_entered_already_stays_and_is_listed_as_changed_or_new(world: World) -> None:
    product = world.product()
    old, actor = await world.filled(product), producer_of(product)
    await withdrawn(world, product, old["id"])
    body = {"product_id": str(product.product_id), "kind": "first", "from_dossier_id": old["id"]}
    new = (await world.call("POST", "/dossiers", actor, body)).json()
    assert new["self_score"]["total"] == old["self_score"]["total"]
    path, best = f"/dossiers/{new['id']}", best_choices(sheet_of(old["sheet"]))["1.a"]
    changes = [
        {"section": "choices", "field": "1.a", "seen": best, "value": 1},
        {"section": "notes", "field": "1.a", "value": "Đã giảm vùng nguyên liệu"},
        {"section": "general", "field": "gender", "seen": "female", "value": "male"},
    ]
    assert (await world.call("POST", f"{path}/draft-changes", actor, {"changes": changes})).status_code == 200
    await attach(world, product, new["id"], "Giấy mới", criteria=["1.a"])
    read = (await world.call("GET", f"{path}/changes", actor)).json()
    assert read["earlier"] == old["id"]
    assert states(read, "choices")["1.a"] == "changed"
    assert states(read, "notes") == {"1.a": "new"}
    assert states(read, "evidence") == {"Tập minh chứng": "carried", "Giấy mới": "new"}
    again = await world.call("POST", f"{path}/carry-over", actor, {"from_dossier_id": old["id"]})
    assert states(again.json(), "general")["gender"] == "changed"
    assert read["counts"]["new"] == sum(item["state"] == "new" for item in read["items"])


async def test_between_decrees_only_the_same_question_carries_its_answer(world: World) -> None:
    product = world.product(set_no=1)
    old, actor = await world.filled(product), producer_of(product)
    assert old["sheet"] == "QD148-01"
    await withdrawn(world, product, old["id"])
    await world.move_clock("2026-08-20")
    new = await world.drafted(product, "first")
    path = f"/dossiers/{new['id']}"
    listed = (await world.call("POST", f"{path}/carry-over", actor, {"from_dossier_id": old["id"]})).json()
    earlier, later = sheet_of("QD148-01"), sheet_of("QD26-01")
    mapping = map_sheets(earlier, later)
    read = (await world.call("GET", path, actor)).json()
    assert set(read["self_score"]["choices"]) == set(mapping.same_question)
    for code, before in mapping.same_question.items():
        one, other = later.criterion(code), earlier.criterion(before)
        assert one is not None
        assert other is not None
        assert [o.text_vi.casefold() for o in one.options] == [o.text_vi.casefold() for o in other.options]
    anew = {code for code, state in states(listed, "choices").items() if state == "to_be_answered_anew"}
    assert anew == set(mapping.same_title) - set(mapping.same_question)
    (paper,) = read["evidence"]
    assert set(paper["criteria"]) == set(mapping.same_title)
    gone = {item["field"] for item in listed["items"] if item["state"] == "not_on_sheet"}
    assert gone == {one.code for one in earlier.criteria} - set(mapping.same_title.values()) - set(
        mapping.same_question.values()
    )


def test_every_sheet_is_the_same_as_itself() -> None:
    for sheet in shipped_sheets():
        codes = {criterion.code: criterion.code for criterion in sheet.criteria}
        mapping = map_sheets(sheet, sheet)
        assert (mapping.same_question, mapping.same_title) == (codes, codes), sheet.code


async def test_only_an_earlier_dossier_of_the_same_product_carries_over(world: World) -> None:
    product, other = world.product(), world.product()
    draft, actor = await world.drafted(product), producer_of(product)
    foreign = await world.drafted(other)
    path = f"/dossiers/{draft['id']}/carry-over"
    assert (await world.call("POST", path, actor, {"from_dossier_id": foreign["id"]})).status_code == 404
    own = await world.call("POST", path, actor, {"from_dossier_id": draft["id"]})
    assert own.status_code == 422
    assert [error["field"] for error in own.json()["errors"]] == ["from_dossier_id"]
    assert (await world.call("POST", path, officer_of(product), {"from_dossier_id": draft["id"]})).status_code == 403
    alone = (await world.call("GET", f"/dossiers/{draft['id']}/changes", actor)).json()
    assert (alone["earlier"], alone["items"]) == (None, [])


async def test_an_official_sees_what_changed_without_personal_words_and_is_put_on_record(world: World) -> None:
    from shared.contracts.roles import Level, Role
    from shared.testing.people import person

    product = world.product()
    old = await world.filed(product)
    await withdrawn(world, product, old["id"])
    new = await world.filed(product)
    auditor = person(Role.AUDITOR, "49", Level.PROVINCE)
    read = (await world.call("GET", f"/dossiers/{new['id']}/changes", auditor)).json()
    assert read["earlier"] == old["id"]
    by_field = {item["field"]: item for item in read["items"] if item["section"] in ("registration_form", "general")}
    assert (by_field["phone"]["state"], by_field["phone"]["now"]) == ("carried", None)
    assert by_field["ethnicity"]["now"] is None
    assert by_field["unit_name"]["now"] == "HTX thử nghiệm"
    assert (str(auditor.person_id), "dossier_read") in await world.audited(new["id"])
    seen = (await world.call("GET", f"/dossiers/{new['id']}/changes", officer_of(product))).json()
    phone = next(item for item in seen["items"] if item["field"] == "phone")
    assert phone["now"] == "0235 000 000"
