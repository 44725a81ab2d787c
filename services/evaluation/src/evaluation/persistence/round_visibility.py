"""The filters that every read of councils, rounds and results starts from."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from evaluation.domain.round_access import OFFICES, OVERSEERS
from evaluation.persistence.tables.council_staff import CouncilStaffRow
from evaluation.persistence.tables.councils import CouncilMemberRow, CouncilRow
from evaluation.persistence.tables.rounds import ConflictRow, RoundDossierRow, RoundRow
from shared.auth.actors import Actor


def councils_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Councils the person sits on or works for, and those of the unit of his office."""
    seated = exists().where(CouncilMemberRow.council_id == CouncilRow.id, CouncilMemberRow.person_id == actor.person_id)
    offices = [
        and_(CouncilRow.level == OFFICES[a.role].value, CouncilRow.unit_code == a.unit_code)
        for a in actor.appointments
        if a.role in OFFICES
    ]
    staffed = exists().where(CouncilStaffRow.council_id == CouncilRow.id, CouncilStaffRow.person_id == actor.person_id)
    return or_(seated, staffed, *offices)


def seated_in_round(actor: Actor) -> ColumnElement[bool]:
    """Rounds of a council on which the person sits."""
    return exists().where(
        CouncilMemberRow.council_id == RoundRow.council_id, CouncilMemberRow.person_id == actor.person_id
    )


def rounds_visible_to(actor: Actor) -> ColumnElement[bool]:
    """Rounds of the person's councils, of the unit of his office, and of the province he oversees."""
    own = [
        and_(RoundRow.level == OFFICES[a.role].value, RoundRow.unit_code == a.unit_code)
        for a in actor.appointments
        if a.role in OFFICES
    ]
    overseen = [RoundRow.province_code == a.unit_code for a in actor.appointments if a.role in OVERSEERS]
    staffed = exists().where(
        CouncilStaffRow.council_id == RoundRow.council_id, CouncilStaffRow.person_id == actor.person_id
    )
    return or_(false(), seated_in_round(actor), staffed, *own, *overseen)


def not_recused(actor: Actor) -> ColumnElement[bool]:
    """Dossiers of a round on which the person has not declared a conflict that excludes him."""
    return ~exists().where(
        ConflictRow.round_id == RoundDossierRow.round_id,
        ConflictRow.dossier_id == RoundDossierRow.dossier_id,
        ConflictRow.member_id == actor.person_id,
        ConflictRow.excluded,
    )


def dossier_before_council_of(actor: Actor, dossier_id: InstrumentedAttribute[UUID]) -> ColumnElement[bool]:
    """Whether a dossier is or was put before a council on which the person sits, in a round that was opened, and he
    did not stand aside.
    """
    return exists(
        select(RoundDossierRow.dossier_id)
        .join(RoundRow, RoundRow.id == RoundDossierRow.round_id)
        .join(CouncilMemberRow, CouncilMemberRow.council_id == RoundRow.council_id)
        .where(
            RoundDossierRow.dossier_id == dossier_id,
            CouncilMemberRow.person_id == actor.person_id,
            RoundRow.opened_at.is_not(None),
            RoundDossierRow.left_at.is_(None),
            not_recused(actor),
        )
    )
