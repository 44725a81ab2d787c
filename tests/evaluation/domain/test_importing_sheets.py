"""What the importer of sheets refuses, each fault with its path; and the hash that pins a version."""

import copy
import random

import pytest

from evaluation.domain.documents import content_hash
from evaluation.domain.faults import DocumentError
from evaluation.domain.sheet_documents import parse_sheet

ORIGIN = "parts[0].items[0].items[0]"  # criterion 1.1 of sheet 1
GROWTH = "parts[0].items[0].items[4]"  # criterion 1.5, floors for 4 and 5 stars


@pytest.fixture
def document(sheet_documents):
    return copy.deepcopy(sheet_documents["QD26-01"])


@pytest.fixture
def tourism(sheet_documents):
    return copy.deepcopy(sheet_documents["QD26-26"])


def at(document, path):
    """The node a fault path points at."""
    node = document
    for name in path.replace("]", "").replace("[", ".").split("."):
        node = node[int(name)] if name.isdigit() else node[name]
    return node


def faults_of(document):
    with pytest.raises(DocumentError) as refusal:
        parse_sheet(document)
    assert all(fault.message_vi and fault.message_en for fault in refusal.value.faults)
    return [(fault.path, fault.code) for fault in refusal.value.faults]


@pytest.mark.parametrize(
    ("where", "change", "faults"),
    [
        (ORIGIN, {"max": 4}, [(f"{ORIGIN}.max", "sum_mismatch"), ("parts[0].items[0].max", "sum_mismatch")]),
        (
            "parts[0].items[0]",
            {"max": 17},
            [("parts[0].items[0].max", "sum_mismatch"), ("parts[0].max", "sum_mismatch")],
        ),
        ("parts[1]", {"max": 26}, [("parts[1].max", "sum_mismatch"), ("total_max", "total_mismatch")]),
        (ORIGIN, {"code": "1.2"}, [("parts[0].items[0].items[1].code", "not_unique")]),
        (ORIGIN, {"code": "A"}, [(f"{ORIGIN}.code", "not_unique")]),
        (ORIGIN, {"kind": "question"}, [(f"{ORIGIN}.kind", "not_allowed")]),
        (ORIGIN, {"title_vi": "  "}, [(f"{ORIGIN}.title_vi", "type")]),
        (ORIGIN, {"implicit_zero": False}, [(f"{ORIGIN}.implicit_zero", "contradiction")]),
        (ORIGIN, {"requires_positve": "5.1"}, [(f"{ORIGIN}.requires_positve", "unknown_field")]),
        (ORIGIN, {"requires_positive": "7.7"}, [(f"{ORIGIN}.requires_positive", "unknown_criterion")]),
        (ORIGIN, {"requires_positive": "1.1"}, [(f"{ORIGIN}.requires_positive", "unknown_criterion")]),
        (ORIGIN, {"requires_positive": "5.2"}, [(f"{ORIGIN}.requires_positive", "unknown_criterion")]),
        (ORIGIN, {"notes_vi": "một câu"}, [(f"{ORIGIN}.notes_vi", "type")]),
        (
            GROWTH,
            {"min_points_by_star": {"4": 1, "5": 3}},
            [(f"{GROWTH}.min_points_by_star", "contradiction")],
        ),
        (GROWTH, {"min_points_by_star": {"four": 2}}, None),
        (f"{ORIGIN}.options[1]", {"points": 1.5}, None),
        (f"{ORIGIN}.options[1]", {"points": True}, None),
        (f"{ORIGIN}.options[1]", {"points": -1}, None),
        (f"{ORIGIN}.options[1]", {"text_vi": ""}, [(f"{ORIGIN}.options[1].text_vi", "type")]),
        (f"{ORIGIN}.options[1]", {"point": 2}, [(f"{ORIGIN}.options[1].point", "unknown_field")]),
    ],
)
def test_a_faulty_node_is_refused_with_its_path(document, where, change, faults):
    at(document, where).update(change)
    found = faults_of(document)
    if faults is None:
        assert any(path.startswith(where) for path, _ in found)
    else:
        assert [fault for fault in found if fault in faults] == faults


