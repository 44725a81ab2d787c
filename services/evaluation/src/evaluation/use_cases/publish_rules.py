"""A draft is published from a day: it joins the rules, and the version before it ends the day before."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any, cast
from uuid import UUID

from evaluation.domain.rule_errors import AlreadyPublished, RulesInForceThen
from evaluation.domain.rule_kinds import RuleKind
from evaluation.persistence.rule_drafts import TABLES
from evaluation.persistence.rules import AnyRules
from evaluation.persistence.tables.rule_drafts import RuleDraftRow, RulePublicationRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.import_rules import check_rules, require_administrator, require_own_council
from evaluation.use_cases.load_rules import store
from shared.auth.actors import Actor
from shared.contracts.roles import Role


async def publish_rules(
    uow: EvaluationUow,
    actor: Actor,
    draft_id: UUID,
    effective_from: date | None,
    administrators: Collection[Role],
) -> tuple[RuleDraftRow, RulePublicationRow]:
    """Publish a draft, from the day its document says or from another one, which then is written into the document.

    Nothing that stands on the version before may be left without rules: the day must come after the last dossier filed
    (for a charter: council set up) on it. Raises NotFound, AlreadyPublished, RulesInForceThen, RulesInUse, Invalid.
    """
    await uow.rule_drafts.one_at_a_time()
    draft, published = await uow.rule_drafts.read(actor, draft_id)
    kind = RuleKind(draft.kind)
    if kind is RuleKind.CHARTER:
        require_own_council(actor, draft)
    else:
        require_administrator(actor, administrators)
    if published is not None:
        raise AlreadyPublished(
            f"Bản này đã ban hành ngày {published.published_at:%d/%m/%Y}.",
            f"This draft was published on {published.published_at:%Y-%m-%d}.",
            state="published",
            allowed=[],
            effective_from=published.effective_from.isoformat(),
        )
    document = draft.document if effective_from is None else starting(draft.document, effective_from)
    rows = (await check_rules(uow, kind, document)).rows
    newest = rows[-1]
    supersedes = await _predecessor(uow, kind, newest)
    await store(uow, cast("type[Any]", TABLES[kind]), rows)
    if supersedes is not None:
        await uow.rule_drafts.end(kind, supersedes, newest.effective_from - timedelta(days=1), newest.id)
    row = RulePublicationRow(
        draft_id=draft.id,
        kind=kind.value,
        rule_id=newest.id,
        hash=newest.hash,
        effective_from=newest.effective_from,
        supersedes=supersedes,
        published_by=actor.person_id,
    )
    await uow.rule_drafts.add(row)
    details = {
        "kind": kind,
        "id": newest.id,
        "hash": newest.hash,
        "effective_from": newest.effective_from,
        "supersedes": supersedes,
    }
    await uow.audit(str(actor.person_id), "rules.published", "rule_draft", draft.id, details)
    return draft, row


def starting(document: Mapping[str, Any], day: date) -> dict[str, Any]:
    """The document with its newest version in force from `day`: the last amendment's, where it has any."""
    changed = dict(document)
    if changed.get("amended_by"):
        *earlier, last = changed["amended_by"]
        changed["amended_by"] = [*earlier, {**last, "from": day.isoformat()}]
    else:
        changed["effective_from"] = day.isoformat()
    return changed


async def _predecessor(uow: EvaluationUow, kind: RuleKind, row: AnyRules) -> str | None:
    """The version that `row` supersedes. Raises RulesInForceThen."""
    siblings = await uow.rule_drafts.siblings(kind, row)
    before = next((sibling for sibling, begins in siblings if begins < row.effective_from), None)
    later = [(sibling, begins) for sibling, begins in siblings if begins >= row.effective_from]
    if later:
        raise RulesInForceThen(
            f"{later[0][0]} có hiệu lực từ {later[0][1]:%d/%m/%Y}: bản mới phải bắt đầu sau ngày đó.",
            f"{later[0][0]} is in force from {later[0][1]:%Y-%m-%d}: a new version must begin after it.",
            version=later[0][0],
            earliest=(later[0][1] + timedelta(days=1)).isoformat(),
        )
    used = [sibling for sibling, _ in siblings]
    last = await uow.rule_drafts.last_use_since(kind, row, used, row.effective_from, await uow.today())
    if last is not None:
        raise RulesInForceThen(
            f"Đến ngày {last:%d/%m/%Y} vẫn có hồ sơ hoặc Hội đồng theo bản trước: chọn ngày sau đó.",
            f"Until {last:%Y-%m-%d} dossiers or councils were founded on the version before: choose a later day.",
            earliest=(last + timedelta(days=1)).isoformat(),
        )
    return before
