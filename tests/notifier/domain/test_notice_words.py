"""The words of notices: refused when incomplete, escaped in HTML, exact in Vietnamese."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from notifier.data import read_json, read_templates
from notifier.domain.reports import EXAMPLE
from notifier.domain.templates import NoticeTemplate, read_template, render

GOLDEN = Path(__file__).parents[1] / "golden"
ENTRY: dict[str, Any] = {
    "code": "x",
    "version": 1,
    "valid_from": date(2023, 1, 1),
    "parameters": ["title"],
    "subject": "{{ title }}",
    "body": "{{ title }}",
    "html": "<p>{{ title }}</p>",
}
PARAMETERS: dict[str, Any] = {
    "recipient": "Trần Thị Thử Nghiệm",
    "title": "Cấp huyện đánh giá, phân hạng trước tháng 8/2023",
    "title_en": "Evaluate and rank before August 2023",
    "unit_name": "Thành phố Tam Kỳ",
    "person_name": None,
    "source": "Kế hoạch OCOP năm 2023, mục III.2",
    "opens_on": None,
    "due_on": "2023-07-31",
    "days_left": 7,
    "days_late": 1,
    "done": 0,
    "total": 1,
    "units": [{"code": "502", "name": "Thành phố Tam Kỳ"}, {"code": "503", "name": "Thành phố Hội An"}],
    "asked": 18,
}


def shipped() -> dict[str, NoticeTemplate]:
    silence = frozenset({"silence"})
    return {entry["code"]: read_template(entry, silence=silence) for entry in read_templates()}


@pytest.mark.parametrize("code", ["reminder", "overdue", "escalation", "silence", "digest", "risk"])
def test_shipped_words_read_as_agreed(code: str) -> None:
    template = shipped()[code]
    words = render(template.subject, template.body, template.html, PARAMETERS | EXAMPLE)
    text = f"{words.subject}\n\n{words.body}"
    assert text == (GOLDEN / f"{code}.txt").read_text("utf-8")


def test_every_template_a_policy_names_ships() -> None:
    document = read_json("reminder-policies.json")
    named = {told["template"] for p in document["policies"] for step in p["steps"] for told in step["tell"]}
    others = {"silence", "digest", "risk", "webhook_disabled", "formal_overdue", "contact_code", "absence"}
    assert named | others == set(shipped())


def test_markup_in_a_name_is_shown_and_not_obeyed() -> None:
    template = read_template(ENTRY, silence=frozenset())
    words = render(template.subject, template.body, template.html, {"title": "<b>Mắm & muối</b>"})
    assert words.html == "<p>&lt;b&gt;Mắm &amp; muối&lt;/b&gt;</p>\n"
    assert words.body == "<b>Mắm & muối</b>\n"


def test_a_name_with_a_line_break_cannot_add_a_header() -> None:
    template = read_template(ENTRY, silence=frozenset())
    words = render(template.subject, template.body, template.html, {"title": "một\r\nBcc: x@y.example"})
    assert words.subject == "một Bcc: x@y.example"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"body": "{{ title }} {{ unit_name }}"}, "uses \\['unit_name'\\] without declaring"),
        ({"parameters": ["title", "shoe_size"]}, "no parameter \\['shoe_size'\\]"),
        ({"parameters": ["title", "units"]}, "no parameter \\['units'\\]"),
        ({"html": "{% if title %}"}, "x mail v1"),
    ],
)
def test_a_template_that_cannot_be_filled_is_refused_when_loaded(change: dict[str, Any], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        read_template(ENTRY | change, silence=frozenset())
