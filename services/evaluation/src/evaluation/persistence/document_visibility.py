"""The filter every read of documents starts from; who reads what is `domain/document_kinds.py`."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select

from evaluation.domain.document_kinds import PERSONAL, Readers, kinds_read_by
from evaluation.domain.round_access import OFFICES
from evaluation.persistence.dossier_visibility import officials_see, visible_to
from evaluation.persistence.round_visibility import rounds_visible_to
from evaluation.persistence.tables.councils import CouncilRow
from evaluation.persistence.tables.documents import DocumentRow, DocumentSigningRow
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.rounds import ConflictRow, RoundRow
from shared.auth.actors import Actor


def documents_visible_to(actor: Actor) -> ColumnElement[bool]:
    """The documents a person may see, kind by kind."""
    signed = _exists(select(DocumentSigningRow.document_id).where(DocumentSigningRow.document_id == DocumentRow.id))
    dossier = _dossier_seen(actor)
    rules = {
        Readers.PERSONAL: _dossier_seen(actor, personal=True),
        Readers.SELF: or_(
            DocumentRow.made_by == actor.person_id, and_(_closed(), or_(_own_unit(actor), _chair(actor)))
        ),
        Readers.COUNCIL: _round_seen(actor),
        Readers.OFFICE: or_(_own_unit(actor), and_(signed, dossier)),
        Readers.DOSSIER: dossier,
        Readers.ADVICE: _exists(
            select(DossierRow.id).where(DossierRow.id == DocumentRow.dossier_id, officials_see(actor))
        ),
    }
    return or_(*(and_(DocumentRow.kind.in_(kinds_read_by(readers)), rule) for readers, rule in rules.items()))


def _own_unit(actor: Actor) -> ColumnElement[bool]:
    offices = [
        and_(DocumentRow.level == OFFICES[a.role].value, DocumentRow.unit_code == a.unit_code)
        for a in actor.appointments
        if a.role in OFFICES
    ]
    return or_(false(), *offices)


def _dossier_seen(actor: Actor, *, personal: bool = False) -> ColumnElement[bool]:
    found = select(DossierRow.id).where(DossierRow.id == DocumentRow.dossier_id, visible_to(actor))
    if personal and not actor.has(*PERSONAL):
        found = found.where(DossierRow.producer_id.in_(actor.producers()))
    return _exists(found)


def _closed() -> ColumnElement[bool]:
    return _exists(select(RoundRow.id).where(RoundRow.id == DocumentRow.round_id, RoundRow.state == "closed"))


def _chair(actor: Actor) -> ColumnElement[bool]:
    council = select(CouncilRow.id).join(RoundRow, RoundRow.council_id == CouncilRow.id)
    return _exists(council.where(RoundRow.id == DocumentRow.round_id, CouncilRow.chair_id == actor.person_id))


def _round_seen(actor: Actor) -> ColumnElement[bool]:
    stood_aside = select(ConflictRow.member_id).where(
        ConflictRow.round_id == DocumentRow.round_id, ConflictRow.member_id == actor.person_id, ConflictRow.excluded
    )
    seen = select(RoundRow.id).where(
        RoundRow.id == DocumentRow.round_id, RoundRow.state == "closed", rounds_visible_to(actor)
    )
    return and_(_exists(seen), ~_exists(stood_aside))


def _exists(found: Select[Any]) -> ColumnElement[bool]:
    """EXISTS, joined to the document alone: the outer query may hold more tables."""
    return found.correlate(DocumentRow).exists()
