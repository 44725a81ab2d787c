"""Which rules govern a dossier."""

from datetime import date

from evaluation.domain.errors import NoRulesInForce
from evaluation.domain.faults import UnknownRulesetError
from evaluation.domain.rulesets import Ruleset, select_ruleset
from evaluation.domain.sheets import Sheet
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow

RULE = "26/2026/QĐ-TTg, Điều 12 khoản 2"
"""The filing date decides which ruleset governs a dossier."""


async def find_rules(uow: EvaluationUow, kind: str, set_no: int, on: date) -> tuple[Ruleset, Sheet]:
    """The ruleset that a dossier of this kind filed on this day gets, and its sheet of this number.

    Raises NoRulesInForce (409).
    """
    try:
        ruleset = select_ruleset(await uow.rules.rulesets(), on, kind)
    except UnknownRulesetError as error:
        raise NoRulesInForce(
            f"Không có bộ quy định nào áp dụng cho hồ sơ loại này nộp ngày {on:%d/%m/%Y}.",
            f"No ruleset governs a dossier of this kind filed on {on:%Y-%m-%d}.",
            rule=RULE,
            kind=kind,
        ) from error
    sheet = await uow.rules.find_sheet(ruleset, set_no, on)
    if sheet is None:
        raise NoRulesInForce(
            f"{ruleset.decision} không có bộ tiêu chí số {set_no}: hãy phân loại lại sản phẩm.",
            f"{ruleset.id} has no sheet number {set_no}: classify the product anew.",
            ruleset=ruleset.id,
            set_no=set_no,
        )
    return ruleset, sheet


async def rules_of(uow: EvaluationUow, row: DossierRow, today: date) -> tuple[Ruleset, Sheet]:
    """The frozen rules of a filed dossier; for a draft, those it would get if it were filed today."""
    if row.filed_on is None:
        return await find_rules(uow, row.kind, row.set_no, today)
    return await uow.rules.ruleset(row.ruleset_id), await uow.rules.sheet(row.sheet_id)


async def ruleset_in_force(uow: EvaluationUow, day: date) -> Ruleset:
    """The ruleset in force on a day, for acts that go by the law of their own day. Raises NoRulesInForce (409)."""
    begun = [one for one in await uow.rules.rulesets() if one.effective_from <= day]
    newest = max(begun, key=lambda one: one.effective_from, default=None)
    if newest is None or (newest.effective_to is not None and newest.effective_to < day):
        raise NoRulesInForce(f"Ngày {day:%d/%m/%Y} không có quy định nào có hiệu lực.", f"No rules are in force {day}.")
    return newest
