"""Is a dossier complete? Everything missing is listed at once (26/2026 Art. 6, 7.1)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from evaluation.domain.choices import read_part_totals, read_self_score
from evaluation.domain.documents import Faults
from evaluation.domain.dossier_forms import FORMS, REGISTRATION, field_path, is_empty
from evaluation.domain.evidence_guidance import Weight, papers
from evaluation.domain.faults import Fault, quoted
from evaluation.domain.rulesets import DossierItem, Ruleset
from evaluation.domain.sheets import Sheet

NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Attachment:
    """A paper of the dossier, as completeness sees it."""

    name: str
    criteria: Collection[str]
    expires_on: date | None


@dataclass(slots=True)
class Completeness:
    """What is missing (blocks filing) and what is only pointed out. `path` is the field, `code` stable for programs."""

    missing: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether the dossier may be filed."""
        return not self.missing


def check_completeness(
    ruleset: Ruleset,
    sheet: Sheet,
    kind: str,
    form: Mapping[str, Any],
    self_score: Mapping[str, Any],
    attachments: Sequence[Attachment],
    today: date,
    self_assessment: Mapping[str, Any] = NOTHING,
) -> Completeness:
    """Hold a dossier against what the ruleset asks of its kind, the sheet's criteria and the evidence guidance.

    `self_assessment`: the sections of Form 02 beside the self-score.
    """
    found = Completeness()
    for item in ruleset.dossier_contents.get(kind, ()):
        if item.code == "self_score":
            points = _check_self_score(found, sheet, self_score, item)
            _check_evidence(found, sheet, points, attachments, today)
        elif item.code == "changes":
            _require(found, REGISTRATION, form, "changes", item)
        else:
            values = form if item.code == REGISTRATION else self_assessment.get(item.code, NOTHING)
            for name in item.fields:
                _require(found, item.code, values, name, item)
    _check_samples(found, ruleset, sheet, form)
    return found


def _require(found: Completeness, section: str, values: Mapping[str, Any], name: str, item: DossierItem) -> None:
    if is_empty(values.get(name)):
        one = FORMS[section][name]
        found.missing.append(
            Fault(
                field_path(section, name),
                "field_missing",
                f"{item.text_vi}: thiếu {one.vi}",
                f"{item.text_en}: {one.en} is missing",
            )
        )


def _check_samples(found: Completeness, ruleset: Ruleset, sheet: Sheet, form: Mapping[str, Any]) -> None:
    due = ruleset.samples.due(sheet.set_no) if ruleset.samples else 0
    given = form.get("samples")
    if isinstance(given, int) and given < due:
        found.missing.append(
            Fault(
                "registration_form.samples",
                "too_few_samples",
                f"cần {due} sản phẩm mẫu, mới có {given}",
                f"{due} samples are due, {given} are given",
            )
        )


def _check_self_score(
    found: Completeness, sheet: Sheet, self_score: Mapping[str, Any], item: DossierItem
) -> Mapping[str, int]:
    """Points by criterion of what was answered; faults of the answers and every criterion not answered."""
    faults = Faults()
    if sheet.recorded_only:
        totals = self_score.get("part_totals", {})
        read_part_totals(sheet, totals, "self_score.part_totals", faults)
        for part in sheet.parts:
            if part.code not in totals:
                faults.add(
                    quoted("self_score.part_totals", part.code),
                    "part_not_scored",
                    f"{item.text_vi}: chưa có tổng điểm phần {part.code}",
                    f"{item.text_en}: part {part.code} has no total",
                )
        found.missing += faults
        return {}
    choices = self_score.get("choices", {})
    points = read_self_score(sheet, choices, "self_score.choices", faults)
    for criterion in sheet.criteria:
        if criterion.code not in choices:
            faults.add(
                quoted("self_score.choices", criterion.code),
                "criterion_not_scored",
                f"chưa tự chấm tiêu chí {criterion.code} ({criterion.title_vi})",
                f"criterion {criterion.code} is not self-scored",
            )
    found.missing += faults
    return points


def _check_evidence(
    found: Completeness, sheet: Sheet, points: Mapping[str, int], attachments: Sequence[Attachment], today: date
) -> None:
    live = {code for a in attachments if a.expires_on is None or a.expires_on >= today for code in a.criteria}
    for criterion in sheet.criteria:
        if points.get(criterion.code, 0) <= 0 or criterion.code in live:
            continue
        for paper in papers():
            if paper.serves(sheet, criterion):
                target = found.missing if paper.weight is Weight.HARD else found.warnings
                target.append(
                    Fault(
                        quoted("evidence", criterion.code),
                        f"evidence_missing:{paper.code}",
                        f"tiêu chí {criterion.code} tự chấm {points[criterion.code]} điểm nhưng chưa có: {paper.vi}",
                        f"criterion {criterion.code} claims {points[criterion.code]} points without: {paper.en}",
                    )
                )
    for attachment in attachments:
        if attachment.expires_on is not None and attachment.expires_on < today:
            found.warnings.append(
                Fault(
                    "evidence",
                    "evidence_expired",
                    f"giấy tờ “{attachment.name}” hết hạn ngày {attachment.expires_on:%d/%m/%Y}",
                    f"paper '{attachment.name}' expired on {attachment.expires_on:%Y-%m-%d}",
                )
            )
