"""Reminder policies: when who is told, through what, in which words (data/reminder-policies.json, or a province's)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from shared.contracts.base import Wire
from shared.errors import Fault, Text

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]
PolicyId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,62}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Seconds = Annotated[int, Field(ge=1, le=30 * 86_400)]
Chain = Annotated[list[Code], Field(min_length=1, max_length=5)]
Chains = Annotated[list[Chain], Field(min_length=1, max_length=5)]
"""Every chain tells the person once: by its first channel that can, by the next one when that fails."""
DOCUMENT = "document"
"""The form of words of the e-office."""
EVERY_CODE = "*"
MOST_DAYS = 1100
"""A certificate lives 36 months: no step lies farther from its deadline."""


class Told(Wire):
    """One audience of a step, and the words it is told in; `chains` instead of the policy's."""

    who: Code
    template: Code
    chains: Chains | None = None


class Step(Wire):
    """So many days from the due date (negative before it)."""

    step: Annotated[int, Field(ge=-MOST_DAYS, le=MOST_DAYS)]
    tell: Annotated[list[Told], Field(min_length=1, max_length=10)]


class QuietHours(Wire):
    """Nothing is told from `begins` until `ends`, Vietnam time, over midnight where it ends earlier than it begins."""

    begins: time
    ends: time


class Digest(Wire):
    """Due steps of one person go out as one notice that lists all; steps from `immediate_from` on by themselves."""

    every: Literal["day", "week"]
    weekday: Annotated[int, Field(ge=1, le=7)] | None = None
    """1 is Monday; for weekly ones."""
    at: time
    immediate_from: Annotated[int, Field(ge=-MOST_DAYS, le=MOST_DAYS)]
    template: Code


class RiskReport(Wire):
    """Once a week the superior is told where a deadline is at risk."""

    weekday: Annotated[int, Field(ge=1, le=7)]
    at: time
    template: Code


class Delivery(Wire):
    """How long and how often sending is tried."""

    tries: Annotated[int, Field(ge=1, le=50)]
    first_retry_seconds: Seconds
    longest_retry_seconds: Seconds
    give_up_seconds: Seconds


class PolicyDraft(Wire):
    """How the duties of one code (`*`: all others) are reminded of. Times are Vietnam's."""

    id: PolicyId
    code: Annotated[str, StringConstraints(pattern=r"^(\*|[a-z][a-z0-9_]{0,62})$")]
    source: Line
    send_at: time
    working_days: Literal["any", "previous", "next"] = "any"
    """Where a step goes that falls on a day off; never over its deadline."""
    quiet_hours: QuietHours | None = None
    absent: Literal["deputy", "both"] = "deputy"
    """Who is told while the holder of an office is absent: the deputy alone, or both."""
    digest: Digest | None = None
    risk_report: RiskReport | None = None
    chains: Chains
    steps: Annotated[list[Step], Field(min_length=1, max_length=40)]
    silence_template: Code | None = None
    delivery: Delivery


class Policy(PolicyDraft):
    """A policy with the due dates it is for, both inclusive."""

    valid_from: date
    valid_to: date | None = None


class Audience(Wire):
    """Who can be told besides the responsible and the superior: those who hold `role` in the unit that `of` names.

    `own_unit`: the duty's; `superior_unit`: the superior's; `anywhere`: whoever holds it.
    """

    code: Code
    vi: Line
    en: Line
    role: Code
    of: Literal["own_unit", "superior_unit", "anywhere"]


@dataclass(frozen=True, slots=True)
class Known:
    """What a policy can name. `templates` are those of reminders; reports have their own words."""

    channels: Collection[str]
    audiences: Collection[str]
    forms: Mapping[str, str]
    """Which form of words each channel takes."""
    words: Collection[tuple[str, str]]
    """(template, form) that may be used now."""
    templates: Collection[str]
    digests: Collection[str]
    silences: Collection[str]
    risks: Collection[str]
    formal: Collection[str] = ()
    """Templates of formal notices, which only an official document tells."""


def faults_of_policy(policy: PolicyDraft, known: Known) -> list[Fault]:
    """Everything wrong with a policy at once, each with its path."""
    return [
        *_chain_faults(policy, known),
        *_step_faults(policy, known),
        *_time_faults(policy),
        *_word_faults(policy, known),
    ]


def _chain_faults(policy: PolicyDraft, known: Known) -> Iterator[Fault]:
    places = [("chains", policy.chains)] + [
        (f"steps[{n}].tell[{m}].chains", told.chains)
        for n, step in enumerate(policy.steps)
        for m, told in enumerate(step.tell)
        if told.chains is not None
    ]
    for path, chains in places:
        seen: set[str] = set()
        for n, chain in enumerate(chains):
            for m, channel in enumerate(chain):
                at = f"{path}[{n}][{m}]"
                if channel not in known.channels:
                    yield _unknown(at, known.channels)
                if channel in seen:
                    yield _fault(at, "duplicate", "Mỗi kênh chỉ nêu một lần", "A channel is named once only")
                seen.add(channel)


