"""One draft, several people: nothing is lost, a real clash is told with both values, a retry changes nothing."""

import asyncio
import uuid
from typing import Any, get_args

import httpx
import pytest
from tests.evaluation.worlds import World, officer_of, producer_of, sheet_of

from evaluation.api.schemas.dossier_forms import FORM_MODELS
from evaluation.api.schemas.drafts import Section
from evaluation.domain.dossier_forms import FORMS
from evaluation.domain.drafts import SECTIONS
from shared.auth.actors import Actor
from shared.contracts.registry import ProductSummary
from shared.contracts.roles import Level, Role
from shared.testing.people import person
from shared.testing.statements import counted_statements


def colleague_of(product: ProductSummary) -> Actor:
    """Another person of the same producer."""
    return person(Role.PRODUCER, product.commune_code, Level.COMMUNE, producer=product.producer_id)


def change(section: str, field: str, value: Any, seen: Any = None) -> dict[str, Any]:
    return {"section": section, "field": field, "value": value, "seen": seen}


async def save(world: World, actor: Actor, dossier_id: str, *changes: dict[str, Any], key: str = "") -> httpx.Response:
    headers = {"Idempotency-Key": key or str(uuid.uuid4())}
    return await world.call(
        "POST", f"/dossiers/{dossier_id}/draft-changes", actor, {"changes": list(changes)}, headers=headers
    )


def test_the_wire_the_rules_and_the_forms_name_the_same_fields() -> None:
    assert set(get_args(Section)) == set(SECTIONS)
    assert {section: set(model.model_fields) for section, model in FORM_MODELS.items()} == {
        section: set(fields) for section, fields in FORMS.items()
    }


async def test_two_people_change_different_fields_and_both_stay(world: World) -> None:
    product = world.product()
    draft, first, second = await world.drafted(product), producer_of(product), colleague_of(product)
    one = await save(
        world, first, draft["id"], change("general", "history", " Làng nghề "), change("choices", "1.a", 1)
    )
    assert one.status_code == 200, one.text
    assert {(f["section"], f["field"]): f["value"] for f in one.json()["fields"]} == {
        ("general", "history"): "Làng nghề",
        ("choices", "1.a"): 1,
    }
    two = await save(world, second, draft["id"], change("general", "organisation", "12 người"))
    assert two.status_code == 200, two.text
    read = (await world.call("GET", f"/dossiers/{draft['id']}", first)).json()
    assert read["self_assessment"]["general"]["history"] == "Làng nghề"
    assert read["self_assessment"]["general"]["organisation"] == "12 người"
    assert read["self_score"]["total"] == one.json()["total"] > 0
    assert two.json()["version"] == read["version"]


async def test_a_clash_is_refused_whole_and_names_both_values(world: World) -> None:
    product = world.product()
    draft, first, second = await world.drafted(product), producer_of(product), colleague_of(product)
    await save(world, first, draft["id"], change("results", "markets", "Đà Nẵng"))
    refused = await save(
        world, second, draft["id"], change("results", "markets", "Hà Nội"), change("results", "technology", "Máy")
    )
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/draft-clash")
    assert refused.json()["clashes"] == [
        {"section": "results", "field": "markets", "seen": None, "yours": "Hà Nội", "stored": "Đà Nẵng"}
    ]
    assert [error["field"] for error in refused.json()["errors"]] == ["self_assessment.results.markets"]
    read = (await world.call("GET", f"/dossiers/{draft['id']}", first)).json()
    assert read["self_assessment"]["results"]["technology"] is None
    settled = await save(world, second, draft["id"], change("results", "markets", "Hà Nội", seen="Đà Nẵng"))
    assert settled.status_code == 200
    assert (await save(world, first, draft["id"], change("results", "markets", "Hà Nội"))).status_code == 200


async def test_a_retry_is_the_same_answer_and_never_brings_back_what_was_emptied_since(world: World) -> None:
    product = world.product()
    draft, first, second = await world.drafted(product), producer_of(product), colleague_of(product)
    written = change("plan", "business", "Bán sỉ")
    answered = await save(world, first, draft["id"], written, key="phone-1")
    assert (await save(world, second, draft["id"], change("plan", "business", None, "Bán sỉ"))).status_code == 200
    again = await save(world, first, draft["id"], written, key="phone-1")
    assert (again.status_code, again.json()) == (200, answered.json())
    assert again.headers["idempotent-replay"] == "true"
    read = (await world.call("GET", f"/dossiers/{draft['id']}", first)).json()
    assert read["self_assessment"]["plan"]["business"] is None


async def test_of_two_hundred_interleaved_saves_by_two_people_none_is_lost(world: World) -> None:
    product = world.product()
    draft, people = await world.drafted(product), (producer_of(product), colleague_of(product))
    codes = [criterion.code for criterion in sheet_of(draft["sheet"]).criteria]

    async def write(number: int) -> None:
        """Each of the two people writes a note to every criterion in turn: his own line is added to what he saw."""
        actor, code = people[number % 2], codes[number // 2 % len(codes)]
        line, seen = f"dòng {number}", None
        while True:
            text = f"{seen}\n{line}" if seen else line
            answer = await save(world, actor, draft["id"], change("notes", code, text, seen))
            if answer.status_code == 200:
                return
            assert answer.status_code == 409, answer.text
            seen = answer.json()["clashes"][0]["stored"]

    gate = asyncio.Semaphore(8)

    async def at_once(number: int) -> None:
        async with gate:
            await write(number)

    await asyncio.gather(*(at_once(number) for number in range(200)))
    notes = (await world.call("GET", f"/dossiers/{draft['id']}", people[0])).json()["self_score"]["notes"]
    lines = [line for text in notes.values() for line in text.split("\n")]
    assert sorted(lines) == sorted(f"dòng {number}" for number in range(200))


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        (change("choices", "9.z", 1), 'choices["9.z"]'),
        (change("choices", "1.a", 99), 'choices["1.a"]'),
        (change("notes", "nowhere", "x"), 'notes["nowhere"]'),
        (change("part_totals", "A", 3), "part_totals"),
        (change("part_totals", "A", "3"), "changes[0].value"),
        (change("results", "revenue", -1), "changes[0].value"),
        (change("general", "founded_on", "hôm qua"), "changes[0].value"),
        (change("general", "history", "a\u0000b"), "body"),
        (change("general", "intellectual_property", ["star"]), "changes[0].value"),
        (change("general", "colour", "đỏ"), "changes[0].field"),
        (change("state", "x", "filed"), "changes[0].section"),
    ],
)
async def test_what_no_field_may_hold_is_a_fault_of_the_payload(world: World, sent: dict[str, Any], field: str) -> None:
    product = world.product()
    draft = await world.drafted(product)
    answer = await save(world, producer_of(product), draft["id"], sent)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_only_the_producer_saves_and_only_while_it_is_edited(world: World) -> None:
    product = world.product()
    filed, sent = await world.filed(product), change("plan", "business", "x")
    assert (await save(world, producer_of(world.product()), filed["id"], sent)).status_code == 404
    assert (await save(world, officer_of(product), filed["id"], sent)).status_code == 403
    late = await save(world, producer_of(product), filed["id"], sent)
    assert (late.status_code, late.json()["state"]) == (409, "filed")


async def test_a_save_costs_few_statements(world: World) -> None:
    product = world.product()
    draft = await world.drafted(product)
    await save(world, producer_of(product), draft["id"], change("plan", "business", "a"))
    with counted_statements() as seen:
        await save(world, producer_of(product), draft["id"], change("plan", "business", "b", "a"))
    assert len(seen) <= 7, seen
