"""The filter every read of dossiers starts from."""

from sqlalchemy import ColumnElement, and_, false, or_

from evaluation.domain.access import SIGHT, Sight
from evaluation.persistence.round_visibility import dossier_before_council_of
from evaluation.persistence.tables.dossiers import DossierRow
from shared.auth.actors import Actor, Appointment
from shared.contracts.roles import Role


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The dossiers a person may see: own ones, those of his office, and those of the rounds he sits in."""
    shown = [_by_office(appointment) for appointment in actor.appointments if appointment.role in SIGHT]
    if producers := actor.producers():
        shown.append(DossierRow.producer_id.in_(producers))
    if any(appointment.role is not Role.PRODUCER for appointment in actor.appointments):
        shown.append(dossier_before_council_of(actor, DossierRow.id))
    return or_(false(), *shown)


def _by_office(appointment: Appointment) -> ColumnElement[bool]:
    sight: Sight = SIGHT[appointment.role]
    conditions: list[ColumnElement[bool]] = [DossierRow.filed_on.is_not(None)]
    if sight.unit_field is not None:
        conditions.append(getattr(DossierRow, sight.unit_field) == appointment.unit_code)
    if sight.reached is not None:
        conditions.append(DossierRow.reached.any_() == sight.reached.value)
    return and_(*conditions)
