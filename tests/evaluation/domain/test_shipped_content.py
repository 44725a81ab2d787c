"""The shipped law: complete, whole, and what the sources counted."""

import json

import pytest

from evaluation.data import FOLDERS, read_documents
from evaluation.domain.catalogue import shipped_charters, shipped_taxonomies
from evaluation.domain.scoring import fit_faults

# Counted in the sources independently of any parser: sheets, criteria, options, star marks (on titles too).
COUNTED = {"QD26": (26, 787, 2535, 574), "QD148": (22, 665, 2203, 472)}


@pytest.mark.parametrize("family", COUNTED)
def test_shipped_sheets_hold_what_was_counted_in_the_source(family, shipped):
    documents = [document for code, document in shipped.documents.items() if code.startswith(f"{family}-")]
    listed = [criterion for document in documents for criterion in shipped.criteria(document)]
    options = [
        option
        for criterion in listed
        for rows in [criterion, *criterion.get("alternatives", [])]
        for option in rows.get("options", [])
        if not option.get("derived")  # yes and no of a criterion that prints only its maximum
    ]
    marks = sum("star_floor" in option for option in options)
    marks += sum("star_mark_on_title" in criterion for criterion in listed)
    assert (len(documents), len(listed), len(options), marks) == COUNTED[family]


def test_every_sheet_number_of_every_decision_is_there(sheets):
    for family in ("QD26", "QD148", "QD1048"):
        numbers = sorted(sheet.set_no for code, sheet in sheets.items() if code.startswith(f"{family}-"))
        assert numbers == list(range(1, 27))
    assert sum(not sheet.recorded_only for sheet in sheets.values()) == 70


def test_every_sheet_fits_its_own_ruleset_and_no_other_decision(sheets, rulesets):
    for code, sheet in sheets.items():
        fitting = [ruleset.base_id for ruleset in rulesets.values() if not fit_faults(ruleset, sheet)]
        assert len(set(fitting)) == 1, code


def test_incomplete_sheets_are_recorded_only_and_say_which_sum_fails(sheets, incomplete_documents):
    assert set(incomplete_documents) == {code for code, sheet in sheets.items() if sheet.recorded_only}
    assert [fault.message_en for fault in sheets["QD148-11"].recorded_only_because] == ["declared 35, found 32"]
    assert sheets["QD148-11"].recorded_only_because[0].path == "parts[2].max"
    assert {fault.code for fault in sheets["QD1048-03"].recorded_only_because} == {"no_criteria"}


def test_story_structure_depends_on_the_story_in_every_sheet_that_prints_it(sheets):
    dependents = {
        code: {c.code: c.requires_positive for c in sheet.criteria if c.requires_positive}
        for code, sheet in sheets.items()
    }
    for code, found in dependents.items():
        family, number = code.split("-")
        if number == "26" or not sheets[code].criteria:
            assert found == {}, code  # tourism prints no such note
        elif family == "QD26":
            assert found == {"5.2": "5.1"}, code
        elif family == "QD148":
            assert found == {"5.b": "5.a", "5.c": "5.a"}, code
        else:
            assert found == {"5.2": "5.1", "5.3": "5.1"}, code


def test_commune_items_on_the_sheets_are_those_of_the_ruleset(sheets, rulesets):
    known = set(rulesets["qd26-2026"].commune_report_items)
    for code in rulesets["qd26-2026"].sheet_codes:
        found = {c.commune_report_item for c in sheets[code].criteria if c.commune_report_item}
        assert found, code
        assert found <= known, code


def test_taxonomies_name_each_of_26_sheets_once(sheets):
    taxonomies = shipped_taxonomies()
    assert set(taxonomies) == {"qd26-2026", "qd148-2023", "qd1048-2019"}
    for name, taxonomy in taxonomies.items():
        leaves = [leaf for sector in taxonomy["sectors"] for group in sector["groups"] for leaf in group["leaves"]]
        assert sorted(leaf["set_no"] for leaf in leaves) == list(range(1, 27)), name
        assert len({leaf["path"] for leaf in leaves}) == 26, name
        assert {leaf["set_code"] for leaf in leaves} <= set(sheets), name
        known_agencies = set(taxonomy["agencies"])
        assert all(set(leaf["lead_agencies"]) <= known_agencies for leaf in leaves), name


def test_default_charter_says_where_every_setting_comes_from():
    for charter in shipped_charters():
        settings = {"council", "quorum", "divergence_limit", "floor_test", "conflict_rule", "decimals_shown"}
        assert settings <= set(charter.sources)


def test_every_shipped_document_is_found_and_is_an_object():
    found = [document for folder in FOLDERS for _, document in read_documents(folder)]
    assert len(found) == 3 + 70 + 8 + 3 + 2 + 1 + 1 + 1 + 1
    assert all(json.loads(json.dumps(document)) == document for document in found)
