"""Every shipped sheet at its minimum, its maximum, each floor edge and each band edge."""

from fractions import Fraction

import pytest

from evaluation.domain.charters import FloorTest
from evaluation.domain.choices import ScoreSheet
from evaluation.domain.scoring import score

BAND_EDGES = ((30, 1, 2), (50, 2, 3), (70, 3, 4), (90, 4, 5))
COUNCILS = (1, 2, 3, 7, 9, 13)


def scored(ruleset, sheet, charter, *answers, test=FloorTest.EVERY):
    members = [ScoreSheet(f"m{i}", choices) for i, choices in enumerate(answers)]
    return score(ruleset, sheet, charter.with_floor_test(test), members)


def test_least_answers_give_the_least_sum_and_one_star(shipped, charter):
    for code, document in shipped.documents.items():
        result = scored(shipped.ruleset(code), shipped.sheets[code], charter, shipped.extreme(document, False))
        least = sum(min(shipped.answers(criterion).values()) for criterion in shipped.criteria(document))
        assert result.mean == least, code
        assert (result.band, result.star, result.recognised) == (1, 1, False), code


def test_best_answers_give_100_and_five_stars_under_every_floor_test(shipped, charter):
    for code, document in shipped.documents.items():
        best, sheet = shipped.extreme(document, True), shipped.sheets[code]
        for test in FloorTest:
            result = score(
                shipped.ruleset(code),
                sheet,
                charter.with_floor_test(test),
                [ScoreSheet("m1", best), ScoreSheet("m2", best)],
                agreed={criterion.code: best[criterion.code] for criterion in sheet.floor_criteria},
            )
            assert (result.mean, result.band, result.star) == (100, 5, 5), code
            assert result.floors_missed == ()
            assert result.parts == dict(shipped.ruleset(code).parts), code


def test_each_floor_holds_at_its_points_and_breaks_one_option_below(shipped, charter):
    tested = 0
    for code, document in shipped.documents.items():
        best = shipped.extreme(document, True)
        ruleset = shipped.ruleset(code)
        for criterion in shipped.criteria(document):
            for star_text, needs in criterion.get("min_points_by_star", {}).items():
                star, name = int(star_text), criterion["code"]
                answers = shipped.answers(criterion)
                at = next(choice for choice, points in answers.items() if points == needs)
                below = max((c for c in answers if answers[c] < needs), key=answers.__getitem__)
                kept = scored(ruleset, shipped.sheets[code], charter, {**best, name: at})
                broken = scored(ruleset, shipped.sheets[code], charter, {**best, name: below})
                assert (name, star) not in {(m.criterion, m.star) for m in kept.floors_missed}, code
                if broken.band >= star:
                    miss = next(m for m in broken.floors_missed if (m.criterion, m.star) == (name, star))
                    assert (miss.needs, miss.has) == (needs, answers[below])
                    capped = ruleset.floor_effect == "cap"
                    assert broken.star < star if capped else broken.star == broken.band, code
                    tested += 1
    assert tested > 900  # 574 marks of 26/2026 and 472 of 148, some shared by a criterion


@pytest.mark.parametrize(("edge", "below", "at"), BAND_EDGES)
def test_one_point_among_any_number_of_members_decides_the_band(edge, below, at, shipped, charter):
    for code, document in shipped.documents.items():
        on_edge = shipped.worth(document, edge, lambda _code, _points: True)
        one_less = shipped.worth(document, edge - 1, lambda _code, _points: True)
        ruleset, sheet = shipped.ruleset(code), shipped.sheets[code]
        for members in COUNCILS:
            just_below = scored(ruleset, sheet, charter, *[on_edge] * (members - 1), one_less)
            exactly = scored(ruleset, sheet, charter, *[on_edge] * members)
            assert just_below.mean == edge - Fraction(1, members), (code, members)
            assert (just_below.band, exactly.band) == (below, at), (code, members)
            assert (exactly.mean, just_below.divergence) == (edge, int(members > 1))


@pytest.mark.parametrize(("edge", "below", "at"), BAND_EDGES)
def test_a_hundredth_below_the_edge_is_shown_as_it_is_and_ranked_below(edge, below, at, shipped, charter):
    document = shipped.documents["QD26-01"]
    on_edge = shipped.worth(document, edge, lambda _code, _points: True)
    one_less = shipped.worth(document, edge - 1, lambda _code, _points: True)
    arguments = (shipped.ruleset("QD26-01"), shipped.sheets["QD26-01"], charter)
    result = scored(*arguments, *[on_edge] * 99, one_less)
    assert (result.mean, result.mean_decimal) == (edge - Fraction(1, 100), f"{edge - 1}.99")
    assert (result.band, scored(*arguments, on_edge).band) == (below, at)
    rounds_up = scored(*arguments, *[on_edge] * 299, one_less)
    assert (rounds_up.mean_decimal, rounds_up.band) == (f"{edge}.00", below)
