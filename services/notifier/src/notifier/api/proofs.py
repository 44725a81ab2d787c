"""Proofs of what was told: "we were not told" settled in one call."""

from datetime import UTC
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Path, Query, Request, Response

from notifier.api.deps import Uow
from notifier.api.proof_tables import as_csv
from notifier.api.schemas.proofs import ProofCheck, ProofQuestion, ProofRead
from notifier.domain.proofs import canonical
from notifier.persistence.proofs import Question
from notifier.use_cases.prove_notices import check_proof, prove_notices
from shared.auth.actors import Actor
from shared.http.access import signed_in
from shared.http.app import service_router
from shared.http.etags import answer

router = service_router("notifier", tags=["proofs"])
Person = Annotated[Actor, signed_in()]


@router.get(
    "/proofs",
    response_model=ProofRead,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def export_proof(
    request: Request,
    actor: Person,
    uow: Uow,
    obligation_id: UUID,
    person_id: UUID | None = None,
    whole_deadline: bool = False,
    shape: Annotated[Literal["json", "csv"], Query(alias="format")] = "json",
) -> Response:
    """Who was told of a duty, when, by which channel, in which words, with which outcome; what was skipped and why.

    Steps, notices with receipts and readings, absences and opt-outs in force, each due date the duty had. About anybody
    or a whole deadline for the province's secretary and the auditor; about themselves for everybody else. Every export
    is audited.
    """
    proof = await prove_notices(uow, actor, Question(obligation_id, person_id, whole_deadline))
    if shape == "csv":
        return Response(as_csv(proof.content, proof.row.digest), media_type="text/csv; charset=utf-8")
    issued = proof.row.issued_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    body = canonical({"digest": proof.row.digest, "issued_at": issued, "content": proof.content})
    return answer(request, body.encode())


@router.get("/proofs/{digest}", response_model=ProofCheck)
async def check_proof_copy(
    request: Request, digest: Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")], actor: Person, uow: Uow
) -> Response:
    """Whether a printed copy is ours: when it was issued, and whether it still is the whole answer.

    404 where no proof with this digest was handed out, or it concerns somebody else.
    """
    found = await check_proof(uow, actor, digest)
    row = found.row
    asked = ProofQuestion(obligation_id=row.obligation_id, person_id=row.person_id, whole_deadline=row.whole_deadline)
    check = ProofCheck(
        digest=row.digest,
        issued_at=row.issued_at,
        issued_to=row.issued_to,
        asked=asked,
        unchanged=found.unchanged,
    )
    return answer(request, check)
