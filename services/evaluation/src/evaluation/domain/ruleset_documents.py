"""From a JSON document (`ocop-ruleset/1`) to a Ruleset, every fault listed with its path."""

import re
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from evaluation.domain.amendments import amended_documents
from evaluation.domain.clocks import Clock, ClockSide, ClockUnit, MonthDay, RoundRule
from evaluation.domain.documents import Faults, Node, content_hash
from evaluation.domain.dossier_forms import FORMS
from evaluation.domain.product_codes import code_segments
from evaluation.domain.rulesets import (
    Approval,
    Band,
    BetweenBands,
    CouncilMode,
    DossierItem,
    EndedLevel,
    FloorEffect,
    Forwarding,
    Level,
    LoweredOption,
    LoweredResult,
    RegistrationSlip,
    Revocation,
    RevocationCause,
    Ruleset,
    SampleRule,
    Transition,
)

SCHEMA = "ocop-ruleset/1"
REPORT_SUFFIX = "_report"
SLIP_SEGMENTS = frozenset({"seq", "province", "commune", "year"})
DOSSIER_PARTS = (*FORMS, "self_score", "changes")
BAND_FIELDS = frozenset(
    {
        "star",
        "min",
        "min_inclusive",
        "max",
        "max_inclusive",
        "recognised",
        "recognised_by",
        "certificate",
        "note",
    }
)
WHEN = re.compile(r"mean >= (\d+(?:\.\d+)?)")
MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")
DAYS_IN_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def parse_ruleset(document: Mapping[str, Any]) -> Ruleset:
    """The ruleset as the Decision stood before any amendment; it ends the day before its first amendment
    begins.

    Raises DocumentError with all faults.
    """
    return parse_rulesets(document)[0]


def parse_rulesets(document: Mapping[str, Any]) -> tuple[Ruleset, ...]:
    """The ruleset and one derived ruleset per amendment in `amended_by`, oldest first; their periods do not
    overlap.

    Raises DocumentError with all faults.
    """
    faults = Faults()
    documents = amended_documents(Node(document, "", faults))
    faults.refuse()
    parsed = [_read(version, base_id=str(documents[0].get("id"))) for version in documents]
    return tuple(parsed)


def _read(document: Mapping[str, Any], base_id: str) -> Ruleset:
    faults = Faults()
    node = Node(document, "", faults)
    node.choice("schema", [SCHEMA])
    levels = _levels(node)
    parts = {name: node.node("parts").whole(name, least=1) for name in node.node("parts").fields}
    if not parts:
        node.fault("parts", "missing", "thiếu các phần", "the parts are missing")
    bands = _bands(node, sum(parts.values()))
    ruleset = Ruleset(
        id=node.text("id"),
        base_id=base_id,
        decision=node.text("decision"),
        effective_from=node.day("effective_from"),
        effective_to=node.day_or_none("effective_to"),
        parts=parts,
        bands=bands,
        between_bands=BetweenBands(node.choice("between_bands", list(BetweenBands)))
        if node.has("between_bands")
        else None,
        aggregate=_aggregate(node),
        floor_effect=FloorEffect(node.node("star_floors").choice("effect", list(FloorEffect))),
        levels=levels,
        forward=_forward(node, [level.code for level in levels]),
        clocks=_clocks(node),
        rounds=_rounds(node, [level.code for level in levels]),
        certificate_months=node.node("certificate").whole("months", least=1),
        product_code_pattern=_pattern(node),
        samples=_samples(node),
        commune_report_items=node.texts("commune_report_items"),
        dossier_kinds=node.texts("dossier_types"),
        dossier_contents=_contents(node),
        council_modes=_council_modes(node),
        revocation=_revocation(node),
        lowered_result=_lowered_result(node),
        transitions=tuple(_transition(entry) for entry in node.nodes("transition")),
        sheet_codes=node.texts("sheet_codes"),
        sources=node.text_map("sources"),
        content_hash=content_hash(document) if not faults else "",
        registration_slip=_slip(node),
        ended_levels=_ended_levels(node, [level.code for level in levels]),
    )
    if ruleset.effective_to is not None and ruleset.effective_to < ruleset.effective_from:
        node.fault("effective_to", "order", "sớm hơn ngày bắt đầu", "is before effective_from")
    faults.refuse()
    return ruleset


