"""Council charters (quy chế hoạt động của Hội đồng): what the Decision leaves to the council, as data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from evaluation.domain.documents import Faults, Node, content_hash

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


@dataclass(frozen=True, slots=True)
class Charter:
    """One version of a council's charter.

    `quorum` is the least share of members present; `divergence_limit` the most points by which members'
    totals may differ (None: no limit); `decimals_shown` is for display only, ranking is never rounded.
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
    sources: Mapping[str, str]
    content_hash: str
    experts_vote: bool = True
    """Whether an expert invited from outside the named bodies may be a member with a vote."""
    advice_points: bool = False
    """Whether the advisory team's report may propose points."""

    def source(self, setting: str) -> str:
        """Where a setting comes from; the charter's own name where it does not say."""
        return self.sources.get(setting, self.name_vi)

    def with_floor_test(self, floor_test: FloorTest) -> "Charter":
        """This charter with another floor test, for previews; the hash stays that of the document."""
        return replace(self, floor_test=floor_test)

    def quorum_met(self, members: int, present: int, *, chair_present: bool) -> bool:
        """Whether a council of `members` may sit with `present` of them."""
        return Fraction(present) >= self.quorum * members and (chair_present or not self.chair_required)

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
    numerator, denominator = quorum.whole("numerator", least=1), quorum.whole("denominator", least=1)
    if numerator > denominator:
        quorum.fault("numerator", "order", "lớn hơn denominator", "is greater than denominator")
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
        quorum=Fraction(numerator, denominator),
        chair_required=quorum.flag("chair_required"),
        divergence_limit=node.whole_or_none("divergence_limit"),
        floor_test=FloorTest(node.choice("floor_test", list(FloorTest))),
        conflict_rule=ConflictRule(node.choice("conflict_rule", list(ConflictRule))),
        decimals_shown=decimals,
        extra_rounds=node.flag("extra_rounds", default=False),
        sources=node.text_map("sources"),
        content_hash=content_hash(document) if not faults else "",
        experts_vote=node.flag("experts_vote", default=True),
        advice_points=node.flag("advice_points", default=False),
    )
    faults.refuse()
    return charter
