"""Rulesets and sheets: the law as data, for everybody."""

from typing import Annotated

from fastapi import Query, Request, Response

from evaluation.api.deps import Uow
from evaluation.api.schemas.rules import RulesetListed, RulesetRead, SheetListed, SheetRead
from shared.http.access import public
from shared.http.app import service_router
from shared.http.etags import answer
from shared.http.pages import Page, answer_page

router = service_router("evaluation", tags=["rules"], dependencies=[public()])


@router.get("/rulesets", response_model=Page[RulesetListed])
async def list_rulesets(request: Request, uow: Uow) -> Response:
    """Every version of the rules, newest first, with its hash and whether a dossier stands on it."""
    rows = await uow.rules.ruleset_rows()
    return answer_page(request, Page(items=[RulesetListed.of(row) for row in rows]))


@router.get("/rulesets/{ruleset_id}", response_model=RulesetRead)
async def read_ruleset(ruleset_id: str, request: Request, uow: Uow) -> Response:
    """One version of the rules with its whole document: parts, bands, levels, forwarding, clocks, dossier contents."""
    return answer(request, RulesetRead.of(await uow.rules.ruleset_row(ruleset_id)))


@router.get("/sheets", response_model=Page[SheetListed])
async def list_sheets(
    request: Request, uow: Uow, ruleset: Annotated[str | None, Query(max_length=100)] = None
) -> Response:
    """The scoring sheets, of one ruleset or all; those recorded only say why."""
    codes = None
    if ruleset is not None:
        codes = (await uow.rules.ruleset(ruleset.replace(" ", "+"))).sheet_codes  # "+" of a query string is a space
    rows = await uow.rules.sheet_rows(codes)
    return answer_page(request, Page(items=[SheetListed(**row._mapping) for row in rows]))


@router.get("/sheets/{sheet_id}", response_model=SheetRead)
async def read_sheet(sheet_id: str, request: Request, uow: Uow) -> Response:
    """One sheet as a form: parts, groups, criteria, options in printed order with the choice that ticks each."""
    row = await uow.rules.sheet_row(sheet_id)
    return answer(request, SheetRead.of(await uow.rules.sheet(row.id), row.ruleset_id))
