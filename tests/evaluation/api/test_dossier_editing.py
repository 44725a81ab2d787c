"""Drafting and editing: client-made ids, half-filled forms, lost updates, and who may not."""

import hashlib
from typing import Any

import pytest
from tests.evaluation.worlds import FORM, PDF, World, best_choices, officer_of, producer_of, sheet_of

from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import person


async def test_a_client_may_choose_the_id_and_a_second_use_of_it_is_refused(world: World) -> None:
    product, other, chosen = world.product(), world.product(), str(new_id())
    body = {"id": chosen, "product_id": str(product.product_id), "kind": "first"}
    answer = await world.call("POST", "/dossiers", producer_of(product), body)
    assert (answer.status_code, answer.json()["id"]) == (201, chosen)
    assert answer.headers["location"].endswith(chosen)
    assert answer.headers["etag"] == '"v1"'
    taken = await world.call("POST", "/dossiers", producer_of(other), body | {"product_id": str(other.product_id)})
    assert taken.status_code == 409
    strange = body | {"id": "00000000-0000-1000-8000-000000000000"}
    assert (await world.call("POST", "/dossiers", producer_of(product), strange)).status_code == 422


async def test_a_second_open_dossier_of_a_product_is_refused_and_names_the_first(world: World) -> None:
    product = world.product()
    first = await world.drafted(product)
    body = {"product_id": str(product.product_id), "kind": "first"}
    answer = await world.call("POST", "/dossiers", producer_of(product), body)
    assert answer.status_code == 409
    assert (answer.json()["type"], answer.json()["dossier_id"]) == ("/problems/dossier-open", first["id"])


async def test_only_the_producer_of_a_product_begins_its_dossier(world: World) -> None:
    product, stranger = world.product(), producer_of(world.product())
    body = {"product_id": str(product.product_id), "kind": "first"}
    assert (await world.call("POST", "/dossiers", stranger, body)).status_code == 403
    assert (await world.call("POST", "/dossiers", officer_of(product), body)).status_code == 403
    assert (await world.call("POST", "/dossiers", None, body)).status_code == 401
    unknown = body | {"product_id": str(new_id())}
    assert (await world.call("POST", "/dossiers", stranger, unknown)).status_code == 404
    assert (await world.call("POST", "/dossiers", producer_of(product), body | {"kind": "x"})).status_code == 422


async def test_half_filled_forms_are_saved_and_read_back(world: World) -> None:
    product = world.product()
    draft, actor = await world.drafted(product), producer_of(product)
    path = f"/dossiers/{draft['id']}"
    form = {"unit_name": "HTX", "phone": "0235 000 000"}
    first = await world.call("PUT", f"{path}/registration-form", actor, form, version=1)
    assert first.status_code == 200, first.text
    scored = await world.call(
        "PUT", f"{path}/self-score", actor, {"choices": {"1.a": 1}, "notes": {"1.a": "Vùng trồng tại xã"}}, version=2
    )
    assert scored.status_code == 200, scored.text
    read = (await world.call("GET", path, actor)).json()
    assert read["registration_form"] == form | dict.fromkeys(
        ("representative", "position", "address", "email", "samples", "original_report", "electronic_report", "changes")
    )
    assert read["self_score"]["choices"] == {"1.a": 1}
    assert read["self_score"]["notes"] == {"1.a": "Vùng trồng tại xã"}
    assert read["self_score"]["total"] == read["self_score"]["points"]["1.a"]
    assert read["version"] == 3


async def test_a_stale_edit_of_the_self_score_is_refused_and_one_without_a_version_too(world: World) -> None:
    product = world.product()
    draft, actor = await world.drafted(product), producer_of(product)
    path = f"/dossiers/{draft['id']}/self-score"
    assert (await world.call("PUT", path, actor, {"choices": {"1.a": 1}}, version=1)).status_code == 200
    stale = await world.call("PUT", path, actor, {"choices": {"1.a": 2}}, version=1)
    assert (stale.status_code, stale.headers["etag"]) == (412, '"v2"')
    assert (await world.call("PUT", path, actor, {"choices": {}})).status_code == 428
    read = await world.call("GET", f"/dossiers/{draft['id']}", actor)
    assert read.json()["self_score"]["choices"] == {"1.a": 1}


async def test_a_read_that_is_known_already_is_answered_304_until_a_paper_is_attached(world: World) -> None:
    product = world.product()
    draft, actor = await world.filled(product, paper=False), producer_of(product)
    path = f"/dossiers/{draft['id']}"
    known = {"If-None-Match": f'"v{draft["version"]}"'}
    assert (await world.call("GET", path, actor, headers=known)).status_code == 304
    await _attach(world, product, draft)
    assert (await world.call("GET", path, actor, headers=known)).status_code == 200


async def _attach(world: World, product: Any, draft: dict[str, Any]) -> dict[str, Any]:
    digest = hashlib.sha256(PDF).hexdigest()
    await world.call("PUT", f"/evidence-files/{digest}", producer_of(product), content=PDF)
    body = {"file_sha256": digest, "name": "Giấy", "criteria": ["1.a"]}
    answer = await world.call("POST", f"/dossiers/{draft['id']}/evidence", producer_of(product), body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"choices": {"1.a": 99, "9.z": 1}}, {'choices["1.a"]', 'choices["9.z"]'}),
        ({"choices": {"1.a": None, "1.b": "a.1"}}, {'choices["1.a"]', 'choices["1.b"]'}),
        ({"notes": {"nowhere": "x"}}, {'notes["nowhere"]'}),
        ({"part_totals": {"A": 3}}, {"part_totals"}),
        ({"choices": []}, {"choices"}),
    ],
)
async def test_choices_the_sheet_does_not_have_are_all_named(
    world: World, body: dict[str, Any], fields: set[str]
) -> None:
    product = world.product()
    draft = await world.drafted(product)
    path = f"/dossiers/{draft['id']}/self-score"
    answer = await world.call("PUT", path, producer_of(product), body, version=1)
    assert answer.status_code == 422, answer.text
    assert {fault["field"] for fault in answer.json()["errors"]} == fields