def _step_faults(policy: PolicyDraft, known: Known) -> Iterator[Fault]:
    steps: set[int] = set()
    for n, step in enumerate(policy.steps):
        if step.step in steps:
            yield _fault(f"steps[{n}].step", "duplicate", "Trùng mốc nhắc", "This step is there already")
        steps.add(step.step)
        told: set[str] = set()
        for m, one in enumerate(step.tell):
            at = f"steps[{n}].tell[{m}]"
            if one.who not in known.audiences:
                yield _unknown(f"{at}.who", known.audiences)
            if one.who in told:
                yield _fault(f"{at}.who", "duplicate", "Được nhắc hai lần ở mốc này", "Told twice in one step")
            told.add(one.who)
            if one.template not in known.templates:
                yield _unknown(f"{at}.template", known.templates)
            else:
                yield from _without_words(f"{at}.template", one.template, one.chains or policy.chains, known)
                yield from _formal_faults(f"{at}.template", one.template, one.chains or policy.chains, known)


def _formal_faults(at: str, template: str, chains: Chains, known: Known) -> Iterator[Fault]:
    """A formal notice goes by the e-office, which nothing else stands for; the e-office takes nothing else."""
    forms = [{known.forms.get(channel) for channel in chain} for chain in chains]
    if template in known.formal and {DOCUMENT} not in forms:
        vi = "Thông báo chính thức phải có một kênh văn bản điện tử riêng"
        yield _fault(at, "formal", vi, "A formal notice needs a chain of the e-office alone")
    elif any(DOCUMENT in one and one != {DOCUMENT} for one in forms):
        vi = "Văn bản điện tử không thay và không được thay bằng kênh khác"
        yield _fault(at, "formal", vi, "No other channel stands for the e-office")


def _time_faults(policy: PolicyDraft) -> Iterator[Fault]:
    moments = [("send_at", policy.send_at)]
    if policy.digest is not None:
        moments.append(("digest.at", policy.digest.at))
    if policy.risk_report is not None:
        moments.append(("risk_report.at", policy.risk_report.at))
    for at, moment in moments:
        if moment.tzinfo is not None:
            yield _fault(at, "time_zone", "Giờ Việt Nam, không kèm múi giờ", "Vietnam time, without a zone")
        elif policy.quiet_hours is not None and is_quiet(policy.quiet_hours, moment):
            yield _fault(at, "quiet", "Nằm trong giờ yên tĩnh", "Lies within the quiet hours")
    quiet, digest = policy.quiet_hours, policy.digest
    if quiet is not None and quiet.begins == quiet.ends:
        yield _fault("quiet_hours.ends", "range", "Phải khác giờ bắt đầu", "Must differ from the beginning")
    last = max((step.step for step in policy.steps if step.step <= 0), default=None)
    if digest is not None and (digest.weekday is None) is (digest.every == "week"):
        yield _fault(
            "digest.weekday", "weekday", "Chỉ bản tổng hợp tuần có thứ trong tuần", "Needed for weekly ones, only there"
        )
    if digest is not None and last is not None and digest.immediate_from > last:
        yield _fault(
            "digest.immediate_from",
            "range",
            f"Mốc cuối trước hạn ({last}) phải gửi ngay",
            f"The last step before the deadline ({last}) goes out at once",
        )
    if policy.delivery.longest_retry_seconds < policy.delivery.first_retry_seconds:
        yield _fault(
            "delivery.longest_retry_seconds", "range", "Nhỏ hơn first_retry_seconds", "Less than first_retry_seconds"
        )


def _word_faults(policy: PolicyDraft, known: Known) -> Iterator[Fault]:
    digest, risk = policy.digest, policy.risk_report
    reports = (
        ("silence_template", policy.silence_template, known.silences),
        ("digest.template", digest.template if digest else None, known.digests),
        ("risk_report.template", risk.template if risk else None, known.risks),
    )
    for at, template, templates in reports:
        if template is not None and template not in templates:
            yield _unknown(at, templates)
        elif template is not None:
            yield from _without_words(at, template, policy.chains, known)


def _without_words(at: str, template: str, chains: Chains, known: Known) -> Iterator[Fault]:
    """A chain of which no channel takes a form that the template has would tell nobody."""
    for chain in chains:
        forms = [known.forms[channel] for channel in chain if channel in known.forms]
        if forms and not any((template, form) in known.words for form in forms):
            names = ", ".join(chain)
            yield _fault(
                at, "no_words", f"Không có lời dùng được cho kênh {names}", f"It has no usable words for {names}"
            )


def is_quiet(hours: QuietHours, moment: time) -> bool:
    """Whether a time of day lies within the quiet hours (the database has the same function)."""
    if hours.begins < hours.ends:
        return hours.begins <= moment < hours.ends
    return moment >= hours.begins or moment < hours.ends


def read_policies(document: Mapping[str, Any], known: Known) -> tuple[Policy, ...]:
    """The policies of a shipped document. Raises KeyError or ValueError where it names what does not exist."""
    if document["schema"] != "ocop-reminder-policies/3":
        raise ValueError(f"not a policies document: {document['schema']}")
    policies = tuple(Policy.model_validate(entry) for entry in document["policies"])
    for policy in policies:
        if faults := faults_of_policy(policy, known):
            told = "; ".join(f"{fault.field}: {fault.text.en}" for fault in faults)
            raise ValueError(f"policy {policy.id}: {told}")
    return policies


def read_audiences(document: Mapping[str, Any]) -> tuple[Audience, ...]:
    """The further audiences of a shipped document. Raises ValueError where one is wrong."""
    return tuple(Audience.model_validate(entry) for entry in document["audiences"])


def _unknown(field: str, known: Collection[str]) -> Fault:
    names = ", ".join(sorted(known))
    return _fault(field, "unknown", f"Không có; biết: {names}", f"Unknown; known: {names}")


def _fault(field: str, code: str, vi: str, en: str) -> Fault:
    return Fault(field, code, Text(vi, en))
