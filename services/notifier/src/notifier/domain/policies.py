"""Reminder policies (data/reminder-policies.json): when who is told, through what, in which words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

Chains = tuple[tuple[str, ...], ...]
"""Every chain tells the person once: by its first channel that can, by the next one when that fails."""
AUDIENCES = frozenset({"responsible", "superior"})
EVERY_CODE = "*"


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """So many days from the due date (negative before it), one audience is told in the words of a template."""

    step: int
    audience: str
    template: str
    chains: Chains | None = None
    """Instead of the policy's."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How the duties of one code are reminded of. Delivery limits: tries, and seconds between and in all."""

    id: str
    code: str
    valid_from: date
    valid_to: date | None
    source: str
    send_at: time
    chains: Chains
    steps: tuple[PolicyStep, ...]
    silence_template: str | None
    most_tries: int
    first_retry_seconds: int
    longest_retry_seconds: int
    give_up_seconds: int


def read_policies(
    document: Mapping[str, Any], templates: frozenset[str], channels: frozenset[str]
) -> tuple[Policy, ...]:
    """The policies of a document. Raises KeyError or ValueError where it names what does not exist."""
    if document["schema"] != "ocop-reminder-policies/2":
        raise ValueError(f"not a policies document: {document['schema']}")
    policies = tuple(_policy(entry) for entry in document["policies"])
    for policy in policies:
        _check(policy, templates, channels)
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
        chains=_chains(entry["chains"]),
        steps=tuple(_step(step["step"], told) for step in entry["steps"] for told in step["tell"]),
        silence_template=entry["silence_template"],
        most_tries=delivery["tries"],
        first_retry_seconds=delivery["first_retry_seconds"],
        longest_retry_seconds=delivery["longest_retry_seconds"],
        give_up_seconds=delivery["give_up_seconds"],
    )


def _step(step: int, told: Mapping[str, Any]) -> PolicyStep:
    chains = _chains(told["chains"]) if "chains" in told else None
    return PolicyStep(step, told["who"], told["template"], chains)


def _chains(value: Sequence[Sequence[str]]) -> Chains:
    return tuple(tuple(chain) for chain in value)


def _check(policy: Policy, templates: frozenset[str], channels: frozenset[str]) -> None:
    for chains in (policy.chains, *(step.chains for step in policy.steps if step.chains is not None)):
        links = [channel for chain in chains for channel in chain]
        if not chains or not all(chains) or not set(links) <= channels or len(set(links)) < len(links):
            raise ValueError(f"policy {policy.id}: chains must hold some of {sorted(channels)}, each once")
    if not {step.audience for step in policy.steps} <= AUDIENCES:
        raise ValueError(f"policy {policy.id}: only {sorted(AUDIENCES)} can be told")
    if len({(step.step, step.audience) for step in policy.steps}) < len(policy.steps):
        raise ValueError(f"policy {policy.id}: an audience is told twice in one step")
    named = {step.template for step in policy.steps} | ({policy.silence_template} - {None})
    if unknown := named - templates:
        raise ValueError(f"policy {policy.id}: no template {sorted(str(name) for name in unknown)}")


def check_words(policy: Policy, words: frozenset[tuple[str, str]], forms: Mapping[str, str]) -> None:
    """Raises ValueError where a chain would tell nobody: none of its channels takes a form that the template has.

    `words` are (template, form) that may be used now; `forms` the form of each channel.
    """
    told = [(step.template, step.chains or policy.chains) for step in policy.steps]
    if policy.silence_template is not None:
        told.append((policy.silence_template, policy.chains))
    for template, chains in told:
        for chain in chains:
            if not any((template, forms[channel]) in words for channel in chain):
                raise ValueError(
                    f"policy {policy.id}: no channel of {list(chain)} has words of {template} that may be used"
                )
