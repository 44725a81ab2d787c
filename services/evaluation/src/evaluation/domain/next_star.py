"""The cheapest set of changes that lifts a self-score to a star: exact, by dynamic programming over the criteria.

Cheapest means: the fewest criteria changed, then the fewest steps along their printed options in sum (a criterion not
yet answered counts from before its first option), then printed order. A star is reached when the total's band is at
least that star and, where the ruleset's floors lower a star, every floor up to it is met. A criterion that counts only
beside another one, and cases of a criterion with alternatives (an answer stays in its case: which case applies is a
fact of the product), are respected.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from evaluation.domain.choices import ALTERNATIVE_CHOICE, Choice
from evaluation.domain.rulesets import FloorEffect, Ruleset, find_band
from evaluation.domain.sheets import Criterion, Option, Sheet

Cost = tuple[int, int, tuple[tuple[int, str], ...]]
"""Criteria changed, steps, and the changes themselves as (place of the criterion, choice)."""

Table = dict[int, Cost]
"""The cheapest way to each number of points."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer a criterion may get: its choice as written, points and cost from the present answer."""

    choice: Choice | None
    points: int
    steps: int

    @property
    def changed(self) -> bool:
        """Whether it differs from the present answer."""
        return self.steps > 0


@dataclass(frozen=True, slots=True)
class Change:
    """A criterion to be answered otherwise: from its present choice (None: not answered) to another."""

    criterion: str
    from_choice: Choice | None
    to_choice: Choice
    from_points: int
    to_points: int
    steps: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The cheapest changes that reach a star, and the total they come to."""

    star: int
    changes: tuple[Change, ...]
    total: int


def reach_star(ruleset: Ruleset, sheet: Sheet, choices: Mapping[str, Choice], star: int) -> Plan | None:
    """The cheapest changes of `choices` (valid ones; half filled or whole) that reach `star`; None: none do.

    An answer that is missing counts 0 points until it is given.
    """
    answers = {criterion.code: possible_answers(criterion, choices.get(criterion.code)) for criterion in sheet.criteria}
    search = _Search(sheet, answers, _floors(ruleset, sheet, star))
    enough = [
        (cost, total) for total, cost in search.whole().items() if find_band(ruleset, Fraction(total))[0].star >= star
    ]
    if not enough:
        return None
    (_, _, found), total = min(enough)
    return Plan(star, tuple(search.change(place, choice) for place, choice in sorted(found)), total)


def possible_answers(criterion: Criterion, now: Choice | None) -> tuple[Answer, ...]:
    """Every answer the criterion may get, the present one first and at no cost."""
    case, position = _position(criterion, now)
    found = [Answer(now, _points(criterion, case, position), 0)]
    for code, options in _rows(criterion, case):
        found += [
            Answer(f"{code}.{option.number}" if code else option.number, option.points, abs(option.number - position))
            for option in options
            if option.number != position
        ]
    return tuple(found)


def _rows(criterion: Criterion, case: str | None) -> Iterable[tuple[str | None, tuple[Option, ...]]]:
    if not criterion.alternatives:
        return [(None, criterion.options)]
    return [(one.code, one.options) for one in criterion.alternatives if case in (None, one.code)]


def _position(criterion: Criterion, now: Choice | None) -> tuple[str | None, int]:
    """The case and the option's number of a choice; no case and 0 where there is none or it is worth 0."""
    if isinstance(now, str) and criterion.alternatives:
        match = ALTERNATIVE_CHOICE.fullmatch(now)
        assert match is not None  # choices are checked before a plan is asked for
        return match[1], int(match[2])
    return None, now if isinstance(now, int) else 0


def _points(criterion: Criterion, case: str | None, position: int) -> int:
    if position == 0:
        return 0
    options = next(options for code, options in _rows(criterion, case) if code == case)
    return options[position - 1].points


def _floors(ruleset: Ruleset, sheet: Sheet, star: int) -> Mapping[str, int]:
    """The fewest points by criterion for `star`: a floor of a lower star binds the higher ones too."""
    if ruleset.floor_effect is not FloorEffect.CAP:
        return {}
    return {
        criterion.code: max((needs for of, needs in criterion.min_points_by_star.items() if of <= star), default=0)
        for criterion in sheet.floor_criteria
    }


class _Search:
    """Tables of the cheapest ways, criterion by criterion; dependents hang below the criterion they need."""

    def __init__(self, sheet: Sheet, answers: Mapping[str, Sequence[Answer]], floors: Mapping[str, int]) -> None:
        self._sheet = sheet
        self._answers = answers
        self._floors = floors
        self._place = {criterion.code: place for place, criterion in enumerate(sheet.criteria)}
        self._below: dict[str, list[Criterion]] = {criterion.code: [] for criterion in sheet.criteria}
        for criterion in sheet.criteria:
            if criterion.requires_positive is not None:
                self._below[criterion.requires_positive].append(criterion)

    def whole(self) -> Table:
        """The cheapest way to each total of the sheet."""
        roots = [criterion for criterion in self._sheet.criteria if criterion.requires_positive is None]
        return self._together(roots, counts=True)

    def change(self, place: int, choice: str) -> Change:
        """A change of the table, in full."""
        criterion = self._sheet.criteria[place]
        now, *others = self._answers[criterion.code]
        then = next(answer for answer in others if str(answer.choice) == choice)
        assert then.choice is not None
        return Change(criterion.code, now.choice, then.choice, now.points, then.points, then.steps)

    def _together(self, criteria: Sequence[Criterion], *, counts: bool) -> Table:
        table: Table = {0: (0, 0, ())}
        for criterion in criteria:
            table = _joined(table, self._one(criterion, counts=counts))
        return table

    def _one(self, criterion: Criterion, *, counts: bool) -> Table:
        """The ways of a criterion and all that depend on it; `counts` is false where what it needs is 0."""
        below = {positive: self._together(self._below[criterion.code], counts=positive) for positive in (False, True)}
        table: Table = {}
        for answer in self._answers[criterion.code]:
            points = answer.points if counts else 0
            if points < self._floors.get(criterion.code, 0):
                continue
            made = ((self._place[criterion.code], str(answer.choice)),) if answer.changed else ()
            own: Table = {points: (int(answer.changed), answer.steps, made)}
            _keep_cheapest(table, _joined(own, below[answer.points > 0]))
        return table


def _joined(one: Table, other: Table) -> Table:
    """Both together: the cheapest way to each sum."""
    table: Table = {}
    for points, (changed, steps, made) in one.items():
        ways = {
            points + more: (changed + changed_too, steps + steps_too, made + made_too)
            for more, (changed_too, steps_too, made_too) in other.items()
        }
        _keep_cheapest(table, ways)
    return table


def _keep_cheapest(table: Table, ways: Table) -> None:
    for points, cost in ways.items():
        if points not in table or cost < table[points]:
            table[points] = cost
