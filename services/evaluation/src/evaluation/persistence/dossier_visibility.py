"""The filter every read of dossiers starts from."""

from sqlalchemy import ColumnElement, and_, false, or_

from evaluation.domain.access import ADVISERS, SIGHT, Sight
from evaluation.persistence.round_visibility import dossier_before_council_of
from evaluation.persistence.tables.dossiers import DossierRow
from shared.auth.actors import Actor, Appointment
from shared.contracts.roles import Role


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The dossiers a person may see: own ones, those of his office, and those of the rounds he sits in."""
    shown = [officials_see(actor)]
    if producers := actor.producers():
        shown.append(DossierRow.producer_id.in_(producers))
    return or_(false(), *shown)


def officials_see(actor: Actor) -> ColumnElement[bool]:
    """The dossiers a person sees by an office, as an adviser, or because he sits in their round."""
    shown = [_by_office(a, SIGHT[a.role]) for a in actor.appointments if a.role in SIGHT]
    shown += [
        _by_office(a, ADVISERS[a.level])
        for a in actor.appointments
        if a.role is Role.ADVISORY_MEMBER and a.level in ADVISERS
    ]
    if any(appointment.role is not Role.PRODUCER for appointment in actor.appointments):
        shown.append(dossier_before_council_of(actor, DossierRow.id))
    return or_(false(), *shown)


def _by_office(appointment: Appointment, sight: Sight) -> ColumnElement[bool]:
    conditions: list[ColumnElement[bool]] = [DossierRow.filed_on.is_not(None)]
    if sight.unit_field is not None:
        conditions.append(getattr(DossierRow, sight.unit_field) == appointment.unit_code)
    if sight.reached is not None:
        conditions.append(DossierRow.reached.any_() == sight.reached.value)
    return and_(*conditions)
