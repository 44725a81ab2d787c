"""Who sees which dossier and who may act on it, as data (users.md; plan of 2023 section V; 26/2026 Art. 7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from evaluation.domain.dossier_forms import REGISTRATION, personal_fields
from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.errors import Forbidden

UnitField = Literal["commune_code", "district_code", "province_code"]


@dataclass(frozen=True, slots=True)
class Sight:
    """What an official's appointment shows: dossiers whose `unit_field` is the unit of the appointment.

    `unit_field` None: no unit limits it. `reached`: only dossiers that came to this level. Drafts are the
    producer's own and are shown to no official.
    """

    unit_field: UnitField | None
    reached: Level | None = None


SIGHT: Mapping[Role, Sight] = {
    Role.COMMUNE_OFFICER: Sight("commune_code"),
    Role.DISTRICT_SECRETARY: Sight("district_code"),
    Role.DISTRICT_CHAIR: Sight("district_code"),
    Role.PROVINCE_SECRETARY: Sight("province_code"),
    Role.PROVINCE_CHAIR: Sight("province_code", Level.PROVINCE),
    Role.NATIONAL_OFFICER: Sight(None, Level.CENTRAL),
    Role.AUDITOR: Sight("province_code"),
}
"""Roles not named see no dossier by their role; council members see those of the rounds they sit in."""

RECOGNISING_ROLES: Mapping[str, Role] = {
    "district_chair": Role.DISTRICT_CHAIR,
    "province_chair": Role.PROVINCE_CHAIR,
    "minister": Role.NATIONAL_OFFICER,
}
"""Who signs for the body that a ruleset names (`recognised_by`)."""

SECRETARIES: Mapping[Level, Role] = {
    Level.DISTRICT: Role.DISTRICT_SECRETARY,
    Level.PROVINCE: Role.PROVINCE_SECRETARY,
    Level.CENTRAL: Role.NATIONAL_OFFICER,
}
"""Who prepares councils and forwards dossiers at a level."""

OFFICERS: Mapping[Level, Role] = {Level.COMMUNE: Role.COMMUNE_OFFICER, **SECRETARIES}
"""Who receives, checks and returns a dossier that waits at a level (26/2026 Art. 7.2, 7.3)."""

ADVISERS: Mapping[Level, Sight] = {
    Level.DISTRICT: Sight("district_code", Level.DISTRICT),
    Level.PROVINCE: Sight("province_code", Level.PROVINCE),
    Level.CENTRAL: Sight(None, Level.CENTRAL),
}
"""What an adviser's appointment at a level shows: dossiers of his unit that came to that level."""

PERSONAL_FIELDS = personal_fields(REGISTRATION)
"""Fields of the registration form that are a person's own (users.md, permission rule 5)."""

PERSONAL_READERS = frozenset({Role.COMMUNE_OFFICER, Role.DISTRICT_SECRETARY, Role.PROVINCE_SECRETARY})
"""Officials who need personal fields: the secretariats that take the dossier in, and the standing body."""


def sees_personal_data(actor: Actor, producer_id: UUID) -> bool:
    """Whether the caller may see the personal fields of a dossier that is visible to him."""
    return producer_id in actor.producers() or actor.has(*PERSONAL_READERS)


def require_producer(actor: Actor, producer_id: UUID) -> None:
    """Raise Forbidden (403) unless the caller acts for this producer."""
    if producer_id not in actor.producers():
        raise Forbidden(
            "Chỉ chủ thể của sản phẩm làm được việc này.",
            "Only the producer of the product may do this.",
            needs=[Role.PRODUCER.value],
        )


def require_unit(actor: Actor, role: Role, unit_code: str | None) -> None:
    """Raise Forbidden (403) unless the caller holds `role` at this very unit."""
    if unit_code is None or unit_code not in actor.units(role):
        raise Forbidden(
            "Việc này thuộc thẩm quyền của đơn vị khác.",
            "This belongs to another unit.",
            needs=[role.value],
            unit_code=unit_code,
        )
