"""Policies name only what exists; a renewal is due by the decision in force on its last filing day."""

from datetime import date
from typing import Any

import pytest

from notifier.data import read_json
from notifier.domain.duties import read_duty_kinds
from notifier.domain.policies import Known, read_policies
from notifier.domain.renewals import read_renewal_rules, renewal_window
from shared.contracts.events import EVENTS

CODES = ("reminder", "overdue", "escalation")
KNOWN = Known(
    channels=("email", "inbox"),
    forms={"email": "mail", "inbox": "mail"},
    audiences=("responsible", "superior"),
    words=frozenset((code, "mail") for code in (*CODES, "silence", "digest", "risk")),
    templates=CODES,
    digests=("digest",),
    silences=("silence",),
    risks=("risk",),
)


def changed(**entry: Any) -> dict[str, Any]:
    document = read_json("reminder-policies.json")
    return document | {"policies": [document["policies"][0] | entry]}


def test_the_default_policy_has_the_steps_of_the_programme() -> None:
    (default, *_) = read_policies(read_json("reminder-policies.json"), KNOWN)
    assert sorted(step.step for step in default.steps) == [-30, -14, -7, -3, -1, 0, 1, 3, 7]
    assert {step.step for step in default.steps if any(one.who == "superior" for one in step.tell)} == {1, 3, 7}
    assert default.silence_template == "silence"


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"chains": [["pigeon"]]}, r"chains\[0\]\[0\]: Unknown"),
        ({"chains": [["email"], ["inbox", "email"]]}, "named once only"),
        ({"silence_template": "nothing"}, "silence_template: Unknown"),
        (
            {"steps": [{"step": -1, "tell": [{"who": "king", "template": "reminder"}]}]},
            r"steps\[0\].tell\[0\].who: Unknown",
        ),
        (
            {"steps": [{"step": -1, "tell": [{"who": "superior", "template": "reminder"}] * 2}]},
            "Told twice",
        ),
    ],
)
def test_a_policy_that_names_what_does_not_exist_is_refused(entry: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_policies(changed(**entry), KNOWN)


@pytest.mark.parametrize(
    ("valid_to", "opens_on", "due_on", "decision"),
    [
        ("2026-01-31", None, "2026-01-01", "148/QĐ-TTg"),
        ("2026-08-20", None, "2026-07-21", "148/QĐ-TTg"),
        ("2026-09-10", None, "2026-09-10", "Điều 12 khoản 3"),  # its window was over before the decision came
        ("2026-09-19", "2026-03-23", "2026-05-22", "Điều 7 khoản 6"),
        ("2029-06-30", "2029-01-01", "2029-03-02", "Điều 7 khoản 6"),
    ],
)
def test_a_renewal_follows_the_decision_in_force_on_its_last_filing_day(
    valid_to: str, opens_on: str | None, due_on: str, decision: str
) -> None:
    window = renewal_window(read_renewal_rules(read_json("renewal-rules.json")), date.fromisoformat(valid_to))
    assert window.due_on == date.fromisoformat(due_on)
    assert window.opens_on == (date.fromisoformat(opens_on) if opens_on else None)
    assert decision in window.source


def test_duties_wait_for_events_that_exist() -> None:
    for kind in read_duty_kinds(read_json("duties.json")).values():
        for name in (*kind.fulfilled_by, *kind.waived_by):
            assert "notifier" in EVENTS[name].subscribers, f"{kind.code} waits for {name}, which never comes"
