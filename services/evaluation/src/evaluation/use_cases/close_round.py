"""The chair closes a round: scoring ends, every dossier has its result."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from evaluation.domain.charters import Charter
from evaluation.domain.councils import Seat, not_agreed, shortfall
from evaluation.domain.dossier_states import Step, next_state
from evaluation.domain.result_records import SubmittedSheet, compute, inputs_of, record_of
from evaluation.domain.round_errors import OptionsNotAgreed, QuorumNotMet, ScoresDiverge
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.sheets import Sheet
from evaluation.persistence.tables.councils import CouncilRow
from evaluation.persistence.tables.results import ResultRow
from evaluation.persistence.tables.rounds import RoundDossierRow, RoundRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.round_posts import require_open, round_for_chair
from evaluation.use_cases.settle_result import finish_round, settle_result
from shared.auth.actors import Actor
from shared.ids import new_id


@dataclass(frozen=True, slots=True)
class Scored:
    """One dossier as the council leaves it: the sheets that count, by members who did not stand aside."""

    entry: RoundDossierRow
    ruleset: Ruleset
    sheet: Sheet
    recused: frozenset[UUID]
    sheets: Sequence[SubmittedSheet]
    totals: Mapping[UUID, int]


async def close_round(uow: EvaluationUow, actor: Actor, round_id: UUID) -> RoundRow:
    """End scoring and compute every result, in one transaction, with the round's row locked.

    Results below what is recognised end there and are told to the producer; the others wait for a decision or to be
    forwarded. Raises NotFound, Forbidden, RoundNotOpen; QuorumNotMet, OptionsNotAgreed or ScoresDiverge naming each
    dossier concerned, in this order, so that nobody learns of a spread before the scoring is done.
    """
    round_row, council = await round_for_chair(uow, actor, round_id, lock=True)
    require_open(round_row)
    charter = await uow.rules.charter(council.charter_id)
    _require_pinned(charter.content_hash, council.charter_hash)
    seats = await uow.councils.seats(council.id)
    scored = await _scored(uow, round_row)
    _require_quorum(charter, seats, scored)
    _require_agreement(charter, scored)
    _require_no_divergence(charter, council, scored)
    await _compute(uow, actor, round_row, council, charter, seats, scored)
    now = await uow.now()
    round_row.state, round_row.closed_at, round_row.closed_by = "closed", now, actor.person_id
    await uow.score_sheets.drop_drafts(round_id)
    await uow.audit(str(actor.person_id), "round.closed", "round", round_id, {"dossiers": len(scored)})
    await finish_round(uow, round_row)
    await uow.session.flush()
    return round_row


async def _scored(uow: EvaluationUow, round_row: RoundRow) -> list[Scored]:
    entries = await uow.rounds.dossiers(round_row.id)
    recused = await uow.rounds.recused(round_row.id)
    rulesets = {key: await uow.rules.ruleset(key) for key in {entry.ruleset_id for entry in entries}}
    sheets = {key: await uow.rules.sheet(key) for key in {entry.sheet_id for entry in entries}}
    counted = [
        (dossier_id, total, sheet)
        for dossier_id, total, sheet in await uow.score_sheets.current(round_row.id)
        if (dossier_id, sheet.member_id) not in recused
    ]
    scored = []
    for entry in entries:
        ruleset, sheet = rulesets[entry.ruleset_id], sheets[entry.sheet_id]
        _require_pinned(ruleset.content_hash, entry.ruleset_hash)
        _require_pinned(sheet.content_hash, entry.sheet_hash)
        own = [(total, submitted) for dossier_id, total, submitted in counted if dossier_id == entry.dossier_id]
        scored.append(
            Scored(
                entry=entry,
                ruleset=ruleset,
                sheet=sheet,
                recused=frozenset(member for dossier_id, member in recused if dossier_id == entry.dossier_id),
                sheets=[submitted for _, submitted in own],
                totals={submitted.member_id: total for total, submitted in own},
            )
        )
    return scored


def _require_pinned(found: str, pinned: str) -> None:
    if found != pinned:
        raise LookupError(f"stored rules {found} are not the version that was frozen, {pinned}")


def _require_quorum(charter: Charter, seats: Sequence[Seat], scored: Sequence[Scored]) -> None:
    short: list[dict[str, Any]] = []
    for one in scored:
        lack = shortfall(charter, seats, one.recused, one.totals)
        if lack is not None:
            short.append({"dossier_id": str(one.entry.dossier_id)} | asdict(lack))
    if short:
        raise QuorumNotMet(
            f"{len(short)} hồ sơ chưa đủ số thành viên chấm điểm theo quy chế.",
            f"{len(short)} dossiers have fewer score sheets than the charter's quorum.",
            rule=charter.source("quorum"),
            state="open",
            dossiers=short,
        )


def _require_agreement(charter: Charter, scored: Sequence[Scored]) -> None:
    missing = []
    for one in scored:
        codes = not_agreed(one.ruleset, one.sheet, charter, one.entry.agreed or {})
        if codes:
            missing.append({"dossier_id": str(one.entry.dossier_id), "criteria": codes})
    if missing:
        raise OptionsNotAgreed(
            f"{len(missing)} hồ sơ còn tiêu chí có mức sàn theo sao mà Hội đồng chưa thống nhất mức điểm.",
            f"{len(missing)} dossiers have criteria with a star floor on which no option is agreed.",
            rule=charter.source("floor_test"),
            state="open",
            dossiers=missing,
        )


def _require_no_divergence(charter: Charter, council: CouncilRow, scored: Sequence[Scored]) -> None:
    """The spread is told only where the chair's own sheet is in or he stands aside: he too scores blind."""
    apart: list[dict[str, Any]] = []
    for one in scored:
        if charter.diverges(one.totals.values()):
            blind = council.chair_id not in one.recused and council.chair_id not in one.totals
            spread = None if blind else max(one.totals.values()) - min(one.totals.values())
            apart.append({"dossier_id": str(one.entry.dossier_id), "spread": spread, "limit": charter.divergence_limit})
    if apart:
        raise ScoresDiverge(
            f"{len(apart)} hồ sơ có điểm các thành viên chênh lệch quá {charter.divergence_limit}:"
            " thảo luận rồi yêu cầu chấm lại.",
            f"In {len(apart)} dossiers members' totals differ by more than {charter.divergence_limit}:"
            " discuss, then order them scored again.",
            rule=charter.source("divergence_limit"),
            state="open",
            allowed=["rescorings"],
            dossiers=apart,
        )


