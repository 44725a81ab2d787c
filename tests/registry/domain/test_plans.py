"""The plan document: the shipped one is valid; a faulty one has every fault named at once; quarters end right."""

from datetime import date
from typing import Any

from registry.data import read_document
from registry.domain.plans import Occurrence, PlanDraft, draft_of_document, faults_of_plan, occurrences
from registry.persistence.measures import NEEDS
from registry.use_cases.draft_plan import MEETS_DUTIES


def shipped() -> PlanDraft:
    return draft_of_document(read_document("plan-2023.json"))


def faults(document: dict[str, Any]) -> dict[str, str]:
    found = faults_of_plan(PlanDraft.model_validate(document), indicators=NEEDS, events=MEETS_DUTIES)
    return {fault.field: fault.code for fault in found}


def test_the_shipped_plan_has_no_fault_and_can_be_sent_back_as_it_is() -> None:
    plan = shipped()
    assert (len(plan.targets), len(plan.deadlines)) == (16, 5)
    assert PlanDraft.model_validate_json(plan.model_dump_json()) == plan
    assert faults(plan.model_dump()) == {}


def test_every_fault_is_named_at_once_with_its_field() -> None:
    document = shipped().model_dump(mode="json")
    document["targets"][0]["indicator"] = "happiness"
    document["targets"][1]["parameters"] = {}
    document["targets"][2]["code"] = document["targets"][1]["code"]
    document["targets"][4]["at_least"] = 70
    document["targets"][5]["expected_up_to"] = 9
    document["targets"][9]["per_unit_at_least"] = None
    document["targets"][11]["by"] = "2022-12-31"
    document["deadlines"][0]["recurs"] = "quarterly"
    document["deadlines"][1]["due_on"] = "2027-01-01"
    document["deadlines"][2]["fulfilled_by"] = "moon.rose"
    document["deadlines"][3]["audience"][1]["level"] = "district"
    document["deadlines"][4]["audience"][0]["responsible"] = "province_chair"
    assert faults(document) == {
        "targets[0].indicator": "unknown",
        "targets[1].parameters.roles": "missing",
        "targets[1].parameters.training": "missing",
        "targets[2].code": "duplicate",
        "targets[4].at_least": "range",
        "targets[5].expected_up_to": "range",
        "targets[9].per_unit_at_least": "missing",
        "targets[11].by": "range",
        "deadlines[0].due_on": "one_of",
        "deadlines[1].due_on": "range",
        "deadlines[2].fulfilled_by": "unknown",
        "deadlines[3].audience[1].level": "duplicate",
        "deadlines[3].audience[1].responsible": "level",
        "deadlines[4].audience[0].responsible": "level",
    }


def test_a_recurring_deadline_ends_with_each_quarter() -> None:
    assert occurrences(2024, None, "quarterly") == (
        Occurrence("2024-Q1", date(2024, 3, 31)),
        Occurrence("2024-Q2", date(2024, 6, 30)),
        Occurrence("2024-Q3", date(2024, 9, 30)),
        Occurrence("2024-Q4", date(2024, 12, 31)),
    )
    assert occurrences(2023, date(2023, 7, 31), None) == (Occurrence("2023", date(2023, 7, 31)),)
