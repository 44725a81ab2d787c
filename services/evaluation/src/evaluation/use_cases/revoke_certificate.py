"""Revocation of a certificate: proposed with a cause and a finding, decided by the body the ruleset names."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from evaluation.domain.access import RECOGNISING_ROLES
from evaluation.domain.calendars import legal_deadline
from evaluation.domain.round_errors import OtherBodyDecides
from evaluation.domain.rulesets import Revocation, Ruleset
from evaluation.domain.settlement_errors import CertificateEndedAlready, RevocationOpen, UnknownCause
from evaluation.domain.units_of_levels import SIGNATURES, Unit, signed_by, unit_at
from evaluation.persistence.tables.revocations import RevocationDecisionRow, RevocationRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.check_named_file import check_named_file
from evaluation.use_cases.decide_star import Issuer, check_day, write_document
from evaluation.use_cases.find_rules import ruleset_in_force
from shared.auth.actors import Actor
from shared.contracts.registry import CertificateSummary
from shared.contracts.roles import Level, Role
from shared.contracts.settlements import RevocationDecided, RevocationProposed
from shared.errors import Conflict, Fault, Forbidden, Invalid, Text
from shared.ids import new_id

REVOCATION_CLOCK = "revocation"
"""The clock from the authority's conclusion or the commune's confirmation to the decision (26/2026 Art. 8.4)."""

PROPOSERS = (Role.COMMUNE_OFFICER, Role.PROVINCE_SECRETARY, Role.NATIONAL_OFFICER)
FINDINGS_OF_COMMUNE = frozenset({"commune_confirmation"})
"""What a commune may found a proposal on: its own confirmation; conclusions reach the province and the centre."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a proposal rests on: an authority's conclusion, the commune's confirmation or the ministry's request."""

    kind: str
    by: str
    number: str | None
    on: date


async def propose_revocation(
    uow: EvaluationUow,
    actor: Actor,
    certificate: CertificateSummary,
    *,
    cause: str,
    finding: Finding,
    evidence: str,
    file: str | None,
) -> RevocationRow:
    """Propose to revoke a certificate that holds, by a cause of the law in force today (26/2026 Art. 8, 10.1).

    Body and unit that decide are those of today, wherever the certificate was issued. Raises Forbidden,
    CertificateEndedAlready, RevocationOpen, UnknownCause, Invalid for day and file, Conflict where nobody revokes.
    """
    today = await uow.today()
    ruleset = await ruleset_in_force(uow, today)
    _require_proposer(actor, certificate, finding)
    await uow.revocations.hold_certificate(certificate.certificate_id)
    if certificate.holds_until < today:
        raise CertificateEndedAlready(
            f"Giấy chứng nhận đã hết hiệu lực sau ngày {certificate.holds_until:%d/%m/%Y}.",
            f"The certificate held until {certificate.holds_until.isoformat()}.",
            state=certificate.ended_reason or "expired",
        )
    before = await uow.revocations.open_one(certificate.certificate_id)
    if before is not None:
        raise RevocationOpen(
            "Giấy chứng nhận này đang có đề nghị thu hồi chờ quyết định.",
            "A proposal on this certificate waits for its decision.",
            state="proposed",
            revocation_id=str(before.id),
        )
    revocation = _rule(ruleset, certificate.star)
    _check_cause(revocation, cause)
    check_day(finding.on, today, certificate.issued_on, field="finding.on")
    await check_named_file(uow, actor, file, pdf=False)
    issuer = _issuer(revocation, certificate)
    clock = ruleset.clock(REVOCATION_CLOCK)
    row = RevocationRow(
        id=new_id(),
        certificate_id=certificate.certificate_id,
        product_id=certificate.product_id,
        producer_id=certificate.producer_id,
        dossier_id=certificate.dossier_id,
        product_name=certificate.product_name,
        product_code=certificate.product_code,
        star=certificate.star,
        certificate_decision=certificate.decision_number,
        certificate_decided_by=certificate.decided_by,
        issued_on=certificate.issued_on,
        commune_code=certificate.commune_code,
        province_code=certificate.province_code,
        ruleset_id=ruleset.id,
        cause=cause,
        finding=finding.kind,
        finding_number=finding.number,
        finding_by=finding.by,
        finding_on=finding.on,
        evidence=evidence,
        file_sha256=file,
        body=issuer.body,
        level=issuer.level.value,
        unit_code=issuer.unit.code,
        unit_name=issuer.unit.name,
        due_on=legal_deadline(clock, finding.on) if clock else None,
        source=f"{ruleset.decision}, {(clock and clock.ref) or revocation.ref or ''}".rstrip(", "),
        proposed_on=today,
        person_id=actor.person_id,
    )
    uow.revocations.add(row)
    uow.publish(
        RevocationProposed(
            revocation_id=row.id,
            certificate_id=row.certificate_id,
            producer_id=row.producer_id,
            product_name=row.product_name,
            level=Level(row.level),
            unit_code=row.unit_code,
            unit_name=row.unit_name,
            year=today.year,
            due_on=row.due_on,
            source=row.source,
        )
    )
    details = {"cause": cause, "finding": finding.kind, "finding_on": finding.on.isoformat()}
    await uow.audit(str(actor.person_id), "revocation.proposed", "certificate", row.certificate_id, details)
    await uow.flush()
    return row