def _aggregate(node: Node) -> str:
    if not node.has("aggregate"):
        return "mean"
    aggregate = node.node("aggregate")
    if aggregate.has("rounding"):
        aggregate.fault(
            "rounding",
            "not_supported",
            "xếp hạng dùng trung bình chính xác, không làm tròn",
            "ranking is exact",
        )
    return aggregate.choice("method", ["mean"])


def _levels(node: Node) -> tuple[Level, ...]:
    """Levels in order; the format writes a tier that reports without scoring as `<level>_report`."""
    names = node.texts("levels")
    levels = tuple(Level(name.removesuffix(REPORT_SUFFIX), not name.endswith(REPORT_SUFFIX)) for name in names)
    if not any(level.scores for level in levels):
        node.fault("levels", "missing", "phải có ít nhất một cấp chấm điểm", "at least one level must score")
    if len({level.code for level in levels}) != len(levels):
        node.fault("levels", "not_unique", "có cấp bị lặp", "a level is named twice")
    return levels


def _bands(node: Node, total: int) -> tuple[Band, ...]:
    bands = tuple(_band(entry) for entry in node.nodes("bands"))
    bands = tuple(sorted(bands, key=lambda band: -band.star))
    if not bands:
        node.fault("bands", "missing", "thiếu các khoảng điểm", "the bands are missing")
        return bands
    if len({band.star for band in bands}) != len(bands):
        node.fault("bands", "not_unique", "một hạng sao có hai khoảng", "a star has two bands")
    if bands[0].high != total or not bands[0].high_inclusive:
        node.fault("bands", "gap", f"khoảng cao nhất phải tới {total}", f"the highest band must reach {total}")
    if bands[-1].low != 0 or not bands[-1].low_inclusive:
        node.fault("bands", "gap", "khoảng thấp nhất phải từ 0", "the lowest band must start at 0")
    for upper, lower in pairwise(bands):
        _check_neighbours(node, upper, lower)
    return bands


def _band(entry: Node) -> Band:
    entry.only(BAND_FIELDS)
    recognised_by = entry.text_or_none("recognised_by")
    recognised = entry.flag("recognised", default=recognised_by is not None)
    band = Band(
        star=entry.whole("star", least=1),
        low=Fraction(entry.whole("min")),
        low_inclusive=entry.flag("min_inclusive", default=True),
        high=Fraction(entry.whole("max")),
        high_inclusive=entry.flag("max_inclusive", default=True),
        recognised=recognised,
        recognised_by=recognised_by,
        certificate=entry.flag("certificate", default=recognised),
    )
    if band.low > band.high:
        entry.fault("min", "order", "lớn hơn max", "is greater than max")
    if recognised and recognised_by is None:
        entry.fault("recognised_by", "missing", "thiếu người công nhận", "who recognises this star is missing")
    return band


def _check_neighbours(node: Node, upper: Band, lower: Band) -> None:
    stars = f"{lower.star}–{upper.star}"
    both = upper.low_inclusive and lower.high_inclusive
    if lower.high > upper.low or (lower.high == upper.low and both):
        node.fault("bands", "overlap", f"khoảng {stars} sao chồng lên nhau", f"bands {stars} overlap")
    neither = not upper.low_inclusive and not lower.high_inclusive
    gap = lower.high < upper.low or (lower.high == upper.low and neither)
    if gap and not node.has("between_bands"):
        node.fault(
            "bands",
            "gap",
            f"khoảng {stars} sao hở mà không có between_bands",
            f"bands {stars} leave a gap and between_bands is not set",
        )


