"""The scoring function against a slow reference written from the raw JSON, over random sheets.

The reference shares no code with the product: it walks the JSON, multiplies bounds instead of dividing
totals, and tries the stars one by one.
"""

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from evaluation.domain.charters import FloorTest
from evaluation.domain.choices import ScoreSheet
from evaluation.domain.ruleset_documents import parse_ruleset
from evaluation.domain.scoring import Result, score
from evaluation.domain.sheet_documents import parse_sheet

CHECKED = settings(
    max_examples=250,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
SEEDS = st.integers(0, 2**32)
TESTS = st.sampled_from(list(FloorTest))


# The reference


def ref_criteria(node: Any) -> Iterator[dict]:
    if isinstance(node, list):
        for child in node:
            yield from ref_criteria(child)
    elif node.get("kind") == "criterion":
        yield node
    else:
        yield from ref_criteria(node["items"])


def ref_points(criterion: dict, choice: int | str) -> int:
    if choice == 0:
        return 0
    if isinstance(choice, str):
        case, number = choice.split(".")
        rows = [alternative for alternative in criterion["alternatives"] if alternative["code"] == case]
        return rows[0]["options"][int(number) - 1]["points"]
    return criterion["options"][choice - 1]["points"]


def ref_card(sheet: dict, choices: dict) -> dict[str, int]:
    card = {c["code"]: ref_points(c, choices[c["code"]]) for c in ref_criteria(sheet["parts"]) if c["code"] in choices}
    without = dict(card)
    for c in ref_criteria(sheet["parts"]):
        if c["code"] in card and "requires_positive" in c and card.get(c["requires_positive"], 1) == 0:
            without[c["code"]] = 0
    return without


def ref_star_needs(sheet: dict) -> list[tuple[str, int, int]]:
    listed = list(ref_criteria(sheet["parts"]))
    needs = [
        (c["code"], option.get("star_floor", 0), option["points"]) for c in listed for option in c.get("options", [])
    ]
    needs += [
        (c["code"], c["star_mark_on_title"], sorted({option["points"] for option in c["options"]} - {0})[0])
        for c in listed
        if "star_mark_on_title" in c
    ]
    return [need for need in needs if need[1] > 0]


def ref_score(rules: dict, sheet: dict, test: str, members: list[dict], agreed: dict) -> tuple:
    cards = [ref_card(sheet, choices) for choices in members]
    settled = ref_card(sheet, agreed)
    n = len(cards)
    total = sum(sum(card.values()) for card in cards)
    band = max(b["star"] for b in rules["bands"] if b["min"] * n <= total)

    def enough(code: str, points: int) -> bool:
        if test == "agreed":
            return settled[code] >= points
        if test == "every":
            return all(card[code] >= points for card in cards)
        return sum(card[code] for card in cards) >= points * n

    missed = set()
    for code, star, points in ref_star_needs(sheet):
        if star <= band and not enough(code, points):
            missed.add((code, star))
    effect = rules["star_floors"]["effect"]
    star = band
    if effect == "cap":
        while star > 2 and any(needed <= star for _, needed in missed):
            star -= 1
    if effect == "none":
        missed = set()
    return Fraction(total, n), band, star, missed


# Random councils and random sheets


def random_choices(rng: random.Random, sheet: dict, answers_of: Any, zeal: float) -> dict:
    """One member: with probability `zeal` the best answer of a criterion, else any."""
    chosen = {}
    for criterion in ref_criteria(sheet["parts"]):
        answers = answers_of(criterion)
        best = max(answers, key=answers.__getitem__)
        chosen[criterion["code"]] = best if rng.random() < zeal else rng.choice(list(answers))
    return chosen


def random_council(rng: random.Random, sheet: dict, answers_of: Any) -> tuple[list[dict], dict]:
    zeal = rng.choice([0.0, 0.4, 0.7, 0.9, 0.98])
    members = [random_choices(rng, sheet, answers_of, zeal) for _ in range(rng.randint(1, 6))]
    agreed = random_choices(rng, sheet, answers_of, rng.choice([0.5, 0.95, 1.0]))
    marked = {code for code, _, _ in ref_star_needs(sheet)}
    return members, {code: choice for code, choice in agreed.items() if code in marked}


def random_rows(rng: random.Random, top: int) -> list[dict]:
    points = [*sorted(rng.sample(range(top), rng.randint(0, top))), top]
    return [{"text_vi": f"mức {value}", "points": value} for value in points]


def random_criterion(rng: random.Random, code: str) -> dict:
    top = rng.randint(1, 6)
    criterion: dict[str, Any] = {
        "kind": "criterion",
        "code": code,
        "title_vi": f"tiêu chí {code}",
        "max": top,
    }
    if rng.random() < 0.15:
        criterion["alternatives"] = [
            {"code": case, "label_vi": case, "options": random_rows(rng, top)} for case in "ab"
        ]
        return criterion
    criterion["options"] = random_rows(rng, top)
    marks = sorted(rng.sample([3, 4, 5], rng.randint(0, 3)))
    rows = sorted(rng.choices(range(len(criterion["options"])), k=len(marks)))
    for star, row in zip(marks, rows, strict=True):
        criterion["options"][row].setdefault("star_floor", star)
    return criterion


def random_law(rng: random.Random) -> tuple[dict, dict]:
    """A ruleset document and a sheet document that belong together, both random."""
    parts = []
    for letter in "ABC"[: rng.randint(1, 3)]:
        items = [random_criterion(rng, f"{letter}.{i}") for i in range(rng.randint(4, 7))]
        if rng.random() < 0.5:
            inner = [random_criterion(rng, f"{letter}.g.{i}") for i in range(rng.randint(1, 3))]
            top = sum(item["max"] for item in inner)
            group = {"kind": "group", "code": f"{letter}.g", "title_vi": "nhóm", "max": top, "items": inner}
            items.append(group)
        parts.append({"code": letter, "name_vi": letter, "max": sum(i["max"] for i in items), "items": items})
    listed = list(ref_criteria(parts))
    if len(listed) > 1 and rng.random() < 0.6:
        base, dependent = rng.sample(listed, 2)
        dependent["requires_positive"] = base["code"]
    total = sum(part["max"] for part in parts)
    sheet = {
        "schema": "ocop-criteria-set/1",
        "decision": "thử nghiệm",
        "effective_from": "2030-01-01",
        "set_no": 1,
        "set_code": "THU-01",
        "name_vi": "thử",
        "total_max": total,
        "parts": parts,
    }
    return random_ruleset(rng, {part["code"]: part["max"] for part in parts}, total), sheet


def random_ruleset(rng: random.Random, parts: dict, total: int) -> dict:
    bounds = [0, *sorted(rng.sample(range(1, total), 3)), rng.randint(1, total), total]
    bounds[4] = max(bounds[3] + 1, bounds[4])
    bands = []
    for star in range(1, 6):
        who = "province_chair" if star >= 3 else None
        low, high = bounds[star - 1], bounds[star]
        bands.append({"star": star, "min": low, "max": high, "max_inclusive": star == 5, "recognised_by": who})
    return {
        "schema": "ocop-ruleset/1",
        "id": "thu-nghiem",
        "decision": "thử nghiệm",
        "effective_from": "2030-01-01",
        "parts": parts,
        "bands": bands,
        "star_floors": {"effect": rng.choice(["cap", "cap", "advise", "none"])},
        "levels": ["province"],
        "certificate": {"months": 36},
        "product_code": {"pattern": "{province}-{seq}"},
    }


def compare(result: Result, expected: tuple) -> None:
    mean, band, star, missed = expected
    assert (result.mean, result.band, result.star) == (mean, band, star)
    assert {(miss.criterion, miss.star) for miss in result.floors_missed} == missed


# The properties


@CHECKED
@given(seed=SEEDS, test=TESTS)
def test_shipped_sheets_score_as_the_reference_says(seed, test, shipped, charter):
    rng = random.Random(seed)
    code = rng.choice(sorted(shipped.documents))
    members, agreed = random_council(rng, shipped.documents[code], shipped.answers)
    ruleset = shipped.ruleset(code)
    result = score(
        ruleset,
        shipped.sheets[code],
        charter.with_floor_test(test),
        [ScoreSheet(f"m{i}", choices) for i, choices in enumerate(members)],
        agreed=agreed,
    )
    rules = shipped.rules[ruleset.base_id]
    compare(result, ref_score(rules, shipped.documents[code], test.value, members, agreed))


@CHECKED
@given(seed=SEEDS, test=TESTS)
def test_random_sheets_score_as_the_reference_says(seed, test, shipped, charter):
    rng = random.Random(seed)
    rules, document = random_law(rng)
    members, agreed = random_council(rng, document, shipped.answers)
    result = score(
        parse_ruleset(rules),
        parse_sheet(document),
        charter.with_floor_test(test),
        [ScoreSheet(f"m{i}", choices) for i, choices in enumerate(members)],
        agreed=agreed,
    )
    compare(result, ref_score(rules, document, test.value, members, agreed))


@CHECKED
@given(seed=SEEDS, test=TESTS)
def test_the_order_of_members_changes_nothing(seed, test, shipped, charter):
    rng = random.Random(seed)
    code = rng.choice(sorted(shipped.documents))
    members, agreed = random_council(rng, shipped.documents[code], shipped.answers)
    score_sheets = [ScoreSheet(f"m{i}", choices) for i, choices in enumerate(members)]
    shuffled = rng.sample(score_sheets, len(score_sheets))
    one, other = (
        score(shipped.ruleset(code), shipped.sheets[code], charter.with_floor_test(test), order, agreed=agreed)
        for order in (score_sheets, shuffled)
    )
    for name in ("mean", "parts", "criteria", "totals", "divergence", "band", "star", "floors_missed"):
        assert getattr(one, name) == getattr(other, name)
    assert [step.rule for step in one.steps] == [step.rule for step in other.steps]


@CHECKED
@given(seed=SEEDS, test=st.sampled_from([FloorTest.MEAN, FloorTest.EVERY]))
def test_raising_one_choice_never_lowers_mean_or_star(seed, test, shipped, charter):
    rng = random.Random(seed)
    code = rng.choice(sorted(shipped.documents))
    members, _ = random_council(rng, shipped.documents[code], shipped.answers)
    raised = [dict(choices) for choices in members]
    criterion = rng.choice(shipped.criteria(shipped.documents[code]))
    member, answers = rng.randrange(len(members)), shipped.answers(criterion)
    now = answers[members[member][criterion["code"]]]
    raised[member][criterion["code"]] = rng.choice([c for c, points in answers.items() if points >= now])
    before, after = (
        score(
            shipped.ruleset(code),
            shipped.sheets[code],
            charter.with_floor_test(test),
            [ScoreSheet(f"m{i}", choices) for i, choices in enumerate(council)],
        )
        for council in (members, raised)
    )
    assert after.mean >= before.mean
    assert after.star >= before.star
