"""The commune's step: report on the ruleset's items, with what its meeting said, and send the dossier up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from evaluation.domain.access import require_unit
from evaluation.domain.documents import Faults
from evaluation.domain.dossier_states import Step, next_state, possible_steps
from evaluation.domain.errors import invalid
from evaluation.domain.faults import ScoreError
from evaluation.domain.rulesets import Ruleset, forwarding
from evaluation.persistence.dossiers import DossierView
from evaluation.persistence.tables.commune_reports import CommuneReportRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.edit_dossier import changed
from shared.auth.actors import Actor
from shared.contracts.evaluation import CommuneReportSent
from shared.contracts.roles import Role
from shared.errors import Conflict, Fault, Invalid, Text


@dataclass(frozen=True, slots=True)
class ReportItem:
    """One of the items: what the producer claims, what the commune observes (Form 03 part II)."""

    item: str
    claim: str
    observed: str


@dataclass(frozen=True, slots=True)
class Meeting:
    """The meeting the chair may call (26/2026 Art. 7.2): who attended, and each one's opinion."""

    held_on: date
    attendees: Sequence[dict[str, Any]]


async def report_on_dossier(
    uow: EvaluationUow,
    actor: Actor,
    dossier_id: UUID,
    items: Sequence[ReportItem],
    conclusion: str,
    meeting: Meeting | None = None,
) -> DossierView:
    """Report without points and send the dossier to the level the ruleset names next (26/2026 Art. 7.2).

    Raises Invalid unless every item of the ruleset is reported on exactly once and the meeting lies between filing and
    today, Conflict when nothing waits here.
    """
    row, ruleset = await _waiting_here(uow, actor, dossier_id, Step.REPORT)
    _check_items(ruleset, items)
    today = await uow.today()
    _check_meeting(row, meeting, today)
    row.state = next_state(row.state, Step.REPORT)
    above = forwarding(ruleset, ruleset.first_level.code, None) or ruleset.first_scoring_level.code
    row.level = ruleset.standing_level(above, today)
    uow.dossiers.add(
        CommuneReportRow(
            dossier_id=row.id,
            items=[{"item": i.item, "claim": i.claim, "observed": i.observed} for i in items],
            conclusion=conclusion,
            meeting=None
            if meeting is None
            else {"held_on": meeting.held_on.isoformat(), "attendees": list(meeting.attendees)},
            reported_on=today,
            reported_by=actor.person_id,
        )
    )
    uow.publish(CommuneReportSent(dossier_id=row.id, commune_code=row.commune_code, year=row.year))
    await uow.audit(str(actor.person_id), "dossier_reported", "dossier", row.id, {"to": row.level})
    return await changed(uow, actor, row)


async def _waiting_here(uow: EvaluationUow, actor: Actor, dossier_id: UUID, step: Step) -> tuple[DossierRow, Ruleset]:
    """The dossier, locked, if it waits for the commune of the caller."""
    row = await uow.dossiers.visible_to(actor).get(dossier_id, lock=True)
    require_unit(actor, Role.COMMUNE_OFFICER, row.commune_code)
    ruleset = await uow.rules.ruleset(row.ruleset_id)
    next_state(row.state, step, rule=ruleset.source("commune_report"))
    if ruleset.first_level.scores or row.level != ruleset.first_level.code:
        raise Conflict(
            "Hồ sơ này không chờ báo cáo của cấp xã.",
            "This dossier does not wait for a commune's report.",
            rule=ruleset.source("commune_report"),
            state=row.state,
            level=row.level,
            allowed=possible_steps(row.state),
        )
    return row, ruleset


def _check_meeting(row: DossierRow, meeting: Meeting | None, today: date) -> None:
    if meeting is None:
        return
    assert row.filed_on is not None
    if not row.filed_on <= meeting.held_on <= today:
        text = Text(
            f"cuộc họp phải từ ngày nộp hồ sơ {row.filed_on:%d/%m/%Y} đến hôm nay",
            f"the meeting lies between the filing on {row.filed_on.isoformat()} and today",
        )
        raise Invalid(faults=[Fault("meeting.held_on", "not_allowed", text)])


def _check_items(ruleset: Ruleset, items: Sequence[ReportItem]) -> None:
    faults = Faults()
    wanted = list(ruleset.commune_report_items)
    for i, item in enumerate(items):
        if item.item not in ruleset.commune_report_items:
            faults.add(
                f"items[{i}].item",
                "unknown_item",
                f"{ruleset.decision} không có nội dung này; các nội dung: {'; '.join(ruleset.commune_report_items)}",
                f"{ruleset.id} has no such item; items are: {'; '.join(ruleset.commune_report_items)}",
            )
        elif item.item not in wanted:
            faults.add(f"items[{i}].item", "not_unique", "nội dung bị lặp", "the item is there twice")
        else:
            wanted.remove(item.item)
    for missing in wanted:
        faults.add("items", "missing_item", f"thiếu nội dung: {missing}", f"an item is missing: {missing}")
    if faults:
        raise invalid(ScoreError(faults))
