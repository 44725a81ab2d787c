"""What goes into the draft of a decision that revokes a recognition and its certificate (26/2026 Art. 8, 10.1; no annex
prescribes its form).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from evaluation.domain.issuing_bodies import Head, Office, draft_head, long_day, stars
from evaluation.domain.producer_papers import Paper
from evaluation.domain.rulesets import RevocationCause


class Proposal(Protocol):
    """What the paper reads of a proposal to revoke."""

    product_name: str
    product_code: str
    star: int
    certificate_decision: str
    certificate_decided_by: str
    issued_on: date
    finding: str
    finding_by: str
    finding_number: str | None
    finding_on: date
    evidence: str
    proposed_on: date


FINDINGS: Mapping[str, str] = {
    "authority_conclusion": "Kết luận",
    "commune_confirmation": "Văn bản xác nhận",
    "ministry_request": "Văn bản yêu cầu",
}
"""What a proposal may rest on, as it is cited."""

COMMITTEE = "Ủy ban nhân dân cấp xã nơi có chủ thể"
"""Not by name: since the certificate the commune may have become another, under the same code too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationDecision(Paper):
    """A draft decision that revokes one certificate (quyết định thu hồi)."""

    head: Head
    decides_as: str
    about: str
    bases: tuple[str, ...]
    finding: str
    """The document that the proposal rests on, as a legal basis."""
    proposal: str
    product: str
    producer: str | None
    commune: str | None
    star: str
    code: str
    revoked_decision: str
    cause: str
    evidence: str
    effective: str
    carries_out: tuple[str, ...]
    recipients: tuple[str, ...]
    signs: tuple[str, ...]
    signer: str | None


def revocation_decision(
    office: Office,
    proposal: Proposal,
    *,
    bases: Sequence[str],
    producer: str | None,
    commune: str | None,
    cause: RevocationCause,
    effective_on: date | None,
) -> RevocationDecision:
    """A draft of the body that the ruleset names for revoking this star. Names that a certificate from before this
    system lacks stay open to be written by hand; so does the day of effect until the decision is recorded.
    """
    number = f" số {proposal.finding_number}" if proposal.finding_number else ""
    return RevocationDecision(
        title="Quyết định thu hồi công nhận sản phẩm OCOP",
        author=office.decides_as,
        made_on=proposal.proposed_on,
        head=draft_head(office, "QĐ", proposal.proposed_on.year),
        decides_as=office.decides_as,
        about="Thu hồi quyết định công nhận và giấy chứng nhận sản phẩm OCOP",
        bases=tuple(bases),
        finding=f"Căn cứ {FINDINGS[proposal.finding]}{number} {long_day(proposal.finding_on)} của "
        f"{proposal.finding_by}",
        proposal="Theo đề nghị của cơ quan thường trực Chương trình Mỗi xã một sản phẩm",
        product=proposal.product_name,
        producer=producer,
        commune=commune,
        star=stars(proposal.star),
        code=proposal.product_code,
        revoked_decision=f"Quyết định số {proposal.certificate_decision} {long_day(proposal.issued_on)} của "
        f"{proposal.certificate_decided_by}",
        cause=cause.text_vi or cause.code,
        evidence=f"{proposal.evidence.rstrip(' .')}.",
        effective=f"từ {long_day(effective_on)}" if effective_on else "kể từ ngày ký",
        carries_out=("Chánh Văn phòng", COMMITTEE, f"chủ thể {producer or '…………………'}"),
        recipients=("Như Điều 3", "Cơ quan thường trực OCOP", COMMITTEE, "Lưu: VT"),
        signs=office.head,
        signer=None,
    )
