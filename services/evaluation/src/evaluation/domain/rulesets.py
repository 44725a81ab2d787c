"""Rulesets: one version of the programme's rules as data, and the questions asked of it.

A ruleset is what one Decision (with its amendments) says; nothing here knows a decision's number, a level's
name or a number of points. Parsed by `ruleset_documents.parse_ruleset`, immutable, pinned by `content_hash`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from evaluation.domain.clocks import Clock, RoundRule
from evaluation.domain.faults import UnknownRulesetError


class FloorEffect(StrEnum):
    """What a missed star floor does: lower the star, be reported only, or nothing at all."""

    CAP = "cap"
    ADVISE = "advise"
    NONE = "none"


class BetweenBands(StrEnum):
    """Which band takes a mean that the printed bands leave out."""

    LOWER = "lower"
    UPPER = "upper"


@dataclass(frozen=True, slots=True)
class Band:
    """The means that rank at a star, and what follows: whether and by whom such a star is recognised."""

    star: int
    low: Fraction
    low_inclusive: bool
    high: Fraction
    high_inclusive: bool
    recognised: bool
    recognised_by: str | None
    certificate: bool

    def holds(self, mean: Fraction) -> bool:
        """Whether the exact mean lies in this band."""
        above = mean >= self.low if self.low_inclusive else mean > self.low
        below = mean <= self.high if self.high_inclusive else mean < self.high
        return above and below


@dataclass(frozen=True, slots=True)
class Level:
    """A tier of the process; `scores` is false for one that only reports (the commune)."""

    code: str
    scores: bool


class CouncilMode(StrEnum):
    """How a council works on a kind of dossier (`council_mode` of the ruleset; 26/2026 Art. 7.6.d for renewals)."""

    MEETING = "meeting"
    WRITTEN = "written opinion, meeting on disagreement"


@dataclass(frozen=True, slots=True)
class Approval:
    """The decision by which `by` approves a result before it goes up; asked of dossiers of these kinds."""

    by: str
    dossier_kinds: frozenset[str]
    ref: str | None


@dataclass(frozen=True, slots=True)
class Forwarding:
    """A dossier goes from one level up to another when the mean is at least `threshold`; None: always.

    `approval` is the decision that must come first, None where the text asks for none.
    """

    from_level: str
    to_level: str
    threshold: Fraction | None
    approval: Approval | None = None


class LoweredOption(StrEnum):
    """What the level below may do with a result that the level above lowered to its stars."""

    RECOGNISE = "recognise"
    EVALUATE_AGAIN = "evaluate_again"


@dataclass(frozen=True, slots=True)
class LoweredResult:
    """The choices where an upper level's result falls to a lower level's stars, and the article."""

    options: frozenset[LoweredOption]
    ref: str | None


@dataclass(frozen=True, slots=True)
class SampleRule:
    """How many sample products a dossier brings, and the sheets (by number) that bring none."""

    count: int
    except_set_nos: frozenset[int]
    ref: str | None

    def due(self, set_no: int) -> int:
        """Samples due with a dossier judged by sheet `set_no`."""
        return 0 if set_no in self.except_set_nos else self.count


@dataclass(frozen=True, slots=True)
class RevocationCause:
    """One lettered cause of revocation; a wording is None where the source lacks it in that language."""

    code: str
    text_vi: str | None
    text_en: str | None


@dataclass(frozen=True, slots=True)
class Revocation:
    """Why a recognition may be revoked and who revokes which star."""

    causes: tuple[RevocationCause, ...]
    revoked_by: Mapping[int, str]
    ref: str | None


@dataclass(frozen=True, slots=True)
class Transition:
    """Dossiers of these kinds filed before the day stay on ruleset `use`, to be finished by `finish_by`."""

    filed_before: date
    dossier_kinds: frozenset[str]
    use: str
    finish_by: date


@dataclass(frozen=True, slots=True)
class DossierItem:
    """One thing a dossier must hold; `code` says which part of it, `fields` the fields of a form that are
    asked for, `optional` those that the form has beside them.
    """

    code: str
    text_vi: str
    text_en: str
    fields: tuple[str, ...]
    ref: str | None
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegistrationSlip:
    """How a unit numbers the registration slips it receives (Form 01): `{seq}`, `{province}`, `{commune}`, `{year}`."""

    pattern: str
    ref: str | None


@dataclass(frozen=True, slots=True)
class EndedLevel:
    """A tier abolished while dossiers wait at it: from the day after `last_day` they wait at `to`.

    `bodies`: which body signs in place of one of that tier. `last_day` is inclusive.
    """

    level: str
    last_day: date
    to: str
    bodies: Mapping[str, str]
    ref: str


@dataclass(frozen=True, slots=True)
class Ruleset:
    """One version of the rules. `bands` run from the highest star down, `levels` from the lowest tier up.

    `sources` names the legal source of each scoring rule (Vietnamese); `sheet_codes` the sheets that belong
    to it (empty: not stated); `dossier_contents` what a dossier of each kind must hold; `base_id` is the
    ruleset an amended one derives from, else its own id.
    """

    id: str
    base_id: str
    decision: str
    effective_from: date
    effective_to: date | None
    parts: Mapping[str, int]
    bands: tuple[Band, ...]
    between_bands: BetweenBands | None
    aggregate: str
    floor_effect: FloorEffect
    levels: tuple[Level, ...]
    forward: tuple[Forwarding, ...]
    clocks: tuple[Clock, ...]
    rounds: tuple[RoundRule, ...]
    certificate_months: int
    product_code_pattern: str
    samples: SampleRule | None
    commune_report_items: tuple[str, ...]
    dossier_kinds: tuple[str, ...]
    dossier_contents: Mapping[str, tuple[DossierItem, ...]]
    council_modes: Mapping[str, CouncilMode]
    revocation: Revocation | None
    lowered_result: LoweredResult
    transitions: tuple[Transition, ...]
    sheet_codes: tuple[str, ...]
    sources: Mapping[str, str]
    content_hash: str
    registration_slip: RegistrationSlip | None = None
    ended_levels: tuple[EndedLevel, ...] = ()

    @property
    def total(self) -> int:
        """The highest total: the sum of the parts."""
        return sum(self.parts.values())

    def source(self, rule: str) -> str:
        """The legal source of a scoring rule, the Decision itself where no article is known."""
        return self.sources.get(rule, self.decision)

    @property
    def first_level(self) -> Level:
        """The tier a dossier is filed at."""
        return self.levels[0]

    @property
    def first_scoring_level(self) -> Level:
        """The lowest tier that scores."""
        return next(level for level in self.levels if level.scores)

    def ended_level(self, level: str, on: date) -> EndedLevel | None:
        """What took the place of a tier that no longer exists on this day; None while it stands."""
        return next((ended for ended in self.ended_levels if ended.level == level and on > ended.last_day), None)

    def standing_level(self, level: str, on: date) -> str:
        """The tier itself, or the one that took its place."""
        ended = self.ended_level(level, on)
        return level if ended is None else ended.to

    def standing_body(self, body: str, on: date) -> str:
        """The body itself, or the one that signs in its place since its tier was abolished."""
        for ended in self.ended_levels:
            if on > ended.last_day:
                body = ended.bodies.get(body, body)
        return body

    def clock(self, clock_id: str) -> Clock | None:
        """The clock of this name, None where this version of the law has none."""
        return next((clock for clock in self.clocks if clock.id == clock_id), None)


def find_band(ruleset: Ruleset, mean: Fraction) -> tuple[Band, bool]:
    """The band of an exact mean between 0 and the total, and whether it was found *between* two printed
    bands.
    """
    for band in ruleset.bands:
        if band.holds(mean):
            return band, False
    above = [band for band in ruleset.bands if band.low >= mean]
    below = [band for band in ruleset.bands if band.high <= mean]
    return (above[-1] if ruleset.between_bands is BetweenBands.UPPER else below[0]), True


def approval_needed(ruleset: Ruleset, from_level: str, to_level: str, kind: str) -> Approval | None:
    """The decision a result of this kind of dossier needs before it goes up, None where none is asked for."""
    for rule in ruleset.forward:
        if rule.from_level == from_level and rule.to_level == to_level and rule.approval is not None:
            return rule.approval if kind in rule.approval.dossier_kinds else None
    return None


def level_below(ruleset: Ruleset, level: str) -> str | None:
    """The scoring level that sends its results up to `level`."""
    scoring = {one.code for one in ruleset.levels if one.scores}
    below = (rule.from_level for rule in ruleset.forward if rule.to_level == level)
    return next((one for one in below if one in scoring), None)


def forwarding(ruleset: Ruleset, level: str, mean: Fraction | None) -> str | None:
    """The next level a dossier goes to from `level` with this exact mean, or None.

    A level that gives no points passes None as mean: only an unconditional rule then applies.
    """
    for rule in ruleset.forward:
        if rule.from_level != level:
            continue
        if rule.threshold is None or (mean is not None and mean >= rule.threshold):
            return rule.to_level
    return None


def recognised_by(ruleset: Ruleset, star: int) -> str | None:
    """Who recognises a product of this star, None where no decision follows."""
    return next((band.recognised_by for band in ruleset.bands if band.star == star), None)


def select_ruleset(rulesets: Iterable[Ruleset], filed_on: date, dossier_kind: str) -> Ruleset:
    """The ruleset that governs a dossier of this kind filed on this day, to its end (the filing date freezes
    it).

    The newest ruleset in force on the day stands, unless one of its own transitions keeps the dossier on an
    older one. Raises UnknownRulesetError where none was in force or the kind is not one the ruleset knows.
    """
    known = {ruleset.id: ruleset for ruleset in rulesets}
    started = [ruleset for ruleset in known.values() if ruleset.effective_from <= filed_on]
    if not started:
        raise UnknownRulesetError(f"no ruleset was in force on {filed_on.isoformat()}")
    newest = max(started, key=lambda ruleset: ruleset.effective_from)
    if newest.effective_to is not None and filed_on > newest.effective_to:
        raise UnknownRulesetError(f"no ruleset was in force on {filed_on.isoformat()}")
    chosen = newest
    for transition in newest.transitions:
        if filed_on < transition.filed_before and dossier_kind in transition.dossier_kinds:
            if transition.use not in known:
                raise UnknownRulesetError(f"{newest.id} keeps the dossier on {transition.use}, which is not loaded")
            chosen = known[transition.use]
    if chosen.dossier_kinds and dossier_kind not in chosen.dossier_kinds:
        raise UnknownRulesetError(f"{chosen.id} knows no dossier of kind {dossier_kind!r}")
    return chosen


def finish_by(rulesets: Iterable[Ruleset], governing: Ruleset, filed_on: date, dossier_kind: str) -> date | None:
    """The last day to finish a dossier still on an older ruleset, as a newer ruleset's transition sets it."""
    for newer in rulesets:
        for transition in newer.transitions:
            same_law = transition.use == governing.id or transition.use.startswith(f"{governing.base_id}+")
            if same_law and filed_on < transition.filed_before and dossier_kind in transition.dossier_kinds:
                return transition.finish_by
    return None
