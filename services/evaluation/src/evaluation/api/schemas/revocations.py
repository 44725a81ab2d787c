"""Revocations on the wire."""

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from evaluation.api.schemas.dossier_forms import Line, Prose
from evaluation.api.schemas.results import DecisionNumber, Sha256
from evaluation.api.schemas.settlements import DocumentRead, PublicWords
from evaluation.use_cases.revoke_certificate import Finding, SignedRevocation
from shared.contracts.base import Wire
from shared.contracts.roles import Level

FindingKind = Literal["authority_conclusion", "commune_confirmation", "ministry_request"]


class FindingDraft(Wire):
    """What the proposal rests on; its day starts the clock."""

    kind: FindingKind
    by: Line
    number: Line | None = None
    on: date

    def finding(self) -> Finding:
        """As the use case takes it."""
        return Finding(self.kind, self.by, self.number, self.on)


class RevocationDraft(Wire):
    """A proposal to revoke a certificate. `cause` is a code of the ruleset in force."""

    certificate_id: UUID
    cause: Annotated[str, Field(min_length=1, max_length=50, examples=["c"])]
    finding: FindingDraft
    evidence: Prose
    file_sha256: Sha256 | None = None


class RevocationDecisionDraft(Wire):
    """Revoke by a signed decision (number, days, public words), or dismiss the proposal."""

    revoked: bool
    reasons: Prose
    number: DecisionNumber | None = None
    signed_on: date | None = None
    effective_on: date | None = None
    public_words: PublicWords | None = None
    file_sha256: Sha256 | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        given = [self.number is not None, self.signed_on is not None, self.public_words is not None]
        if self.revoked and not all(given):
            raise ValueError("a revocation has number, signed_on and public_words")
        if not self.revoked and (any(given) or self.effective_on or self.file_sha256):
            raise ValueError("a dismissal has no document")
        return self

    def signed(self) -> SignedRevocation | None:
        """The signed decision, None for a dismissal."""
        if self.number is None or self.signed_on is None or self.public_words is None:
            return None
        effective_on = self.effective_on or self.signed_on
        return SignedRevocation(self.number, self.signed_on, effective_on, self.public_words, self.file_sha256)


class RevocationRead(BaseModel):
    """A proposal and what became of it.

    `certificate_decided_by` issued the certificate, `unit_name` decides now: they differ where a unit was succeeded.
    """

    id: UUID
    certificate_id: UUID
    product_id: UUID
    dossier_id: UUID | None
    product_name: str
    product_code: str
    star: int
    certificate_decision: str
    certificate_decided_by: str
    issued_on: date
    cause: str
    finding: FindingKind
    finding_by: str
    finding_number: str | None
    finding_on: date
    evidence: str
    file_sha256: str | None
    ruleset: str
    level: Level
    unit_code: str
    unit_name: str
    due_on: date | None
    source: str
    proposed_on: date
    state: Literal["proposed", "revoked", "dismissed"]
    effective_on: date | None
    public_words: str | None
    reasons: str | None
    decided_on: date | None
    document: DocumentRead | None

    @classmethod
    def of(cls, row: Any) -> "RevocationRead":
        """From (revocation, decision, document)."""
        revocation, decision, document = row
        same = {name: getattr(revocation, name) for name in cls.model_fields if hasattr(revocation, name)}
        return cls(
            **same
            | {
                "ruleset": revocation.ruleset_id,
                "state": "proposed" if decision is None else "revoked" if decision.revoked else "dismissed",
                "effective_on": decision and decision.effective_on,
                "public_words": decision and decision.public_words,
                "reasons": decision and decision.reasons,
                "decided_on": decision and decision.on_day,
                "document": document and DocumentRead.model_validate(document),
            }
        )
