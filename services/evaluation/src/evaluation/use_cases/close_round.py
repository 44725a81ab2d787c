"""The chair closes a round: scoring ends, every dossier has its result."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from evaluation.domain.dossier_states import DossierState, Step, next_state
from evaluation.domain.readiness import Standing
from evaluation.domain.result_records import SubmittedSheet, compute, inputs_of, record_of
from evaluation.domain.round_errors import MeetingNeeded, OptionsNotAgreed, QuorumNotMet, ScoresDiverge
from evaluation.persistence.tables.councils import CouncilRow
from evaluation.persistence.tables.results import ResultRow
from evaluation.persistence.tables.rounds import RoundRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.council_standings import Standings, read_standings
from evaluation.use_cases.round_posts import require_open, round_for_chair
from evaluation.use_cases.settle_result import finish_round, settle_result
from shared.auth.actors import Actor
from shared.ids import new_id

BATCH = 50
"""Dossiers whose sheets are in memory at a time."""


async def close_round(uow: EvaluationUow, actor: Actor, round_id: UUID) -> RoundRow:
    """End scoring and compute every result, in one transaction, with the round's row and its dossiers locked.

    Results below what is recognised and dossiers that were knocked out end there and are told to the producer; the
    others wait for a decision or to be forwarded. Raises NotFound, Forbidden, RoundNotOpen; QuorumNotMet,
    OptionsNotAgreed, MeetingNeeded or ScoresDiverge naming each dossier concerned, in this order, so that nobody
    learns of a spread before the scoring is done.
    """
    round_row, council = await round_for_chair(uow, actor, round_id, lock=True)
    require_open(round_row)
    standings = await read_standings(uow, round_row, council)
    _require_ready(council, standings)
    states = await uow.closing.lock_dossiers(list(standings.dossiers))
    for state in set(states.values()):
        next_state(state, Step.CLOSE_SCORING)
    waiting = list(standings.dossiers.values())
    for first in range(0, len(waiting), BATCH):
        await _settle(uow, actor, _Closing(round_row, council, standings), waiting[first : first + BATCH])
    await uow.closing.settle_entries(round_id)
    round_row.state, round_row.closed_at, round_row.closed_by = "closed", await uow.now(), actor.person_id
    await uow.score_sheets.drop_drafts(round_id)
    await uow.audit(str(actor.person_id), "round.closed", "round", round_id, {"dossiers": len(states)})
    await finish_round(uow, round_row)
    await uow.session.flush()
    return round_row


def _require_ready(council: CouncilRow, standings: Standings) -> None:
    """Refuse for the first thing that is lacking, with every dossier that lacks it.

    The spread is told only where the chair's own sheet is in or he stands aside: he too scores blind.
    """
    charter, lacks = standings.charter, standings.lacks()
    short = [(one, lack.quorum) for one, lack in lacks if lack.quorum is not None]
    if short:
        raise QuorumNotMet(
            f"{len(short)} hồ sơ chưa đủ số thành viên chấm điểm theo quy chế.",
            f"{len(short)} dossiers have fewer score sheets than the charter's quorum.",
            rule=charter.source("quorum"),
            state="open",
            dossiers=[{"dossier_id": str(one.dossier_id)} | asdict(quorum) for one, quorum in short],
        )
    missing = [(one, lack.options) for one, lack in lacks if lack.options]
    if missing:
        raise OptionsNotAgreed(
            f"{len(missing)} hồ sơ còn tiêu chí có mức sàn theo sao mà Hội đồng chưa thống nhất mức điểm.",
            f"{len(missing)} dossiers have criteria with a star floor on which no option is agreed.",
            rule=charter.source("floor_test"),
            state="open",
            dossiers=[{"dossier_id": str(one.dossier_id), "criteria": list(codes)} for one, codes in missing],
        )
    differing = [one for one, lack in lacks if lack.meeting]
    if differing:
        raise MeetingNeeded(
            f"{len(differing)} hồ sơ lấy ý kiến bằng văn bản có ý kiến khác nhau về hạng sao: họp và ghi biên bản.",
            f"Written opinions differ on the star of {len(differing)} dossiers: meet, and record the discussion.",
            rule=differing[0].ruleset.source("council_mode"),
            state="open",
            allowed=["discussions"],
            dossiers=[{"dossier_id": str(one.dossier_id)} for one in differing],
        )
    apart = [one for one, lack in lacks if lack.diverges]
    if apart:
        raise ScoresDiverge(
            f"{len(apart)} hồ sơ có điểm các thành viên chênh lệch quá {charter.divergence_limit}:"
            " thảo luận rồi yêu cầu chấm lại.",
            f"In {len(apart)} dossiers members' totals differ by more than {charter.divergence_limit}:"
            " discuss, then order them scored again.",
            rule=charter.source("divergence_limit"),
            state="open",
            allowed=["discussions", "rescorings"],
            dossiers=[
                {
                    "dossier_id": str(one.dossier_id),
                    "spread": None if one.blind_to(council.chair_id) else one.spread,
                    "limit": charter.divergence_limit,
                }
                for one in apart
            ],
        )


@dataclass(frozen=True, slots=True)
class _Closing:
    round: RoundRow
    council: CouncilRow
    standings: Standings


async def _settle(uow: EvaluationUow, actor: Actor, closing: _Closing, some: Sequence[Standing]) -> None:
    """Results of a batch of dossiers, and where each dossier goes."""
    ids = [one.dossier_id for one in some]
    sheets = await uow.closing.sheets(closing.round.id, ids)
    values = await asyncio.to_thread(_results, closing, some, sheets)  # other requests are served meanwhile
    rows = [ResultRow(**value) for value in values]
    await uow.closing.keep_results(rows)
    ended = {row.dossier_id: row for row in rows if row.forwards_to is None and not row.recognised}
    scored = next_state(DossierState.IN_ROUND, Step.CLOSE_SCORING)
    await uow.closing.move_dossiers([key for key in ids if key not in ended], scored, ended=False)
    if ended:
        for dossier in await uow.dossiers.everyone().get_many(list(ended)):
            await settle_result(uow, actor, ended[dossier.id], dossier, "not_recognised")
            uow.session.expunge(dossier)
        await uow.flush()
        await uow.closing.move_dossiers(list(ended), next_state(scored, Step.REFUSE), ended=True)


def _results(
    closing: _Closing, some: Sequence[Standing], sheets: Mapping[UUID, Sequence[SubmittedSheet]]
) -> list[dict[str, Any]]:
    seats = closing.standings.seats
    values = []
    for one in some:
        counted = [sheet for sheet in sheets.get(one.dossier_id, ()) if sheet.member_id in one.totals]
        inputs = inputs_of(seats, counted, one.agreed, one.knock_outs)
        record = record_of(
            one.ruleset, closing.round.level, compute(one.ruleset, one.sheet, closing.standings.charter, inputs)
        )
        values.append(
            {
                "id": new_id(),
                "dossier_id": one.dossier_id,
                "level": closing.round.level,
                "round_id": closing.round.id,
                "inputs": inputs,
                "ruleset_id": one.ruleset_id,
                "sheet_id": one.sheet_id,
                "charter_id": closing.council.charter_id,
            }
            | asdict(record)
        )
    return values
