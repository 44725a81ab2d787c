"""What a round has come to, dossier by dossier: what closing decides on and readiness shows."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from evaluation.domain.charters import Charter
from evaluation.domain.councils import Seat
from evaluation.domain.knock_outs import kept_knock_out
from evaluation.domain.readiness import Lacks, Standing, lacks_of
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.sheets import Sheet
from evaluation.persistence.tables.councils import CouncilRow
from evaluation.persistence.tables.rounds import RoundRow
from evaluation.persistence.unit_of_work import EvaluationUow


@dataclass(frozen=True, slots=True)
class Standings:
    """A round's dossiers under its charter; `seats` are those whose sheets count."""

    charter: Charter
    seats: Sequence[Seat]
    dossiers: Mapping[UUID, Standing]

    def lacks(self) -> list[tuple[Standing, Lacks]]:
        """Each dossier with what it lacks before the round may be closed."""
        return [(one, lacks_of(self.charter, self.seats, one)) for one in self.dossiers.values()]


async def read_standings(
    uow: EvaluationUow, round_row: RoundRow, council: CouncilRow, *, settled: bool = False
) -> Standings:
    """The standings in a handful of statements, whatever the round's size. `settled`: of a closed round.

    Raises LookupError when stored rules are not the version that was frozen.
    """
    charter = await uow.rules.charter(council.charter_id)
    _require_pinned(charter.content_hash, council.charter_hash)
    seats = await uow.councils.seats(council.id)
    entries = await uow.closing.entries(round_row.id, settled=settled)
    rulesets: dict[str, Ruleset] = {key: await uow.rules.ruleset(key) for key in {one.ruleset_id for one in entries}}
    sheets: dict[str, Sheet] = {key: await uow.rules.sheet(key) for key in {one.sheet_id for one in entries}}
    totals = await uow.closing.totals(round_row.id)
    recused: dict[UUID, set[UUID]] = defaultdict(set)
    for dossier_id, member_id in await uow.rounds.recused(round_row.id):
        recused[dossier_id].add(member_id)
    standings = {}
    for entry in entries:
        ruleset, sheet, aside = rulesets[entry.ruleset_id], sheets[entry.sheet_id], recused[entry.dossier_id]
        _require_pinned(ruleset.content_hash, entry.ruleset_hash)
        _require_pinned(sheet.content_hash, entry.sheet_hash)
        standings[entry.dossier_id] = Standing(
            dossier_id=entry.dossier_id,
            product_name=entry.product_name,
            kind=entry.kind,
            attempt=entry.attempt,
            ruleset_id=entry.ruleset_id,
            ruleset=ruleset,
            sheet_id=entry.sheet_id,
            sheet=sheet,
            agreed=entry.agreed or {},
            knock_outs=[
                kept_knock_out(sheet, found["code"], found["reason"]) | {"id": found["id"]}
                for found in entry.knock_outs
            ],
            discussed=frozenset(entry.discussed),
            recused=frozenset(aside),
            totals={
                seat.person_id: totals[entry.dossier_id][seat.person_id]
                for seat in seats
                if seat.person_id not in aside and seat.person_id in totals.get(entry.dossier_id, {})
            },
        )
    return Standings(charter, seats, standings)


def _require_pinned(found: str, pinned: str) -> None:
    if found != pinned:
        raise LookupError(f"stored rules {found} are not the version that was frozen, {pinned}")
