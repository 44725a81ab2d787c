"""Reminder policies (data/reminder-policies.json): when who is told, through what, in which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

CHANNELS = frozenset({"email", "inbox"})
AUDIENCES = frozenset({"responsible", "superior"})
EVERY_CODE = "*"


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """So many days from the due date (negative before it), one audience is told in the words of a template."""

    step: int
    audience: str
    template: str


@dataclass(frozen=True, slots=True)
class Policy:
    """How the duties of one code are reminded of. Delivery limits: tries, and seconds between and in all."""

    id: str
    code: str
    valid_from: date
    valid_to: date | None
    source: str
    send_at: time
    channels: tuple[str, ...]
    steps: tuple[PolicyStep, ...]
    silence_template: str | None
    most_tries: int
    first_retry_seconds: int
    longest_retry_seconds: int
    give_up_seconds: int


def read_policies(document: Mapping[str, Any], templates: frozenset[str]) -> tuple[Policy, ...]:
    """The policies of a document. Raises KeyError or ValueError where it names what does not exist."""
    if document["schema"] != "ocop-reminder-policies/1":
        raise ValueError(f"not a policies document: {document['schema']}")
    policies = tuple(_policy(entry) for entry in document["policies"])
    for policy in policies:
        _check(policy, templates)
    return policies


def _policy(entry: Mapping[str, Any]) -> Policy:
    delivery = entry["delivery"]
    return Policy(
        id=entry["id"],
        code=entry["code"],
        valid_from=date.fromisoformat(entry["valid_from"]),
        valid_to=date.fromisoformat(entry["valid_to"]) if entry["valid_to"] else None,
        source=entry["source"],
        send_at=time.fromisoformat(entry["send_at"]),
        channels=tuple(entry["channels"]),
        steps=tuple(
            PolicyStep(step["step"], told["who"], told["template"]) for step in entry["steps"] for told in step["tell"]
        ),
        silence_template=entry["silence_template"],
        most_tries=delivery["tries"],
        first_retry_seconds=delivery["first_retry_seconds"],
        longest_retry_seconds=delivery["longest_retry_seconds"],
        give_up_seconds=delivery["give_up_seconds"],
    )


def _check(policy: Policy, templates: frozenset[str]) -> None:
    if not policy.channels or not set(policy.channels) <= CHANNELS:
        raise ValueError(f"policy {policy.id}: channels must be some of {sorted(CHANNELS)}")
    if not {step.audience for step in policy.steps} <= AUDIENCES:
        raise ValueError(f"policy {policy.id}: only {sorted(AUDIENCES)} can be told")
    if len({(step.step, step.audience) for step in policy.steps}) < len(policy.steps):
        raise ValueError(f"policy {policy.id}: an audience is told twice in one step")
    named = {step.template for step in policy.steps} | ({policy.silence_template} - {None})
    if unknown := named - templates:
        raise ValueError(f"policy {policy.id}: no template {sorted(str(name) for name in unknown)}")