async def _compute(
    uow: EvaluationUow,
    actor: Actor,
    round_row: RoundRow,
    council: CouncilRow,
    charter: Charter,
    seats: Sequence[Seat],
    scored: Sequence[Scored],
) -> None:
    dossiers = await uow.dossiers.everyone().get_many([one.entry.dossier_id for one in scored], lock=True)
    rows = {}
    for one in scored:
        inputs = inputs_of(seats, one.sheets, one.entry.agreed or {})
        record = record_of(one.ruleset, round_row.level, compute(one.ruleset, one.sheet, charter, inputs))
        rows[one.entry.dossier_id] = ResultRow(
            id=new_id(),
            dossier_id=one.entry.dossier_id,
            level=round_row.level,
            round_id=round_row.id,
            inputs=inputs,
            ruleset_id=one.entry.ruleset_id,
            sheet_id=one.entry.sheet_id,
            charter_id=council.charter_id,
            **asdict(record),
        )
        one.entry.live = False
    uow.results.add_all(list(rows.values()))
    await uow.session.flush()
    for dossier in dossiers:
        dossier.state = next_state(dossier.state, Step.CLOSE_SCORING)
        result = rows[dossier.id]
        if result.forwards_to is None and not result.recognised:
            dossier.state = next_state(dossier.state, Step.REFUSE)
            dossier.level = None
            await settle_result(uow, actor, result, dossier, "not_recognised")
