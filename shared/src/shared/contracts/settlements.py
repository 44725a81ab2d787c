"""Events that evaluation tells of the time after a result."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.base import Event
from shared.contracts.roles import Level


class ResultPublished(Event):
    """The result list of a round is public."""

    type: ClassVar[str] = "evaluation.result_published"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    publication_id: UUID
    round_id: UUID
    level: Level
    unit_code: str
    year: int
    published_on: date


class RenewalDecisionDue(Event):
    """A full renewal dossier is in: its whole re-evaluation ends by `due_on`, inclusive (26/2026 Art. 7.6.g).

    Told again with the same day when the dossier goes up or comes back: what is left is owed by the unit it names.
    """

    type: ClassVar[str] = "evaluation.renewal_decision_due"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    dossier_id: UUID
    product_name: str
    level: Level
    unit_code: str
    unit_name: str
    year: int
    due_on: date
    source: str


class ObjectionFiled(Event):
    """A producer objects to a result."""

    type: ClassVar[str] = "evaluation.objection_filed"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    objection_id: UUID
    dossier_id: UUID
    producer_id: UUID
    level: Level
    unit_code: str
    filed_on: date


class ObjectionReceived(Event):
    """An objection was taken in; its answer is due by `due_on`, inclusive (None where the ruleset has no clock)."""

    type: ClassVar[str] = "evaluation.objection_received"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    objection_id: UUID
    dossier_id: UUID
    product_name: str
    level: Level
    unit_code: str
    year: int
    due_on: date | None
    source: str


class ObjectionAnswered(Event):
    """An objection was upheld, partly upheld or refused, with what follows."""

    type: ClassVar[str] = "evaluation.objection_answered"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    objection_id: UUID
    dossier_id: UUID
    producer_id: UUID
    answer: Literal["upheld", "partly_upheld", "refused"]
    remedy: Literal["reopening", "correction"] | None
    answered_on: date


class DossierReopened(Event):
    """A dossier is evaluated again at `level`; its earlier results stay on record."""

    type: ClassVar[str] = "evaluation.dossier_reopened"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    dossier_id: UUID
    product_id: UUID
    producer_id: UUID
    level: Level
    attempt: int
    year: int


class DecisionCorrected(Event):
    """A decision was corrected by a later one. `star` None takes the recognition back from `corrected_on`."""

    type: ClassVar[str] = "evaluation.decision_corrected"
    subscribers: ClassVar[tuple[str, ...]] = ("registry", "notifier")

    correction_id: UUID
    decision_id: UUID
    new_decision_id: UUID | None
    dossier_id: UUID
    product_id: UUID
    producer_id: UUID
    star: int | None
    decision_number: str
    decided_by: str
    corrected_on: date
    public_words: str
    ruleset: str
    code_pattern: str


class RevocationProposed(Event):
    """Somebody with the duty proposed to revoke a certificate; the body decides by `due_on`, inclusive."""

    type: ClassVar[str] = "evaluation.revocation_proposed"
    subscribers: ClassVar[tuple[str, ...]] = ("notifier",)

    revocation_id: UUID
    certificate_id: UUID
    producer_id: UUID
    product_name: str
    level: Level
    unit_code: str
    unit_name: str
    year: int
    due_on: date | None
    source: str


class RevocationDecided(Event):
    """The body decided on a proposal; when `revoked`, the certificate no longer holds from `effective_on`."""

    type: ClassVar[str] = "evaluation.revocation_decided"
    subscribers: ClassVar[tuple[str, ...]] = ("registry", "notifier")

    revocation_id: UUID
    certificate_id: UUID
    product_id: UUID
    producer_id: UUID
    revoked: bool
    effective_on: date | None
    decision_number: str | None
    decided_by: str | None
    public_words: str | None
    decided_on: date
