"""What a dossier lacks before closing, who presides over it, and the grounds of knocking out."""

import uuid

import pytest

from evaluation.domain.catalogue import default_charter, shipped_rulesets, shipped_sheets
from evaluation.domain.councils import Seat, presiding
from evaluation.domain.knock_outs import ground_faults, grounds, kept_knock_out, read_knock_outs
from evaluation.domain.readiness import Standing, lacks_of
from evaluation.domain.rulesets import CouncilMode

SEATS = [Seat(uuid.uuid4(), number) for number in (1, 2, 3)]


def standing(*totals: int, kind: str = "first", discussed: tuple[int, ...] = (), agreed: bool = True) -> Standing:
    sheet = next(sheet for sheet in shipped_sheets() if sheet.code == "QD26-13")
    ruleset = next(ruleset for ruleset in shipped_rulesets() if ruleset.id == "qd26-2026")
    return Standing(
        dossier_id=uuid.uuid4(),
        product_name="Sản phẩm (thử)",
        kind=kind,
        attempt=1,
        ruleset_id=ruleset.id,
        ruleset=ruleset,
        sheet_id=sheet.code,
        sheet=sheet,
        agreed={criterion.code: 1 for criterion in sheet.floor_criteria} if agreed else {},
        knock_outs=[],
        discussed=frozenset(discussed),
        recused=frozenset(),
        totals={seat.person_id: total for seat, total in zip(SEATS, totals, strict=False)},
    )


def test_renewals_are_judged_by_written_opinion_and_meet_where_stars_differ() -> None:
    assert standing(kind="renewal").mode is CouncilMode.WRITTEN
    assert standing(kind="upgrade").mode is CouncilMode.MEETING
    apart = standing(69, 69, 70, kind="renewal")
    assert apart.opinions_differ
    assert lacks_of(default_charter(), SEATS, apart).meeting
    assert not lacks_of(default_charter(), SEATS, standing(69, 69, 70, kind="renewal", discussed=(1,))).meeting
    assert not lacks_of(default_charter(), SEATS, standing(60, 65, 69, kind="renewal")).meeting
    assert not lacks_of(default_charter(), SEATS, standing(69, 69, 70)).meeting


@pytest.mark.parametrize(
    ("one", "names"),
    [
        (standing(60, 61, 62), set()),
        (standing(60), {"quorum"}),
        (standing(60, 61, 62, agreed=False), {"options"}),
        (standing(50, 61, 62), {"diverges"}),
    ],
)
def test_each_lack_is_named(one: Standing, names: set[str]) -> None:
    lacks = lacks_of(default_charter(), SEATS, one)
    assert {name for name in ("quorum", "options", "meeting", "diverges") if getattr(lacks, name)} == names
    assert lacks.nothing == (not names)


def test_the_next_seat_presides_where_the_chair_stands_aside() -> None:
    people = [seat.person_id for seat in SEATS]
    assert presiding(SEATS, []) is SEATS[0]
    assert presiding(SEATS, people[:1]) is SEATS[1]
    assert presiding(SEATS, people) is None


def test_a_vice_chair_goes_before_members_and_an_expert_never_presides() -> None:
    chair, expert, member, vice = (
        Seat(uuid.uuid4(), number, post) for number, post in enumerate(("chair", "expert", "member", "vice_chair"), 1)
    )
    seats = [chair, expert, member, vice]
    assert presiding(seats, [chair.person_id]) is vice
    assert presiding(seats, [chair.person_id, vice.person_id]) is member
    assert presiding(seats, [seat.person_id for seat in (chair, vice, member)]) is None


def test_every_shipped_ground_has_a_code_of_its_own_and_another_ground_is_always_possible() -> None:
    printed = 0
    for sheet in shipped_sheets():
        codes = [ground.code for ground in grounds(sheet)]
        assert len(codes) == len(set(codes))
        assert not any(ground_faults(sheet, code) for code in [*codes, "other"])
        assert ground_faults(sheet, "disqualify-99")
        printed += len(codes)
    assert printed > 25
    sheet = next(sheet for sheet in shipped_sheets() if sheet.code == "QD26-15")
    (found,) = read_knock_outs([kept_knock_out(sheet, "disqualify-1", "Giấy phép giả (thử)")])
    assert found.reason_vi.startswith("Giả mạo hồ sơ")
    assert found.reason_vi.endswith("— Giấy phép giả (thử)")
    (other,) = read_knock_outs([kept_knock_out(sheet, "other", "Sao chép (thử)")])
    assert other.reason_vi == "Sao chép (thử)"