def _forward(node: Node, levels: list[str]) -> tuple[Forwarding, ...]:
    rules = []
    for entry in node.nodes("forward"):
        from_level, to_level, when = entry.text("from"), entry.text("to"), entry.text("when")
        for key, level in (("from", from_level), ("to", to_level)):
            if level not in levels:
                entry.fault(key, "unknown_level", f"không có cấp {level!r}", f"there is no level {level!r}")
        if {from_level, to_level} <= set(levels) and levels.index(from_level) >= levels.index(to_level):
            entry.fault("to", "order", "phải là cấp cao hơn", "must be a higher level")
        condition = WHEN.fullmatch(when)
        if condition is None and when != "always":
            entry.fault("when", "not_allowed", 'phải là "always" hoặc "mean >= số"', 'must be "always" or "mean >= n"')
        threshold = Fraction(condition[1]) if condition else None
        rules.append(Forwarding(from_level, to_level, threshold, _approval(entry)))
    return tuple(rules)


def _approval(entry: Node) -> Approval | None:
    if not entry.has("approval"):
        return None
    approval = entry.node("approval")
    return Approval(approval.text("by"), frozenset(approval.texts("types")), approval.text_or_none("ref"))


def _lowered_result(node: Node) -> LoweredResult:
    """What the level below may do with a result lowered above it; recognising it where the document is silent."""
    if not node.has("lowered_result"):
        return LoweredResult(frozenset({LoweredOption.RECOGNISE}), None)
    lowered = node.node("lowered_result")
    options = frozenset(lowered.texts("options"))
    for option in options - set(LoweredOption):
        lowered.fault("options", "not_allowed", f"không có lựa chọn {option!r}", f"there is no option {option!r}")
    known = frozenset(LoweredOption(option) for option in options & set(LoweredOption))
    return LoweredResult(known, lowered.text_or_none("ref"))


def _clocks(node: Node) -> tuple[Clock, ...]:
    clocks = []
    for entry in node.nodes("clocks"):
        sides = [side for side in ClockSide if entry.has(side)]
        if len(sides) != 1:
            entry.fault("", "not_allowed", "phải có đúng một trong from, before", "needs exactly one of from, before")
        side = sides[0] if sides else ClockSide.FROM
        clocks.append(
            Clock(
                id=entry.text("id"),
                length=entry.whole("length", least=1),
                unit=ClockUnit(entry.choice("unit", list(ClockUnit))),
                side=side,
                event=entry.text(side),
                ref=entry.text_or_none("ref"),
                owner=entry.text_or_none("owner"),
            )
        )
    if len({clock.id for clock in clocks}) != len(clocks):
        node.fault("clocks", "not_unique", "có thời hạn bị lặp id", "a clock id is used twice")
    return tuple(clocks)


def _rounds(node: Node, levels: list[str]) -> tuple[RoundRule, ...]:
    rounds = node.node("rounds")
    found: list[RoundRule] = []
    for key, value in rounds.fields.items():
        if not isinstance(value, list):
            continue  # "extra", "ref": words about the rounds, not rounds
        if key not in levels:
            rounds.fault(key, "unknown_level", f"không có cấp {key!r}", f"there is no level {key!r}")
        found += [
            RoundRule(key, _month_day(entry, "proposed_before"), _month_day(entry, "held_before"))
            for entry in rounds.nodes(key)
        ]
    return tuple(found)


def _month_day(entry: Node, key: str) -> MonthDay:
    match = MONTH_DAY.fullmatch(entry.text(key))
    if match:
        month, day = int(match[1]), int(match[2])
        if 1 <= month <= len(DAYS_IN_MONTH) and 1 <= day <= DAYS_IN_MONTH[month - 1]:
            return MonthDay(month, day)
    entry.fault(key, "type", "phải là ngày dạng MM-DD có trong mọi năm", "must be MM-DD, a day of every year")
    return MonthDay(1, 1)


def _pattern(node: Node) -> str:
    pattern = node.node("product_code").text("pattern")
    if pattern and not code_segments(pattern):
        node.fault("product_code.pattern", "not_allowed", "không có thành phần {…}", "has no {…} segment")
    return pattern


