"""Whether a council is done with a dossier: what closing asks for, dossier by dossier."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from uuid import UUID

from evaluation.domain.charters import Charter
from evaluation.domain.choices import Choice
from evaluation.domain.councils import Seat, Shortfall, not_agreed, shortfall
from evaluation.domain.rulesets import CouncilMode, Ruleset, find_band
from evaluation.domain.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Standing:
    """One dossier as the council leaves it: the totals that count, by members who did not stand aside.

    `knock_outs` as inputs of a result keep them; `discussed`: the attempts that were discussed in a meeting.
    """

    dossier_id: UUID
    product_name: str
    kind: str
    attempt: int
    ruleset_id: str
    ruleset: Ruleset
    sheet_id: str
    sheet: Sheet
    agreed: Mapping[str, Choice]
    knock_outs: Sequence[Mapping[str, Any]]
    discussed: frozenset[int]
    recused: frozenset[UUID]
    totals: Mapping[UUID, int]

    @property
    def spread(self) -> int | None:
        """How far the members' totals lie apart."""
        return max(self.totals.values()) - min(self.totals.values()) if self.totals else None

    @property
    def mode(self) -> CouncilMode:
        """How the council works on it; where the ruleset says nothing it meets."""
        return self.ruleset.council_modes.get(self.kind, CouncilMode.MEETING)

    @property
    def opinions_differ(self) -> bool:
        """Whether members see different stars: their totals lie in different bands (our reading of Art. 7.6.d)."""
        return len({find_band(self.ruleset, Fraction(total))[0].star for total in self.totals.values()}) > 1

    def blind_to(self, person_id: UUID) -> bool:
        """Whether the person still has to score it, so that nothing of the others' scores may be told to him."""
        return person_id not in self.recused and person_id not in self.totals


@dataclass(frozen=True, slots=True)
class Lacks:
    """What is missing before a dossier may be closed; nothing where the council knocked it out."""

    quorum: Shortfall | None = None
    options: tuple[str, ...] = ()
    meeting: bool = False
    diverges: bool = False

    @property
    def nothing(self) -> bool:
        """Whether the dossier may be closed."""
        return self.quorum is None and not self.options and not self.meeting and not self.diverges


def lacks_of(charter: Charter, seats: Sequence[Seat], standing: Standing) -> Lacks:
    """What a dossier lacks. A dossier that is out is assessed no further (26/2026 Annex II, knock-out notes)."""
    if standing.knock_outs:
        return Lacks()
    return Lacks(
        quorum=shortfall(charter, seats, standing.recused, standing.totals),
        options=tuple(not_agreed(standing.ruleset, standing.sheet, charter, standing.agreed)),
        meeting=standing.mode is CouncilMode.WRITTEN and standing.opinions_differ and not standing.discussed,
        diverges=charter.diverges(standing.totals.values()),
    )