@dataclass(frozen=True, slots=True)
class SignedRevocation:
    """The signed decision: the certificate no longer holds from `effective_on`; `public_words` say why to anybody."""

    number: str
    signed_on: date
    effective_on: date
    public_words: str
    file: str | None


async def decide_revocation(
    uow: EvaluationUow, actor: Actor, revocation_id: UUID, reasons: str, signed: SignedRevocation | None
) -> None:
    """Revoke by a signed decision, or dismiss the proposal (`signed` None), once.

    Raises NotFound, OtherBodyDecides, Conflict when decided, Invalid for days and file, NumberTaken.
    """
    row: RevocationRow = (await uow.revocations.view(actor, revocation_id))[0]
    await uow.revocations.hold_certificate(row.certificate_id)
    decided: RevocationDecisionRow | None = tuple(await uow.revocations.view(actor, revocation_id))[1]
    issuer = Issuer(row.body, Level(row.level), Unit(row.unit_code, row.unit_name))
    role = RECOGNISING_ROLES[row.body]
    if row.unit_code not in actor.units(role):
        raise OtherBodyDecides(
            f"Thu hồi do {signed_by(row.body, issuer.unit, await uow.today())} quyết định.",
            "Another body decides on this revocation.",
            rule=row.source,
            needs=[role.value],
            unit_code=row.unit_code,
        )
    if decided is not None:
        state = "revoked" if decided.revoked else "dismissed"
        raise Conflict("Đề nghị đã được quyết định.", "The proposal is decided.", state=state, allowed=[])
    document_id = None
    today = await uow.today()
    if signed is not None:
        check_day(signed.signed_on, today, row.finding_on)
        if signed.effective_on < signed.signed_on:
            text = Text("hiệu lực không sớm hơn ngày ký", "it takes effect on the day it is signed at the earliest")
            raise Invalid(faults=[Fault("effective_on", "before_signing", text)])
        document_id = await write_document(
            uow, actor, "revocation", issuer, signed.number, signed.signed_on, signed.file
        )
    decision = RevocationDecisionRow(
        id=new_id(),
        revocation_id=row.id,
        revoked=signed is not None,
        document_id=document_id,
        effective_on=signed and signed.effective_on,
        public_words=signed and signed.public_words,
        reasons=reasons,
        person_id=actor.person_id,
        on_day=today,
    )
    uow.revocations.add(decision)
    uow.publish(
        RevocationDecided(
            revocation_id=row.id,
            certificate_id=row.certificate_id,
            product_id=row.product_id,
            producer_id=row.producer_id,
            revoked=decision.revoked,
            effective_on=decision.effective_on,
            decision_number=signed and signed.number,
            decided_by=signed_by(row.body, issuer.unit, signed.signed_on) if signed else None,
            public_words=decision.public_words,
            decided_on=signed.signed_on if signed else today,
        )
    )
    details = {"revoked": decision.revoked, "number": signed and signed.number}
    await uow.audit(str(actor.person_id), "revocation.decided", "certificate", row.certificate_id, details)
    await uow.flush()


def _require_proposer(actor: Actor, certificate: CertificateSummary, finding: Finding) -> None:
    province = certificate.province_code in actor.units(Role.PROVINCE_SECRETARY) or actor.has(Role.NATIONAL_OFFICER)
    commune = certificate.commune_code in actor.units(Role.COMMUNE_OFFICER) and finding.kind in FINDINGS_OF_COMMUNE
    if not (province or commune):
        raise Forbidden(
            "Cấp xã đề nghị thu hồi theo xác nhận của mình; kết luận và yêu cầu khác do thư ký tỉnh hoặc Bộ đề nghị.",
            "A commune proposes on its own confirmation; on other findings the province's secretary or the ministry.",
            needs=[role.value for role in PROPOSERS],
        )


def _rule(ruleset: Ruleset, star: int) -> Revocation:
    if ruleset.revocation is None or star not in ruleset.revocation.revoked_by:
        raise Conflict(
            f"{ruleset.decision} không nêu ai thu hồi hạng {star} sao.",
            f"{ruleset.id} does not say who revokes {star} stars.",
            rule=ruleset.decision,
        )
    return ruleset.revocation


def _check_cause(revocation: Revocation, cause: str) -> None:
    known = {one.code: one for one in revocation.causes}
    if cause not in known:
        codes = ", ".join(known)
        text = Text(f"căn cứ phải là một trong: {codes}", f"must be one of: {codes}")
        raise UnknownCause(faults=[Fault("cause", "unknown_cause", text)], rule=revocation.ref)


def _issuer(revocation: Revocation, certificate: CertificateSummary) -> Issuer:
    body = revocation.revoked_by[certificate.star]
    level = SIGNATURES[body].level
    unit = unit_at(level, certificate)
    if unit is None:
        raise Conflict(
            "Cấp thu hồi không còn ở địa bàn này.",
            "The level that revokes no longer exists there.",
            rule=revocation.ref,
        )
    return Issuer(body, level, unit)