def _slip(node: Node) -> RegistrationSlip | None:
    if not node.has("registration_slip"):
        return None
    slip = node.node("registration_slip")
    pattern = slip.text("pattern")
    named = set(re.findall(r"\{([^{}]*)\}", pattern))
    if not named <= SLIP_SEGMENTS or not {"seq", "year"} <= named:
        slip.fault(
            "pattern",
            "not_allowed",
            "cần {seq} và {year}; ngoài ra chỉ có {province}, {commune}",
            "needs {seq} and {year}; besides them only {province}, {commune}",
        )
    return RegistrationSlip(pattern, slip.text_or_none("ref"))


def _ended_levels(node: Node, levels: list[str]) -> tuple[EndedLevel, ...]:
    ended = []
    for entry in node.nodes("ended_levels"):
        to = entry.text("to")
        if to not in levels or entry.fields.get("level") == to:
            entry.fault("to", "unknown_level", f"không có cấp {to!r} để thay", f"there is no level {to!r} to take over")
        ended.append(
            EndedLevel(
                entry.text("level"), entry.day("last_day"), to, entry.text_map("recognised_by"), entry.text("ref")
            )
        )
    return tuple(ended)


def _samples(node: Node) -> SampleRule | None:
    if not node.has("samples"):
        return None
    samples = node.node("samples")
    excepted = samples.values("except_set_no")
    numbers = frozenset(number for number in excepted if isinstance(number, int) and not isinstance(number, bool))
    if len(numbers) != len(excepted):
        samples.fault("except_set_no", "type", "phải là các số bộ tiêu chí", "must be numbers of sheets")
    return SampleRule(samples.whole("count"), numbers, samples.text_or_none("ref"))


def _contents(node: Node) -> dict[str, tuple[DossierItem, ...]]:
    contents = node.node("dossier_contents")
    return {kind: tuple(_item(entry) for entry in contents.nodes(kind)) for kind in contents.fields}


def _item(entry: Node) -> DossierItem:
    code = entry.choice("code", DOSSIER_PARTS)
    known = FORMS.get(code, {})
    for key in ("fields", "optional"):
        for name in entry.texts(key):
            if name not in known:
                entry.fault(key, "unknown_field", f"không có trường {name!r}", f"there is no field {name!r}")
    return DossierItem(
        code=code,
        text_vi=entry.text("text_vi"),
        text_en=entry.text("text_en"),
        fields=entry.texts("fields"),
        ref=entry.text_or_none("ref"),
        optional=entry.texts("optional"),
    )


def _revocation(node: Node) -> Revocation | None:
    if not node.has("revocation"):
        return None
    revocation = node.node("revocation")
    causes = []
    for i, value in enumerate(revocation.values("causes")):
        if isinstance(value, str) and " " in value:  # the short form: "<letter> <English text>"
            code, text = value.split(" ", 1)
            causes.append(RevocationCause(code, None, text))
        else:
            entry = Node(value, f"{revocation.at('causes')}[{i}]", node.faults)
            causes.append(RevocationCause(entry.text("code"), entry.text("text_vi"), entry.text("text_en")))
    by = revocation.star_map("by")
    for star, authority in by.items():
        if not isinstance(authority, str):
            revocation.fault(f"by.{star}", "type", "phải là văn bản", "must be a text")
    return Revocation(tuple(causes), by, revocation.text_or_none("ref"))


def _transition(entry: Node) -> Transition:
    return Transition(
        filed_before=entry.day("filed_before"),
        dossier_kinds=frozenset(entry.texts("types")),
        use=entry.text("use"),
        finish_by=entry.day("finish_by"),
    )


def _council_modes(node: Node) -> dict[str, CouncilMode]:
    modes = node.node("council_mode")
    return {kind: CouncilMode(modes.choice(kind, list(CouncilMode))) for kind in modes.fields}
