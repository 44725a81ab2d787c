"""What is derived from an actor's appointments is made once, and never outlives them."""

from dataclasses import replace

from shared.auth.actors import Actor, Appointment, kept_by_actor
from shared.contracts.roles import Level, Role
from shared.ids import new_id

OFFICER = Appointment(Role.COMMUNE_OFFICER, Level.COMMUNE, "20794")
asked: list[Actor] = []


@kept_by_actor
def units_of(actor: Actor) -> frozenset[str]:
    asked.append(actor)
    return actor.units(Role.COMMUNE_OFFICER)


def test_it_is_made_once_for_each_actor() -> None:
    asked.clear()
    actor = Actor(new_id(), "Người thử nghiệm", (OFFICER,))
    assert units_of(actor) == units_of(actor) == {"20794"}
    assert asked == [actor]


def test_a_copy_with_other_appointments_does_not_keep_the_reach_of_the_first() -> None:
    actor = Actor(new_id(), "Người thử nghiệm", (OFFICER,))
    assert units_of(actor) == {"20794"}
    assert units_of(replace(actor, appointments=())) == frozenset()


def test_what_was_derived_is_no_part_of_who_it_is() -> None:
    actor = Actor(new_id(), "Người thử nghiệm", (OFFICER,))
    units_of(actor)
    assert actor == replace(actor)
    assert hash(actor) == hash(replace(actor))
