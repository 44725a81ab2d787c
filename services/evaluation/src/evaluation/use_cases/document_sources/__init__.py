"""One function per kind: who may make the document now, and the merge data from what the repositories read."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from evaluation.domain.document_kinds import DocumentKind
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.document_sources.advice import advisory_report
from evaluation.use_cases.document_sources.councils import minutes, result_list
from evaluation.use_cases.document_sources.decisions import certificate, result_notice
from evaluation.use_cases.document_sources.dossiers import (
    commune_report,
    member_sheet,
    registration_slip,
    self_assessment,
)
from evaluation.use_cases.document_sources.matter import Asked, Matter
from evaluation.use_cases.document_sources.recognitions import recognition_decision
from evaluation.use_cases.document_sources.revocations import revocation_decision
from shared.auth.actors import Actor

Source = Callable[[EvaluationUow, Actor, UUID, Asked], Awaitable[Matter]]

SOURCES: Mapping[DocumentKind, Source] = {
    DocumentKind.REGISTRATION_SLIP: registration_slip,
    DocumentKind.SELF_ASSESSMENT: self_assessment,
    DocumentKind.COMMUNE_REPORT: commune_report,
    DocumentKind.SCORE_SHEET: member_sheet,
    DocumentKind.ADVISORY_REPORT: advisory_report,
    DocumentKind.MINUTES: minutes,
    DocumentKind.RESULT_LIST: result_list,
    DocumentKind.RECOGNITION_DECISION: recognition_decision,
    DocumentKind.CERTIFICATE: certificate,
    DocumentKind.RESULT_NOTICE: result_notice,
    DocumentKind.REVOCATION_DECISION: revocation_decision,
}
"""Every kind. Each takes (uow, actor, subject_id, asked); raises NotFound out of scope, Forbidden
for who may see but not make it, NothingToPrint where the process is not that far.
"""
