"""Relations, proposals and recusals on the wire."""

from uuid import UUID

from pydantic import BaseModel, Field

from evaluation.api.schemas.rounds import Reason
from evaluation.domain.conflict_relations import Covers, Relation
from evaluation.use_cases.propose_conflicts import Proposal
from evaluation.use_cases.recuse_member import Recusal
from shared.contracts.base import Wire


class RelationRead(BaseModel):
    """A relation of a member to a producer. `covers`: all dossiers of the producer, or the one dossier."""

    code: str
    name: str
    covers: Covers
    source: str

    @classmethod
    def of(cls, relation: Relation, language: str) -> "RelationRead":
        """In the language of the request."""
        return cls(
            code=relation.code,
            name=relation.name.in_language(language),
            covers=relation.covers,
            source=relation.source,
        )


class RelationList(BaseModel):
    """Every relation."""

    items: list[RelationRead]


class SignRead(BaseModel):
    """Something known that may mean a conflict."""

    code: str
    text: str


class ProposalRead(BaseModel):
    """A dossier about which a member is asked; `relation` is the one to propose."""

    dossier_id: UUID
    product_name: str
    producer_name: str
    relation: str
    signs: list[SignRead]

    @classmethod
    def of(cls, proposal: Proposal, language: str) -> "ProposalRead":
        """In the language of the request."""
        return cls(
            dossier_id=proposal.dossier_id,
            product_name=proposal.product_name,
            producer_name=proposal.producer_name,
            relation=proposal.relation,
            signs=[SignRead(code=code, text=text.in_language(language)) for code, text in proposal.signs.items()],
        )


class ProposalList(BaseModel):
    """What a member is asked about before he scores."""

    items: list[ProposalRead]


class RecusalDraft(Wire):
    """The chair's decision that a member stands aside; `decision_number` where it has one."""

    dossier_id: UUID
    member_id: UUID
    relation: str = Field(max_length=50, examples=["family"])
    reason: Reason
    decision_number: str | None = Field(default=None, min_length=1, max_length=100)

    def recusal(self) -> Recusal:
        """For the use case."""
        return Recusal(self.dossier_id, self.member_id, self.relation, self.reason, self.decision_number)
