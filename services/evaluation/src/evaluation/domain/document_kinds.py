"""The documents of the process, and who may make and read each, as data (26/2026 Art. 6, 7 and Annex III; users.md).

An office acts at its own unit only; the use cases hold it to that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from evaluation.domain.access import PERSONAL_READERS, RECOGNISING_ROLES, SECRETARIES
from shared.contracts.roles import Role


class DocumentKind(StrEnum):
    """What a document is. Its templates lie under `data/templates/<kind>/<version>`."""

    REGISTRATION_SLIP = "registration_slip"
    SELF_ASSESSMENT = "self_assessment"
    COMMUNE_REPORT = "commune_report"
    SCORE_SHEET = "score_sheet"
    ADVISORY_REPORT = "advisory_report"
    MINUTES = "minutes"
    RESULT_LIST = "result_list"
    RECOGNITION_DECISION = "recognition_decision"
    CERTIFICATE = "certificate"
    RESULT_NOTICE = "result_notice"
    REVOCATION_DECISION = "revocation_decision"


class Subject(StrEnum):
    """The kind of thing that a document is about; its id is the document's `subject_id`."""

    DOSSIER = "dossier"
    SCORE_SHEET = "score_sheet"
    ROUND = "round"
    DECISION = "decision"
    REVOCATION = "revocation"
    ADVISORY_RECORD = "advisory_record"


class Format(StrEnum):
    """What a document can be had as: `signed` is the file that came back from the e-office."""

    PDF = "pdf"
    DOCX = "docx"
    SIGNED = "signed"


class Readers(StrEnum):
    """Who sees a document besides the person who made it.

    PERSONAL: who sees the dossier and its personal fields. SELF: nobody until the round closes; then the council's
    chair and the officials of the round's unit. COUNCIL: who sees the round, after it closed, unless he stood aside
    from one of its dossiers. OFFICE: the officials of the round's unit; once it is signed, who sees the dossier.
    DOSSIER: who sees the dossier. ADVICE: who sees the dossier as an official, adviser or member, never its producer.
    """

    PERSONAL = "personal"
    SELF = "self"
    COUNCIL = "council"
    OFFICE = "office"
    DOSSIER = "dossier"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True)
class DocumentRule:
    """What a kind is about, which roles make it (and record its signing), and who reads it."""

    subject: Subject
    makers: frozenset[Role]
    readers: Readers


_SECRETARIES = frozenset(SECRETARIES.values())
_FORMS = frozenset({Role.PRODUCER})

RULES: Mapping[DocumentKind, DocumentRule] = {
    DocumentKind.REGISTRATION_SLIP: DocumentRule(Subject.DOSSIER, _FORMS, Readers.PERSONAL),
    DocumentKind.SELF_ASSESSMENT: DocumentRule(Subject.DOSSIER, _FORMS, Readers.PERSONAL),
    DocumentKind.COMMUNE_REPORT: DocumentRule(Subject.DOSSIER, frozenset({Role.COMMUNE_OFFICER}), Readers.PERSONAL),
    DocumentKind.SCORE_SHEET: DocumentRule(Subject.SCORE_SHEET, frozenset({Role.COUNCIL_MEMBER}), Readers.SELF),
    DocumentKind.ADVISORY_REPORT: DocumentRule(
        Subject.ADVISORY_RECORD, _SECRETARIES | {Role.ADVISORY_MEMBER}, Readers.ADVICE
    ),
    DocumentKind.MINUTES: DocumentRule(Subject.ROUND, _SECRETARIES, Readers.COUNCIL),
    DocumentKind.RESULT_LIST: DocumentRule(Subject.ROUND, _SECRETARIES, Readers.COUNCIL),
    DocumentKind.RECOGNITION_DECISION: DocumentRule(Subject.DOSSIER, _SECRETARIES, Readers.OFFICE),
    DocumentKind.CERTIFICATE: DocumentRule(Subject.DECISION, _SECRETARIES, Readers.OFFICE),
    DocumentKind.RESULT_NOTICE: DocumentRule(Subject.DOSSIER, _SECRETARIES, Readers.DOSSIER),
    DocumentKind.REVOCATION_DECISION: DocumentRule(Subject.REVOCATION, _SECRETARIES, Readers.OFFICE),
}
"""Every kind. The producer's forms are the producer's to make; a score sheet is its member's alone."""

MAKERS: frozenset[Role] = frozenset[Role]().union(*(rule.makers for rule in RULES.values()))
"""Roles that make some document; council seats carry `council_member`."""

SENDERS: frozenset[Role] = MAKERS | frozenset(RECOGNISING_ROLES.values())
"""Roles that send signed files: whoever makes a document, and whoever decides by one."""

PERSONAL = PERSONAL_READERS
"""Officials who read documents that hold personal fields (access.py)."""


def kinds_read_by(readers: Readers) -> list[str]:
    """The kinds with this circle of readers."""
    return [kind.value for kind, rule in RULES.items() if rule.readers is readers]
