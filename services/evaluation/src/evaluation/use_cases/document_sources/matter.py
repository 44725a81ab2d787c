"""What a source hands over: the merge data, and where the document belongs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from evaluation.data.templates import legal_bases
from evaluation.domain.access import SECRETARIES
from evaluation.domain.document_errors import NothingToPrint
from evaluation.domain.producer_papers import Paper
from evaluation.domain.rulesets import Ruleset
from shared.auth.actors import Actor
from shared.contracts.roles import Level
from shared.errors import Forbidden


@dataclass(frozen=True, slots=True)
class Asked:
    """What a document needs beside its subject: the public origin, for QR codes; the other dossiers that a decision
    names beside the first.
    """

    public_url: str
    dossier_ids: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Matter:
    """Merge data of one document. `dossier_id`, `round_id` and the issuing unit say who may see it."""

    paper: Paper
    dossier_id: UUID | None = None
    round_id: UUID | None = None
    level: str | None = None
    unit_code: str | None = None


def bases_for(ruleset: Ruleset, level: Level, on: date) -> list[str]:
    """The legal bases that a document of this day and level cites, as data (`data/templates/legal_bases.json`)."""
    told = legal_bases()
    own = told["rulesets"].get(ruleset.base_id) or [
        {
            "text_vi": f"Căn cứ Quyết định số {ruleset.decision} của Thủ tướng Chính phủ",
            "from": "0001-01-01",
            "to": None,
        }
    ]
    day = on.isoformat()
    return [
        base["text_vi"]
        for base in (*told["common"], *own)
        if base["from"] <= day
        and (base["to"] is None or day <= base["to"])
        and ("levels" not in base or level in base["levels"])
    ]


def require_secretary(actor: Actor, level: str, unit_code: str) -> None:
    """Raise Forbidden (403) unless the caller is secretary of the unit that issues."""
    role = SECRETARIES[Level(level)]
    if unit_code not in actor.units(role):
        raise Forbidden(
            "Văn bản này do thư ký của đơn vị ban hành lập.",
            "The secretary of the issuing unit makes this document.",
            needs=[role.value],
            unit_code=unit_code,
        )


def not_ready(vi: str, en: str, state: str, allowed: Sequence[str], retry_after: int | None = None) -> NothingToPrint:
    """The refusal where the process is not that far; `retry_after` seconds where it gets there by waiting alone."""
    headers = None if retry_after is None else {"Retry-After": str(retry_after)}
    return NothingToPrint(vi, en, headers=headers, state=state, allowed=list(allowed))
