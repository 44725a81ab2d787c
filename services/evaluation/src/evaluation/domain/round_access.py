"""Who sees a council's rounds, and how much of a round, as data (users.md; permission rules 2 to 4)."""

from collections.abc import Mapping
from enum import StrEnum

from evaluation.domain.access import SECRETARIES
from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role

OFFICES: Mapping[Role, Level] = {
    Role.DISTRICT_SECRETARY: Level.DISTRICT,
    Role.DISTRICT_CHAIR: Level.DISTRICT,
    Role.PROVINCE_SECRETARY: Level.PROVINCE,
    Role.PROVINCE_CHAIR: Level.PROVINCE,
    Role.NATIONAL_OFFICER: Level.CENTRAL,
}
"""Officials who see the rounds of their own unit, and the level those rounds are at."""

OVERSEERS = frozenset({Role.PROVINCE_SECRETARY, Role.PROVINCE_CHAIR, Role.AUDITOR})
"""Officials who see all rounds within their province."""


class Post(StrEnum):
    """What somebody is to a round: its council's chair, a member, its secretary, or an official who looks on."""

    CHAIR = "chair"
    MEMBER = "member"
    SECRETARY = "secretary"
    OFFICIAL = "official"


def is_secretary(actor: Actor, level: str, unit_code: str) -> bool:
    """Whether the person is secretary of the unit at this level."""
    role = SECRETARIES.get(Level(level))
    return role is not None and unit_code in actor.units(role)


def post_of(actor: Actor, level: str, unit_code: str, chair_id: object, *, seated: bool) -> Post:
    """What a person who may see a round is to it. A seat weighs more than an office: a member is bound to blindness."""
    if actor.person_id == chair_id:
        return Post.CHAIR
    if seated:
        return Post.MEMBER
    return Post.SECRETARY if is_secretary(actor, level, unit_code) else Post.OFFICIAL
