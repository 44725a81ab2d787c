"""Before scoring a member is asked about dossiers with which he may have a conflict of interest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from evaluation.persistence.unit_of_work import EvaluationUow
from shared.auth.actors import Actor
from shared.errors import Forbidden, Text


@dataclass(frozen=True, slots=True)
class Sign:
    """Something known that may mean a conflict; `relation` is the one to propose."""

    code: str
    relation: str
    text: Text


SIGNS = (
    Sign("acts_for_producer", "employee", Text("Bạn đại diện cho chủ thể này", "You act for this producer")),
    Sign(
        "same_body",
        "employee",
        Text("Cơ quan, đơn vị của bạn trùng tên chủ thể", "Your body bears the producer's name"),
    ),
    Sign("prepared", "adviser", Text("Bạn đã lập hoặc bổ sung hồ sơ này", "You prepared or added to this dossier")),
    Sign(
        "handled",
        "other",
        Text("Bạn đã báo cáo hoặc trả lại hồ sơ này ở cấp xã", "You reported on or returned this dossier below"),
    ),
)
BEFORE = Text("Bạn đã khai báo quan hệ với chủ thể này trước đây", "You declared a relation to this producer before")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A dossier about which the member is asked: the relation to propose, and the signs by code."""

    dossier_id: UUID
    product_name: str
    producer_name: str
    relation: str
    signs: Mapping[str, Text]


async def propose_conflicts(uow: EvaluationUow, actor: Actor, round_id: UUID) -> Sequence[Proposal]:
    """Dossiers of a round of the caller's council with which he may have a conflict and has declared none.

    Only proposals: nothing happens before he declares. Raises NotFound, Forbidden for who has no seat.
    """
    round_row = await uow.rounds.get(actor, round_id)
    if not await uow.rounds.seated(round_row, actor.person_id):
        raise Forbidden("Việc này của thành viên Hội đồng.", "This is for members of the council.")
    if round_row.state == "closed":
        return []
    rows = await uow.conflicts.proposals(round_id, actor.person_id, actor.producers())
    return [found for row in rows if (found := _proposal(row)) is not None]


def _proposal(row: Row[Any]) -> Proposal | None:
    signs = [sign for sign in SIGNS if getattr(row, sign.code)]
    told = {sign.code: sign.text for sign in signs}
    if row.declared_before is not None:
        told["declared_before"] = BEFORE
    if not told:
        return None
    relation = row.declared_before or signs[0].relation
    return Proposal(row.dossier_id, row.product_name, row.producer_name, relation, told)
