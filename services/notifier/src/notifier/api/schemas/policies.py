"""Reminder policies and simulations on the wire."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy import Row

from notifier.domain.policies import PolicyDraft, PolicyId
from notifier.persistence.tables.policies import ReminderPolicy, ReminderPolicyStep
from notifier.use_cases.simulate_policy import Played, Question

Word = Annotated[str, StringConstraints(min_length=1, max_length=100)]
PolicyState = Literal["draft", "published"]


class PolicyRead(BaseModel):
    """A policy with its validity: due dates from `valid_from` to `valid_to`, both inclusive (null: open)."""

    id: str
    version: int
    state: PolicyState
    valid_from: date | None
    valid_to: date | None
    superseded_by: str | None
    published_at: datetime | None
    policy: PolicyDraft

    @classmethod
    def of(cls, row: ReminderPolicy, steps: Sequence[ReminderPolicyStep]) -> Self:
        """The rows as the document they came from."""
        shown = {name: getattr(row, name) for name in cls.model_fields if name != "policy"}
        return cls(policy=_document(row, steps), **shown)


class PolicyList(BaseModel):
    """Every policy by code and validity, drafts last."""

    items: list[PolicyRead]


class Publication(BaseModel):
    """The first due date for which the policy counts."""

    model_config = ConfigDict(extra="forbid")

    valid_from: Annotated[date, Field(ge=date(2018, 1, 1), le=date(2100, 12, 31))]


class SimulationRequest(BaseModel):
    """Which duties are played, under which policy: a document, the id of one, or (neither) those in force."""

    model_config = ConfigDict(extra="forbid")

    year: Annotated[int, Field(ge=2018, le=2100)]
    period: Word | None = None
    code: Word | None = None
    units: Annotated[list[Word], Field(min_length=1, max_length=500)] | None = None
    starts_on: Annotated[date, Field(ge=date(2018, 1, 1), le=date(2100, 12, 31))] | None = None
    policy: PolicyDraft | None = None
    policy_id: PolicyId | None = None

    @model_validator(mode="after")
    def _one_policy(self) -> Self:
        if self.policy is not None and self.policy_id is not None:
            raise ValueError("either policy or policy_id")
        return self

    def question(self) -> Question:
        """As the use case takes it."""
        return Question(**{name: getattr(self, name) for name in type(self).model_fields})


class SimulatedNotice(BaseModel):
    """One notice as it would be made, with nothing done.

    `outcome` says whether the person is told by it, or by the digest that lists it, and `reason` why not.
    `fallbacks` are tried when `channel` fails.
    """

    at: datetime
    kind: str
    step: int
    channel: str
    fallbacks: list[str]
    person_id: UUID
    recipient_name: str
    unit_code: str
    code: str | None
    title: str | None
    due_on: date
    template: str
    outcome: Literal["told", "in_digest", "held", "skipped", "cancelled"]
    reason: str | None
    items: int | None
    silent_units: int | None

    @classmethod
    def of(cls, row: Row[Any]) -> Self:
        """The row as the API shows it."""
        return cls(**row._mapping)


class SimulationRead(BaseModel):
    """What the year would bring: how many duties were played, how many notices tell somebody, and all notices."""

    duties: int
    told: int
    notices: list[SimulatedNotice]

    @classmethod
    def of(cls, played: Played) -> Self:
        """The result as the API shows it."""
        notices = [SimulatedNotice.of(row) for row in played.notices]
        told = sum(one.outcome == "told" for one in notices)
        return cls(duties=played.duties, told=told, notices=notices)


def _document(row: ReminderPolicy, steps: Sequence[ReminderPolicyStep]) -> PolicyDraft:
    by_step: dict[int, list[dict[str, Any]]] = {}
    for one in steps:
        told = {"who": one.audience, "template": one.template_code, "chains": one.chains}
        by_step.setdefault(one.step, []).append(told)
    quiet = {"begins": row.quiet_begins, "ends": row.quiet_ends}
    digest = {name: getattr(row, f"digest_{name}") for name in ("every", "weekday", "at", "immediate_from", "template")}
    risk = {name: getattr(row, f"risk_{name}") for name in ("weekday", "at", "template")}
    return PolicyDraft.model_validate(
        {
            "id": row.id,
            "code": row.code,
            "source": row.source,
            "send_at": row.send_at,
            "working_days": row.working_days,
            "absent": "both" if row.tells_absent else "deputy",
            "quiet_hours": quiet if row.quiet_begins is not None else None,
            "digest": digest if row.digest_every is not None else None,
            "risk_report": risk if row.risk_template is not None else None,
            "chains": row.chains,
            "steps": [{"step": step, "tell": tell} for step, tell in by_step.items()],
            "silence_template": row.silence_template,
            "delivery": {
                "tries": row.most_tries,
                "first_retry_seconds": row.first_retry_seconds,
                "longest_retry_seconds": row.longest_retry_seconds,
                "give_up_seconds": row.give_up_seconds,
            },
        }
    )
