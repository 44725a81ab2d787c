"""Completeness as a pure rule: what each kind of dossier needs under each ruleset."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from tests.evaluation.worlds import REVIEW, SELF_ASSESSMENT

from evaluation.data import read_documents
from evaluation.domain.catalogue import shipped_rulesets, shipped_sheets
from evaluation.domain.completeness import Attachment, Completeness, check_completeness
from evaluation.domain.evidence_guidance import Weight, papers
from evaluation.domain.ruleset_documents import parse_ruleset
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.sheets import Sheet

TODAY = date(2026, 8, 20)
FORM = {"unit_name": "a", "representative": "b", "position": "c", "address": "d", "phone": "1", "samples": 5}


def best(sheet: Sheet) -> dict[str, int | str]:
    found: dict[str, int | str] = {}
    for criterion in sheet.criteria:
        case = criterion.alternatives[0] if criterion.alternatives else None
        number = max(case.options if case else criterion.options, key=lambda option: option.points).number
        found[criterion.code] = f"{case.code}.{number}" if case else number
    return found


def check(sheet: Sheet, kind: str = "first", **changes: Any) -> Completeness:
    ruleset = next(ruleset for ruleset in shipped_rulesets() if sheet.code in ruleset.sheet_codes)
    every = Attachment("tập", [criterion.code for criterion in sheet.criteria], None)
    values: dict[str, Any] = {
        "form": FORM | {"changes": "x"},
        "self_score": {"choices": best(sheet), "part_totals": {part.code: 1 for part in sheet.parts}},
        "attachments": [every],
    } | changes
    if sheet.recorded_only:
        values["self_score"].pop("choices", None)
    sections: Mapping[str, Any] = SELF_ASSESSMENT | {"review": REVIEW}
    return check_completeness(ruleset, sheet, kind, today=TODAY, **{"self_assessment": sections} | values)


@pytest.mark.parametrize("kind", ["first", "upgrade", "renewal"])
def test_a_whole_dossier_is_complete_under_every_sheet(kind: str) -> None:
    for sheet in shipped_sheets():
        assert check(sheet, kind).missing == [], sheet.code


def coffee() -> Sheet:
    return next(sheet for sheet in shipped_sheets() if sheet.code == "QD26-13")


def test_an_expired_paper_no_longer_proves_and_is_pointed_out() -> None:
    codes = [criterion.code for criterion in coffee().criteria]
    expired = check(coffee(), attachments=[Attachment("ATTP", codes, date(2026, 8, 19))])
    assert {fault.code for fault in expired.missing} == {
        "evidence_missing:quality_declaration",
        "evidence_missing:food_safety",
    }
    assert "evidence_expired" in {fault.code for fault in expired.warnings}
    assert check(coffee(), attachments=[Attachment("ATTP", codes, TODAY)]).complete


def test_what_is_claimed_with_no_points_needs_no_paper() -> None:
    choices = best(coffee())
    zero = {
        criterion.code: 0 if criterion.implicit_zero else min(criterion.options, key=lambda o: o.points).number
        for criterion in coffee().criteria
    }
    found = check(coffee(), self_score={"choices": choices | zero}, attachments=[])
    assert found.complete
    assert found.warnings == []


def test_tourism_brings_no_samples() -> None:
    tourism = next(sheet for sheet in shipped_sheets() if sheet.code == "QD26-26")
    assert check(tourism, form=FORM | {"samples": 0}).complete
    assert not check(coffee(), form=FORM | {"samples": 0}).complete


def test_every_title_of_the_guidance_is_a_criterion_of_some_sheet() -> None:
    titles = {criterion.title_vi.strip().casefold() for sheet in shipped_sheets() for criterion in sheet.criteria}
    for paper in papers():
        assert paper.criteria <= titles, paper.code
    assert {paper.code for paper in papers() if paper.weight is Weight.HARD} == {"quality_declaration", "food_safety"}


def test_contents_of_a_dossier_are_data_and_checked_on_import() -> None:
    from evaluation.domain.faults import DocumentError

    document = next(document for name, document in read_documents("rules") if name.startswith("qd26"))
    parsed: Ruleset = parse_ruleset(document)
    assert [item.code for item in parsed.dossier_contents["upgrade"]] == [
        "registration_form",
        "general",
        "results",
        "plan",
        "self_score",
        "changes",
    ]
    document["dossier_contents"]["first"][0] |= {"code": "poem", "fields": ["rhyme"]}
    with pytest.raises(DocumentError) as refused:
        parse_ruleset(document)
    assert {fault.path for fault in refused.value.faults} == {
        "dossier_contents.first[0].code",
        "dossier_contents.first[0].fields",
    }
