"""An objection's steps, as data: filed, received, examined, answered."""

from collections.abc import Mapping
from enum import StrEnum

from evaluation.domain.access import RECOGNISING_ROLES
from evaluation.domain.units_of_levels import SIGNATURES
from shared.auth.actors import Actor
from shared.errors import Conflict, Text


class ObjectionState(StrEnum):
    """Where an objection stands: its newest step."""

    FILED = "filed"
    RECEIVED = "received"
    EXAMINED = "examined"
    UPHELD = "upheld"
    PARTLY_UPHELD = "partly_upheld"
    REFUSED = "refused"


class Remedy(StrEnum):
    """What follows an objection that is upheld: a new evaluation, or a decision that corrects."""

    REOPENING = "reopening"
    CORRECTION = "correction"


BEFORE: Mapping[ObjectionState, frozenset[ObjectionState]] = {
    ObjectionState.RECEIVED: frozenset({ObjectionState.FILED}),
    ObjectionState.EXAMINED: frozenset({ObjectionState.RECEIVED}),
    ObjectionState.UPHELD: frozenset({ObjectionState.EXAMINED}),
    ObjectionState.PARTLY_UPHELD: frozenset({ObjectionState.EXAMINED}),
    ObjectionState.REFUSED: frozenset({ObjectionState.EXAMINED}),
}
"""After which step each step may come."""

NAMES: Mapping[ObjectionState, Text] = {
    ObjectionState.FILED: Text("đã gửi, chờ tiếp nhận", "filed, not yet received"),
    ObjectionState.RECEIVED: Text("đã tiếp nhận, chờ xem xét", "received, not yet examined"),
    ObjectionState.EXAMINED: Text("đã xem xét, chờ trả lời", "examined, not yet answered"),
    ObjectionState.UPHELD: Text("được chấp nhận", "upheld"),
    ObjectionState.PARTLY_UPHELD: Text("được chấp nhận một phần", "partly upheld"),
    ObjectionState.REFUSED: Text("không được chấp nhận", "refused"),
}


def possible_steps(state: str) -> list[str]:
    """The steps that may follow."""
    return [step.value for step, before in BEFORE.items() if ObjectionState(state) in before]


def check_step(state: str, step: ObjectionState) -> None:
    """Raise Conflict (409), naming the state and what may follow, unless `step` may come after `state`."""
    if ObjectionState(state) not in BEFORE[step]:
        name = NAMES[ObjectionState(state)]
        raise Conflict(
            f"Khiếu nại {name.vi}: không thực hiện được bước này.",
            f"The objection is {name.en}: this step is not possible now.",
            state=state,
            allowed=possible_steps(state),
        )


def heads_level(actor: Actor, level: str, unit_code: str) -> bool:
    """Whether the person answers for the unit: he signs there for one of the bodies of that level."""
    roles = [RECOGNISING_ROLES[body] for body, signature in SIGNATURES.items() if signature.level == level]
    return unit_code in actor.units(*roles)
