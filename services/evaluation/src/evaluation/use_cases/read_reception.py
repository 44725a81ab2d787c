"""Everything an official of the receiving level sees on one screen: slips, clock, checks, claims, returns, thread."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from evaluation.domain.calendars import legal_deadline, working_days_left
from evaluation.domain.dossier_states import DossierState
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.sheets import Sheet
from evaluation.persistence.dossiers import DossierView
from evaluation.persistence.tables.commune_steps import FormCheckRow, RegistrationReceiptRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.file_dossier import REVIEW_CLOCK
from evaluation.use_cases.level_offices import in_hand
from evaluation.use_cases.read_dossier import read_dossier
from evaluation.use_cases.write_message import standing_of
from shared.auth.actors import Actor


@dataclass(frozen=True, slots=True)
class ReviewClock:
    """The commune's clock. `days_left` are working days after today to `due_on` inclusive, negative when it passed.

    `running` while the commune has the dossier; a return ends it and filing again starts it anew (Art. 7.2).
    """

    length: int
    unit: str
    started_on: date
    due_on: date
    days_left: int
    running: bool
    source: str | None


@dataclass(frozen=True, slots=True)
class Claim:
    """What the producer claims on one item of the report, put together from his self-score and notes."""

    item: str
    claim: str
    criteria: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reception:
    """The step at the receiving level, whole."""

    view: DossierView
    receipts: list[RegistrationReceiptRow]
    checks: list[FormCheckRow]
    clock: ReviewClock | None
    claims: list[Claim]
    unread: int


async def read_reception(uow: EvaluationUow, actor: Actor, dossier_id: UUID) -> Reception:
    """For the producer and the officials of the levels the dossier came to. Raises NotFound, Forbidden, Conflict."""
    row = await in_hand(uow, actor, dossier_id)
    standing = standing_of(actor, row)
    ruleset, sheet = await uow.rules.ruleset(row.ruleset_id), await uow.rules.sheet(row.sheet_id)
    return Reception(
        view=await read_dossier(uow, actor, dossier_id),
        receipts=[r for r in await uow.commune_steps.receipts(row.id) if r.level in standing.readable],
        checks=[c for c in await uow.commune_steps.checks(row.id) if c.level in standing.readable],
        clock=_clock(ruleset, row, await uow.today()),
        claims=_claims(ruleset, sheet, row),
        unread=await uow.commune_steps.unread(row.id, standing.readable, standing.side, actor.person_id),
    )


def _clock(ruleset: Ruleset, row: DossierRow, today: date) -> ReviewClock | None:
    clock = ruleset.clock(REVIEW_CLOCK)
    started = row.refiled_on or row.filed_on
    if clock is None or started is None:
        return None
    due_on = legal_deadline(clock, started)
    return ReviewClock(
        length=clock.length,
        unit=clock.unit.value,
        started_on=started,
        due_on=due_on,
        days_left=working_days_left(today, due_on),
        running=row.level == ruleset.first_level.code and row.state == DossierState.FILED,
        source=clock.ref,
    )


def _claims(ruleset: Ruleset, sheet: Sheet, row: DossierRow) -> list[Claim]:
    """For each item of the ruleset, the options and notes of the criteria that the sheet ties to it."""
    choices, notes = row.self_score.get("choices", {}), row.self_score.get("notes", {})
    claims = []
    for item in ruleset.commune_report_items:
        tied = [c for c in sheet.criteria if c.commune_report_item and same_item(c.commune_report_item, item)]
        lines = []
        for criterion in tied:
            chosen = {str(option.number): option.text_vi for option in criterion.options} | {
                f"{case.code}.{option.number}": option.text_vi
                for case in criterion.alternatives
                for option in case.options
            }
            said = [chosen.get(str(choices.get(criterion.code))), notes.get(criterion.code)]
            text = "; ".join(part for part in said if part)
            if text:
                lines.append(f"{criterion.title_vi}: {text}")
        claims.append(Claim(item, "\n".join(lines), tuple(criterion.code for criterion in tied)))
    return claims


def same_item(one: str, other: str) -> bool:
    """Whether two wordings name one item: decisions differ in commas and strokes only."""
    return _letters(one) == _letters(other)


def _letters(text: str) -> list[str]:
    return text.replace("/", " ").replace(",", " ").lower().split()
