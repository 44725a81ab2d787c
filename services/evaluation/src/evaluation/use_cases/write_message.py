"""The thread between a producer and the officials of a level, on a dossier or one item of it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from evaluation.domain.dossier_states import FINAL
from evaluation.domain.repair_items import Item
from evaluation.persistence.tables.commune_steps import ThreadMessageRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.level_offices import in_hand, offices_of, require_known_items
from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.db.pages import PageRequest
from shared.errors import Conflict, Forbidden, NotFound


@dataclass(frozen=True, slots=True)
class Standing:
    """On which side of a thread a person is, and the levels whose threads he may read and write in."""

    side: str
    readable: tuple[str, ...]
    writable: tuple[str, ...]


def standing_of(actor: Actor, dossier: DossierRow) -> Standing:
    """The producer talks with each level his dossier came to; officials see the thread of their own level only.

    Auditors read all. Raises Forbidden for council members and others who only look on.
    """
    reached = tuple(dossier.reached)
    if dossier.producer_id in actor.producers():
        return Standing("producer", reached, reached)
    own = tuple(level.value for level in offices_of(actor, dossier) if level.value in reached)
    if actor.has(Role.AUDITOR):
        return Standing("official", reached, own)
    if not own:
        raise Forbidden(
            "Trao đổi này giữa chủ thể và cán bộ của cấp đang xử lý hồ sơ.",
            "This thread is between the producer and the officials of the level.",
            needs=[Role.PRODUCER.value],
        )
    return Standing("official", own, own)


async def write_message(
    uow: EvaluationUow, actor: Actor, dossier_id: UUID, message: str, item: Item | None, level: Level | None
) -> ThreadMessageRow:
    """Write to the other side; `level` defaults to where the dossier waits, or to who returned it.

    Raises NotFound, Forbidden, Conflict for a draft or a dossier that is over, Invalid for an unknown item.
    """
    dossier = await in_hand(uow, actor, dossier_id)
    standing = standing_of(actor, dossier)
    if dossier.state in FINAL:
        raise Conflict("Hồ sơ đã kết thúc.", "The dossier is over.", state=dossier.state, allowed=[])
    last = await uow.commune_steps.last_return(dossier.id)
    wished = level or dossier.level or (last.level if last else None)
    chosen = wished if wished in standing.writable or level else standing.writable[-1] if standing.writable else None
    if chosen is None or chosen not in standing.writable:
        raise Forbidden("Bạn không trao đổi ở cấp này.", "You do not write in this level's thread.", level=chosen)
    if item is not None:
        await require_known_items(uow, dossier, [item])
    row = ThreadMessageRow(
        dossier_id=dossier.id,
        level=chosen,
        side=standing.side,
        item_kind=None if item is None else item.kind.value,
        item_ref=None if item is None else item.ref,
        message=message,
        author_id=actor.person_id,
        author_name=actor.name,
    )
    uow.commune_steps.add(row)
    await uow.flush()
    return row


async def read_thread_to(uow: EvaluationUow, actor: Actor, dossier_id: UUID, message_id: UUID) -> int:
    """Note that the person has read as far as a message; how many are still unread."""
    dossier = await in_hand(uow, actor, dossier_id)
    standing = standing_of(actor, dossier)
    level = await uow.commune_steps.level_of(dossier.id, message_id)
    if level not in standing.readable:
        raise NotFound()
    if level in standing.writable:
        await uow.commune_steps.note_reading(
            dossier.id, actor.person_id, level, standing.side, message_id, await uow.now()
        )
    return await uow.commune_steps.unread(dossier.id, standing.readable, standing.side, actor.person_id)


async def read_thread(
    uow: EvaluationUow, actor: Actor, dossier_id: UUID, page: PageRequest
) -> tuple[list[Row[Any]], str | None]:
    """(message, seen by the other side, read by the person), oldest first. Raises NotFound, Forbidden, Conflict."""
    dossier = await in_hand(uow, actor, dossier_id)
    standing = standing_of(actor, dossier)
    return await uow.commune_steps.messages(dossier.id, standing.readable, standing.side, actor.person_id, page)
