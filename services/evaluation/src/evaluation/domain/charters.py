"""Council charters (quy chế hoạt động của Hội đồng): what the Decision leaves to the council, as data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from evaluation.domain.documents import Faults, Node, content_hash
from shared.contracts.roles import Level

SCHEMA = "ocop-charter/1"
MOST_DECIMALS = 6


class FloorTest(StrEnum):
    """How a star floor is tested when members tick differently.

    AGREED: the council agrees one option for each criterion with a floor. MEAN: the mean of the members'
    points. EVERY: each member's points.
    """

    AGREED = "agreed"
    MEAN = "mean"
    EVERY = "every"


class ConflictRule(StrEnum):
    """What a declared conflict of interest does: the member leaves scoring and quorum, or it is only written
    down.
    """

    EXCLUDED = "excluded"
    RECORDED = "recorded"


class Distance(StrEnum):
    """How far a member's total is from the mean: in points, or in standard deviations of the totals on the dossier."""

    POINTS = "points"
    Z = "z"


@dataclass(frozen=True, slots=True)
class FarFromMean:
    """From where on a member's total is told to the chair as far from the mean; for statistics only."""

    measure: Distance
    limit: Fraction


@dataclass(frozen=True, slots=True)
class Charter:
    """One version of a council's charter.

    `quorum` is the least share of members present; `divergence_limit` the most points by which members'
    totals may differ (None: no limit); `decimals_shown` is for display only, ranking is never rounded.
    `decision_share` is the least share of the members present who must agree to a decision of the council (None: votes
    are not asked for). `far_from_mean` None: nobody is told as far from the mean.
    `sources` says for each setting where it comes from.
    """

    id: str
    name_vi: str
    name_en: str | None
    effective_from: date
    effective_to: date | None
    min_members: int
    max_members: int | None
    quorum: Fraction
    chair_required: bool
    divergence_limit: int | None
    floor_test: FloorTest
    conflict_rule: ConflictRule
    decimals_shown: int
    extra_rounds: bool
    decision_share: Fraction | None
    far_from_mean: FarFromMean | None
    sources: Mapping[str, str]
    content_hash: str
    experts_vote: bool = True
    """Whether an expert invited from outside the named bodies may be a member with a vote."""
    advice_points: bool = False
    """Whether the advisory team's report may propose points."""
    level: str | None = None
    unit_code: str | None = None
    """Whose council it governs (`council_of`); None of both: any council may take it."""

    def source(self, setting: str) -> str:
        """Where a setting comes from; the charter's own name where it does not say."""
        return self.sources.get(setting, self.name_vi)

    def with_floor_test(self, floor_test: FloorTest) -> "Charter":
        """This charter with another floor test, for previews; the hash stays that of the document."""
        return replace(self, floor_test=floor_test)

    def quorum_met(self, members: int, present: int, *, chair_present: bool) -> bool:
        """Whether a council of `members` may sit with `present` of them."""
        return Fraction(present) >= self.quorum * members and (chair_present or not self.chair_required)

    def decides(self, votes_for: int | None, votes_against: int | None) -> bool:
        """Whether the votes of the members present carry a decision."""
        if self.decision_share is None:
            return True
        if votes_for is None or votes_against is None:
            return False
        return votes_for > 0 and votes_for >= self.decision_share * (votes_for + votes_against)

    def diverges(self, totals: Iterable[int]) -> bool:
        """Whether members' totals differ by more than the limit, so that they discuss and score again."""
        known = list(totals)
        return self.divergence_limit is not None and bool(known) and max(known) - min(known) > self.divergence_limit


def parse_charter(document: Mapping[str, Any]) -> Charter:
    """The charter of a document (`ocop-charter/1`). Raises DocumentError with all faults."""
    faults = Faults()
    node = Node(document, "", faults)
    node.choice("schema", [SCHEMA])
    council = node.node("council")
    min_members = council.whole("min_members", least=1)
    max_members = council.whole_or_none("max_members", least=1)
    if max_members is not None and max_members < min_members:
        council.fault("max_members", "order", "nhỏ hơn min_members", "is less than min_members")
    quorum = node.node("quorum")
    quorum_share = _share(quorum)
    if node.has("rounding"):
        node.fault("rounding", "not_supported", "xếp hạng dùng trung bình chính xác", "ranking is exact")
    decimals = node.whole("decimals_shown")
    if decimals > MOST_DECIMALS:
        node.fault("decimals_shown", "not_allowed", f"nhiều nhất {MOST_DECIMALS}", f"at most {MOST_DECIMALS}")
    charter = Charter(
        id=node.text("id"),
        name_vi=node.text("name_vi"),
        name_en=node.text_or_none("name_en"),
        effective_from=node.day("effective_from"),
        effective_to=node.day_or_none("effective_to"),
        min_members=min_members,
        max_members=max_members,
        quorum=quorum_share,
        chair_required=quorum.flag("chair_required"),
        divergence_limit=node.whole_or_none("divergence_limit"),
        floor_test=FloorTest(node.choice("floor_test", list(FloorTest))),
        conflict_rule=ConflictRule(node.choice("conflict_rule", list(ConflictRule))),
        decimals_shown=decimals,
        extra_rounds=node.flag("extra_rounds", default=False),
        decision_share=_share(node.node("decision_share")) if node.has("decision_share") else None,
        far_from_mean=_far_from_mean(node.node("far_from_mean")) if node.has("far_from_mean") else None,
        sources=node.text_map("sources"),
        content_hash=content_hash(document) if not faults else "",
        experts_vote=node.flag("experts_vote", default=True),
        advice_points=node.flag("advice_points", default=False),
        level=node.node("council_of").choice("level", list(Level)) if node.has("council_of") else None,
        unit_code=node.node("council_of").text("unit_code") if node.has("council_of") else None,
    )
    if charter.effective_to is not None and charter.effective_to < charter.effective_from:
        node.fault("effective_to", "order", "sớm hơn ngày bắt đầu", "is before effective_from")
    faults.refuse()
    return charter


def _share(node: Node) -> Fraction:
    """A share of up to 1, as numerator and denominator."""
    numerator, denominator = node.whole("numerator", least=1), node.whole("denominator", least=1)
    if numerator > denominator:
        node.fault("numerator", "order", "lớn hơn denominator", "is greater than denominator")
    return Fraction(numerator, denominator)


def _far_from_mean(node: Node) -> FarFromMean:
    measure = Distance(node.choice("measure", list(Distance)))
    return FarFromMean(measure, Fraction(node.whole("numerator", least=1), node.whole("denominator", least=1)))