async def test_on_a_recorded_only_sheet_the_producer_gives_part_totals(world: World) -> None:
    product = world.product(set_no=13)
    draft, actor = await world.drafted(product), producer_of(product)
    assert draft["sheet"] == "QD148-13"
    path = f"/dossiers/{draft['id']}"
    wrong = await world.call(
        "PUT", f"{path}/self-score", actor, {"choices": {"1.a": 1}, "part_totals": {"A": 41, "Z": 1}}, version=1
    )
    assert {fault["field"] for fault in wrong.json()["errors"]} == {
        'choices["1.a"]',
        'part_totals["A"]',
        'part_totals["Z"]',
    }
    saved = await world.call("PUT", f"{path}/self-score", actor, {"part_totals": {"A": 30, "B": 20}}, version=1)
    assert saved.json()["self_score"]["total"] == 50
    gaps = (await world.call("GET", f"{path}/completeness", actor)).json()
    assert 'self_score.part_totals["C"]' in {gap["field"] for gap in gaps["missing"]}
    await world.call("PUT", f"{path}/self-score", actor, {"part_totals": {"A": 30, "B": 20, "C": 0}}, version=2)
    await world.call("PUT", f"{path}/registration-form", actor, FORM, version=3)
    assert (await world.call("POST", f"{path}/filing", actor)).status_code == 201


async def test_a_filed_dossier_is_no_longer_edited_and_says_what_is_possible(world: World) -> None:
    product = world.product()
    filed, actor = await world.filed(product), producer_of(product)
    body = {"choices": best_choices(sheet_of(filed["sheet"]))}
    answer = await world.call("PUT", f"/dossiers/{filed['id']}/self-score", actor, body, version=filed["version"])
    assert answer.status_code == 409
    assert answer.json()["state"] == "filed"
    assert set(answer.json()["allowed"]) >= {"report", "return"}
    paper = filed["evidence"][0]["id"]
    gone = await world.call("DELETE", f"/dossiers/{filed['id']}/evidence/{paper}", actor, version=filed["version"])
    assert gone.status_code == 409


async def test_nobody_but_the_producer_edits_a_dossier(world: World) -> None:
    product = world.product()
    filed = await world.filed(product)
    path = f"/dossiers/{filed['id']}"
    stranger = producer_of(world.product())
    assert (await world.call("PUT", f"{path}/self-score", stranger, {}, version=1)).status_code == 404
    assert (await world.call("POST", f"{path}/filing", stranger)).status_code == 404
    both = person(Role.PRODUCER, "20662", Level.COMMUNE, producer=new_id())
    secretary = person(Role.DISTRICT_SECRETARY, "511", Level.DISTRICT)
    hybrid = type(both)(both.person_id, both.name, both.appointments + secretary.appointments)
    assert (await world.call("PUT", f"{path}/self-score", hybrid, {}, version=1)).status_code == 403
    assert (await world.call("PUT", f"{path}/self-score", secretary, {}, version=1)).status_code == 403


async def test_a_wrong_paper_is_taken_out_of_a_draft_again(world: World) -> None:
    product = world.product()
    draft, actor = await world.drafted(product), producer_of(product)
    attached = await _attach(world, product, draft)
    paper = attached["evidence"][0]["id"]
    path = f"/dossiers/{draft['id']}/evidence/{paper}"
    assert (await world.call("DELETE", path, actor, version=1)).status_code == 412
    assert (await world.call("DELETE", path, actor, version=attached["version"])).status_code == 204
    read = (await world.call("GET", f"/dossiers/{draft['id']}", actor)).json()
    assert read["evidence"] == []
    assert (await world.call("DELETE", path, actor, version=read["version"])).status_code == 404


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("registration-form", {"unit_name": "a\u0000b"}),
        ("registration-form", {"unit_name": "x" * 301}),
        ("registration-form", {"phone": "gọi tôi"}),
        ("registration-form", {"email": "không phải"}),
        ("registration-form", {"samples": 10**30}),
        ("registration-form", {"state": "filed"}),
        ("self-score", {"notes": {"1.a": "\u0000"}}),
        ("self-score", {"choices": {"1.a": 10**400}}),
        ("self-score", {"choices": {"1.a": {"deep": [1, 2]}}}),
        ("self-score", {"choices": {str(n): 1 for n in range(300)}}),
    ],
)
async def test_what_cannot_be_kept_is_a_fault_of_the_payload(world: World, path: str, body: dict[str, Any]) -> None:
    product = world.product()
    draft = await world.drafted(product)
    answer = await world.call("PUT", f"/dossiers/{draft['id']}/{path}", producer_of(product), body, version=1)
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"]


async def test_strange_searches_are_answered(world: World) -> None:
    actor = producer_of(world.product())
    for query in ("%00", "%27%3B--", "%25%25", "_", "+", "a" * 200):
        assert (await world.call("GET", f"/dossiers?q={query}", actor)).status_code in (200, 422), query
    assert (await world.call("GET", f"/dossiers?q={'a' * 201}", actor)).status_code == 422
