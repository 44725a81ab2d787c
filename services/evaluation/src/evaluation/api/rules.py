"""Rulesets and sheets: the law as data, for everybody."""

from typing import Annotated

from fastapi import Query, Request, Response

from evaluation.api.deps import Uow
from evaluation.api.schemas.rule_drafts import RulesCompared
from evaluation.api.schemas.rules import CharterRead, RulesetListed, RulesetRead, SheetListed, SheetRead
from evaluation.domain.rule_kinds import RuleKind
from evaluation.use_cases.compare_rules import compare_rules
from shared.http.access import public
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.language import language
from shared.http.pages import Page, answer_page

router = service_router("evaluation", tags=["rules"], dependencies=[public()])
Against = Annotated[str, Query(min_length=1, max_length=100, description="id of the version to compare with")]


def plus(rule_id: str) -> str:
    """An id from a query string, where a "+" arrives as a space; no id holds a space."""
    return rule_id.replace(" ", "+")


@router.get("/rulesets", response_model=Page[RulesetListed])
async def list_rulesets(request: Request, uow: Uow) -> Response:
    """Every version of the rules, newest first, with its hash and whether a dossier stands on it."""
    rows = await uow.rules.ruleset_rows()
    return answer_page(request, Page(items=[RulesetListed.of(row) for row in rows]))


@router.get("/rulesets/{ruleset_id}", response_model=RulesetRead)
async def read_ruleset(ruleset_id: str, request: Request, uow: Uow) -> Response:
    """One version of the rules with its whole document: parts, bands, levels, forwarding, clocks, dossier contents."""
    row = await uow.rules.ruleset_row(ruleset_id)
    came = await uow.rule_drafts.latest_publication(RuleKind.RULESET, ruleset_id)
    return answer(request, RulesetRead.of(row, came))


@router.get("/sheets", response_model=Page[SheetListed])
async def list_sheets(
    request: Request, uow: Uow, ruleset: Annotated[str | None, Query(max_length=100)] = None
) -> Response:
    """The scoring sheets, of one ruleset or all; those recorded only say why."""
    codes = None
    if ruleset is not None:
        codes = (await uow.rules.ruleset(plus(ruleset))).sheet_codes
    rows = await uow.rules.sheet_rows(codes)
    return answer_page(request, Page(items=[SheetListed(**row._mapping) for row in rows]))


@router.get("/sheets/{sheet_id}", response_model=SheetRead)
async def read_sheet(sheet_id: str, request: Request, uow: Uow) -> Response:
    """One sheet as a form: parts, groups, criteria, options in printed order with the choice that ticks each."""
    row = await uow.rules.sheet_row(sheet_id)
    came = await uow.rule_drafts.latest_publication(RuleKind.SHEET, sheet_id)
    return answer(request, SheetRead.of(await uow.rules.sheet(row.id), row, came))


@router.get("/charters", response_model=Page[CharterRead])
async def list_charters(request: Request, uow: Uow) -> Response:
    """Every charter: those that any council may take, then each body's own, newest first."""
    rows = await uow.rules.charter_rows()
    return answer_page(request, Page(items=[CharterRead.of(row, None) for row in rows]))


@router.get("/charters/{charter_id}", response_model=CharterRead)
async def read_charter(charter_id: str, request: Request, uow: Uow) -> Response:
    """One charter with its whole document: size, quorum, divergence limit, floor test, conflict rule."""
    came = await uow.rule_drafts.latest_publication(RuleKind.CHARTER, charter_id)
    return answer(request, CharterRead.of(await uow.rules.charter_row(charter_id), came))


@router.get("/rulesets/{ruleset_id}/diff", response_model=RulesCompared)
async def compare_rulesets(ruleset_id: str, request: Request, uow: Uow, against: Against) -> Response:
    """What a ruleset changes against another version: every path that differs."""
    compared = await compare_rules(uow, RuleKind.RULESET, ruleset_id, plus(against))
    return answer(request, RulesCompared.of(compared, language()))


@router.get("/sheets/{sheet_id}/diff", response_model=RulesCompared)
async def compare_sheets(sheet_id: str, request: Request, uow: Uow, against: Against) -> Response:
    """What a sheet changes against another: by path, and in words which criteria came, went or count otherwise."""
    compared = await compare_rules(uow, RuleKind.SHEET, sheet_id, plus(against))
    return answer(request, RulesCompared.of(compared, language()))


@router.get("/charters/{charter_id}/diff", response_model=RulesCompared)
async def compare_charters(charter_id: str, request: Request, uow: Uow, against: Against) -> Response:
    """What a charter changes against another version."""
    compared = await compare_rules(uow, RuleKind.CHARTER, charter_id, plus(against))
    return answer(request, RulesCompared.of(compared, language()))
