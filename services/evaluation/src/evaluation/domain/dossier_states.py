"""States of a dossier and the steps between them, as data."""

from collections.abc import Mapping
from enum import StrEnum

from shared.errors import Conflict, Text


class DossierState(StrEnum):
    """Where a dossier stands. `level` of the dossier says at which tier it waits."""

    DRAFT = "draft"
    FILED = "filed"
    RETURNED = "returned"
    REPORTED = "reported"
    IN_ROUND = "in_round"
    SCORED = "scored"
    FORWARDED = "forwarded"
    RECOGNISED = "recognised"
    NOT_RECOGNISED = "not_recognised"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What somebody does with a dossier."""

    EDIT = "edit"
    FILE = "file"
    RETURN = "return"
    REPORT = "report"
    JOIN_ROUND = "join_round"
    CLOSE_SCORING = "close_scoring"
    REFUSE = "refuse"
    DECIDE = "decide"
    FORWARD = "forward"
    RECORD_ABOVE = "record_above"
    REOPEN = "reopen"
    TAKE_BACK = "take_back"
    TAKE_OUT = "take_out"
    WITHDRAW = "withdraw"


TRANSITIONS: Mapping[Step, Mapping[DossierState, DossierState]] = {
    Step.EDIT: {DossierState.DRAFT: DossierState.DRAFT, DossierState.RETURNED: DossierState.RETURNED},
    Step.FILE: {DossierState.DRAFT: DossierState.FILED, DossierState.RETURNED: DossierState.FILED},
    Step.RETURN: {
        DossierState.FILED: DossierState.RETURNED,
        DossierState.REPORTED: DossierState.RETURNED,
        DossierState.FORWARDED: DossierState.RETURNED,
        # it leaves the round, which has not closed
        DossierState.IN_ROUND: DossierState.RETURNED,
    },
    Step.REPORT: {DossierState.FILED: DossierState.REPORTED},
    Step.JOIN_ROUND: {
        DossierState.REPORTED: DossierState.IN_ROUND,
        DossierState.FORWARDED: DossierState.IN_ROUND,
        # where a ruleset has no commune step a filed dossier waits at its first scoring level at once
        DossierState.FILED: DossierState.IN_ROUND,
    },
    # the state it joined from is kept with the round; this one where that is not known
    Step.TAKE_OUT: {DossierState.IN_ROUND: DossierState.REPORTED},
    Step.CLOSE_SCORING: {DossierState.IN_ROUND: DossierState.SCORED},
    Step.REFUSE: {DossierState.SCORED: DossierState.NOT_RECOGNISED},
    Step.DECIDE: {DossierState.SCORED: DossierState.RECOGNISED, DossierState.FORWARDED: DossierState.RECOGNISED},
    Step.FORWARD: {DossierState.SCORED: DossierState.FORWARDED, DossierState.RECOGNISED: DossierState.FORWARDED},
    # the level above scored outside this system and lowered the result: the level below decides what follows
    Step.RECORD_ABOVE: {DossierState.FORWARDED: DossierState.SCORED},
    # evaluated again after an objection, or where the level above lowered the result: it waits for a round once more
    Step.REOPEN: {
        DossierState.SCORED: DossierState.REPORTED,
        DossierState.RECOGNISED: DossierState.REPORTED,
        DossierState.NOT_RECOGNISED: DossierState.REPORTED,
    },
    # a decision of correction takes the recognition back
    Step.TAKE_BACK: {DossierState.RECOGNISED: DossierState.NOT_RECOGNISED},
    # once a council has it, or after it, a result is owed: the producer may object to it, not take it back
    Step.WITHDRAW: {
        DossierState.DRAFT: DossierState.WITHDRAWN,
        DossierState.FILED: DossierState.WITHDRAWN,
        DossierState.RETURNED: DossierState.WITHDRAWN,
        DossierState.REPORTED: DossierState.WITHDRAWN,
    },
}
"""Which step leads from which state to which. What is not listed is refused."""

FINAL = frozenset({DossierState.RECOGNISED, DossierState.NOT_RECOGNISED, DossierState.WITHDRAWN})
"""States in which nothing waits for anybody, so that a product may open its next dossier."""

NAMES: Mapping[DossierState, Text] = {
    DossierState.DRAFT: Text("đang soạn", "draft"),
    DossierState.FILED: Text("đã nộp", "filed"),
    DossierState.RETURNED: Text("bị trả lại để bổ sung", "returned for repair"),
    DossierState.REPORTED: Text("cấp xã đã báo cáo", "reported on by the commune"),
    DossierState.IN_ROUND: Text("đang được Hội đồng đánh giá", "before a council"),
    DossierState.SCORED: Text("đã chấm điểm", "scored"),
    DossierState.FORWARDED: Text("đã chuyển cấp trên", "forwarded to the next level"),
    DossierState.RECOGNISED: Text("đã công nhận", "recognised"),
    DossierState.NOT_RECOGNISED: Text("không được công nhận", "not recognised"),
    DossierState.WITHDRAWN: Text("đã rút", "withdrawn"),
}


def next_state(state: str, step: Step, *, rule: str | None = None) -> DossierState:
    """The state after `step`. Raises Conflict (409) naming the state and the steps that are possible in it."""
    after = TRANSITIONS[step].get(DossierState(state))
    if after is None:
        name = NAMES[DossierState(state)]
        raise Conflict(
            f"Hồ sơ {name.vi}: không thực hiện được việc này.",
            f"The dossier is {name.en}: this is not possible now.",
            rule=rule,
            state=state,
            allowed=possible_steps(state),
        )
    return after


def possible_steps(state: str) -> list[str]:
    """The steps that are possible in a state, by name."""
    return [step.value for step, moves in TRANSITIONS.items() if DossierState(state) in moves]
