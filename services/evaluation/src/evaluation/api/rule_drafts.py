"""Rules administration: import, drafts, publication."""

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from evaluation.api.deps import OnceOnly, Uow
from evaluation.api.rules import Against, plus
from evaluation.api.schemas.rule_drafts import (
    PublicationDraft,
    PublicationRead,
    RuleDraftListed,
    RuleDraftRead,
    RulesCompared,
    RulesDraft,
    RulesImported,
)
from evaluation.domain.access import SECRETARIES
from evaluation.domain.rule_kinds import ADMINISTRATORS, READERS, RuleKind
from evaluation.use_cases.compare_rules import compare_draft
from evaluation.use_cases.import_rules import Provenance, import_rules
from evaluation.use_cases.publish_rules import publish_rules
from shared.auth.actors import Actor
from shared.contracts.roles import Role
from shared.http.access import allow
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.idempotency import Once
from shared.http.language import language
from shared.http.pages import Page, PageQuery, answer_page

router = service_router("evaluation", tags=["rules"])
SECRETARY_ROLES = frozenset(SECRETARIES.values())
Administrator = Annotated[Actor, allow(*ADMINISTRATORS)]
Secretary = Annotated[Actor, allow(*SECRETARY_ROLES)]
Publisher = Annotated[Actor, allow(*ADMINISTRATORS | SECRETARY_ROLES)]
Reader = Annotated[Actor, allow(*READERS | SECRETARY_ROLES)]
DryRun = Annotated[bool, Query(description="check only, keep nothing")]


def administrators(request: Request) -> Collection[Role]:
    """Whom this system lets administer rulesets and sheets."""
    roles: Collection[Role] = request.app.state.settings.rules_administrators
    return roles


Administrators = Annotated[Collection[Role], Depends(administrators)]


async def _import(
    uow: Uow, once: Once, actor: Actor, kind: RuleKind, body: RulesDraft, roles: Collection[Role], dry_run: bool
) -> Response:
    async def act() -> RulesImported:
        provenance = Provenance(body.source, body.page_reference, body.note)
        draft, checked = await import_rules(uow, actor, kind, body.document, provenance, roles, dry_run=dry_run)
        versions = [row.id for row in checked.rows]
        return RulesImported.made(draft, versions, checked.missing_sheets, dry_run=dry_run)

    if dry_run:
        return await once(act, status=200)
    return await once(act, location=lambda r: f"/api/evaluation/v1/rule-drafts/{r.draft_id}")  # type: ignore[attr-defined]  # act's model


@router.post("/rulesets", status_code=201, response_model=RulesImported)
async def import_ruleset(
    request_body: RulesDraft,
    actor: Administrator,
    uow: Uow,
    once: OnceOnly,
    roles: Administrators,
    dry_run: DryRun = False,
) -> Response:
    """Bring in a ruleset, amendments included, as a draft; every fault is listed with its path."""
    return await _import(uow, once, actor, RuleKind.RULESET, request_body, roles, dry_run)


@router.post("/sheets", status_code=201, response_model=RulesImported)
async def import_sheet(
    request_body: RulesDraft,
    actor: Administrator,
    uow: Uow,
    once: OnceOnly,
    roles: Administrators,
    dry_run: DryRun = False,
) -> Response:
    """Bring in a scoring sheet as a draft, or the whole text of one that is recorded only."""
    return await _import(uow, once, actor, RuleKind.SHEET, request_body, roles, dry_run)


@router.post("/charters", status_code=201, response_model=RulesImported)
async def import_charter(
    request_body: RulesDraft, actor: Secretary, uow: Uow, once: OnceOnly, roles: Administrators, dry_run: DryRun = False
) -> Response:
    """Bring in the charter of the caller's own unit's council as a draft (26/2026 Art. 7.3.b)."""
    return await _import(uow, once, actor, RuleKind.CHARTER, request_body, roles, dry_run)


@router.get("/rule-drafts", response_model=Page[RuleDraftListed])
async def list_rule_drafts(
    request: Request,
    actor: Reader,
    uow: Uow,
    page: PageQuery,
    kind: RuleKind | None = None,
    rule: Annotated[str | None, Query(max_length=100, description="id of the ruleset, sheet or charter")] = None,
) -> Response:
    """Who brought in what from where, newest first, and what was published when."""
    rows, following = await uow.rule_drafts.page(actor, page, kind, None if rule is None else plus(rule))
    return answer_page(request, Page(items=[RuleDraftListed.of(row) for row in rows], next=following))


@router.get("/rule-drafts/{draft_id}", response_model=RuleDraftRead)
async def read_rule_draft(draft_id: UUID, request: Request, actor: Reader, uow: Uow) -> Response:
    """One import with its document."""
    return answer(request, RuleDraftRead.of(await uow.rule_drafts.read(actor, draft_id)))


@router.get("/rule-drafts/{draft_id}/diff", response_model=RulesCompared)
async def compare_rule_draft(draft_id: UUID, request: Request, actor: Reader, uow: Uow, against: Against) -> Response:
    """What a draft would change against a version in the rules."""
    return answer(request, RulesCompared.of(await compare_draft(uow, actor, draft_id, plus(against)), language()))


@router.post("/rule-drafts/{draft_id}/publication", status_code=201, response_model=PublicationRead)
async def publish_rule_draft(
    draft_id: UUID,
    request_body: PublicationDraft,
    actor: Publisher,
    uow: Uow,
    once: OnceOnly,
    roles: Administrators,
) -> Response:
    """Put a draft in force from a day; the version before it ends the day before."""

    async def act() -> PublicationRead:
        _, row = await publish_rules(uow, actor, draft_id, request_body.effective_from, roles)
        return PublicationRead.of(row)

    return await once(act)