def test_of_two_options_marked_for_one_star_the_lower_is_the_floor(document):
    options = at(document, f"{GROWTH}.options")
    options[2]["star_floor"], options[3]["star_floor"] = 5, 5
    at(document, GROWTH)["min_points_by_star"] = {"5": 2}
    assert parse_sheet(document).criterion("1.5").min_points_by_star == {5: 2}


def test_falling_floors_are_refused(document):
    options = at(document, f"{GROWTH}.options")
    options[2]["star_floor"], options[3]["star_floor"] = 5, 4
    at(document, GROWTH)["min_points_by_star"] = {"4": 3, "5": 2}
    assert faults_of(document) == [(f"{GROWTH}.min_points_by_star", "falling")]


def test_a_criterion_without_options_is_refused(document):
    at(document, ORIGIN)["options"] = []
    assert (f"{ORIGIN}.options", "missing") in faults_of(document)


def test_a_criterion_with_options_and_alternatives_is_refused(tourism):
    place = tourism["parts"][2]["items"][2]
    assert place["code"] == "8"
    place["options"] = [{"text_vi": "mức", "points": place["max"]}]
    assert ("parts[2].items[2].options", "missing") in faults_of(tourism)


def test_alternatives_with_unequal_maxima_or_one_code_are_refused(tourism):
    place = tourism["parts"][2]["items"][2]
    place["alternatives"][1]["options"].pop()
    place["alternatives"][1]["code"] = "a"
    found = faults_of(tourism)
    assert ("parts[2].items[2].alternatives", "unequal_maxima") in found
    assert ("parts[2].items[2].alternatives", "not_unique") in found


def test_every_fault_is_listed_not_only_the_first(document):
    document["set_no"] = "một"
    document["effective_from"] = "2026-02-30"
    at(document, ORIGIN)["max"] = 4
    del document["parts"][2]["items"][0]["title_vi"]
    found = dict(faults_of(document))
    assert {"set_no", "effective_from", f"{ORIGIN}.max", "parts[2].items[0].title_vi"} <= set(found)


@pytest.mark.parametrize("nonsense", [[], "sheet", None, 7, {}])
def test_what_is_no_sheet_at_all_is_refused_in_words(nonsense):
    assert faults_of(nonsense)


def test_another_format_is_refused(document):
    document["schema"] = "ocop-ruleset/1"
    assert faults_of(document) == [("schema", "not_allowed")]


def test_a_sheet_whose_sums_match_may_not_be_recorded_only(document):
    document["recorded_only"] = True
    assert faults_of(document) == [("recorded_only", "not_allowed")]


def test_an_incomplete_sheet_is_refused_unless_it_says_so(incomplete_documents):
    for document in incomplete_documents.values():
        changed = {key: value for key, value in document.items() if key != "recorded_only"}
        codes = {code for _, code in faults_of(changed)}
        assert codes in ({"sum_mismatch"}, {"no_criteria"})


def test_recorded_only_excuses_no_other_fault(incomplete_documents):
    document = copy.deepcopy(incomplete_documents["QD148-11"])
    document["parts"][0]["items"][0]["items"][0]["code"] = "A"
    assert faults_of(document) == [("parts[0].items[0].items[0].code", "not_unique")]


def shuffled(value, rng):
    if isinstance(value, dict):
        keys = rng.sample(sorted(value), len(value))
        return {key: shuffled(value[key], rng) for key in keys}
    return [shuffled(child, rng) for child in value] if isinstance(value, list) else value


def test_the_hash_ignores_key_order_and_notices_a_point(document):
    sheet = parse_sheet(document)
    assert parse_sheet(shuffled(document, random.Random(1))).content_hash == sheet.content_hash
    at(document, f"{ORIGIN}.options[0]")["text_vi"] += "."
    assert parse_sheet(document).content_hash != sheet.content_hash


def test_the_hash_of_a_known_document_never_changes():
    known = {"tên": "Cà phê", "điểm": [1, 2], "không": None}
    assert content_hash(known) == "4419078a1da2e82a012246974a9349edb49548a9f32dcb6884a160fcd41ec021"
