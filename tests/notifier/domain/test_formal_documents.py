"""Stages of formal documents, and whether what was signed is what was drafted."""

from itertools import permutations

import pytest

from notifier.data import read_json, read_templates
from notifier.domain.formal_documents import RANKS, Stage, later, read_office_rules, same_text

RULES = read_office_rules(read_json("eoffice.json"))


def test_in_whatever_order_statuses_come_the_farthest_stage_stands() -> None:
    codes = ["registered", "signed", "01", "13", "03"]
    for order in permutations(codes):
        stage: Stage = "drafted"
        for code in order:
            stage = later(stage, RULES.statuses[code].stage)
        assert stage == "accepted"


def test_a_refusal_stands_until_it_was_accepted_after_all_and_a_recall_ends_everything() -> None:
    assert later("rejected", "arrived") == "rejected"
    assert later("rejected", "accepted") == "accepted"
    assert [later("recalled", stage) for stage in RANKS] == ["recalled"] * len(RANKS)


DRAFT = "Số: …\nKính gửi: Huyện Thử\nĐề nghị gửi kết quả.\nNgười ký: …\n"


@pytest.mark.parametrize(
    ("signed", "same"),
    [
        ("Số: 5/CV\nKính gửi:  Huyện Thử\n\nĐề nghị gửi kết quả.\nNgười ký: Nguyễn Văn Thử", True),
        ("Số: 5/CV\nKính gửi: Huyện Thử\nĐề nghị gửi kết quả trước ngày 5.\nNgười ký: A", False),
        ("Số: 5/CV\nKính gửi: Huyện Khác\nĐề nghị gửi kết quả.\nNgười ký: A", False),
    ],
    ids=["filled in", "changed", "another receiver"],
)
def test_what_was_signed_is_compared_with_the_draft_but_for_what_was_filled_in(signed: str, same: bool) -> None:
    assert same_text(DRAFT, signed) is same


def test_every_formal_template_has_words_for_the_document_and_for_copies() -> None:
    forms = {(one["code"], one.get("form", "mail")) for one in read_templates()}
    for code in RULES.formal:
        assert {(code, "document"), (code, "mail")} <= forms


def test_a_document_with_an_unknown_stage_is_refused() -> None:
    document = read_json("eoffice.json")
    document["statuses"][0]["stage"] = "lost"
    with pytest.raises(ValueError, match="lost"):
        read_office_rules(document)
