"""File a dossier: the day fixes its rules, the commune's clock starts."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from evaluation.domain.access import require_producer
from evaluation.domain.calendars import legal_deadline
from evaluation.domain.completeness import Attachment, Completeness, check_completeness
from evaluation.domain.dossier_states import Step, next_state
from evaluation.domain.errors import DossierIncomplete, WindowClosed
from evaluation.domain.rulesets import Ruleset
from evaluation.domain.sheets import Sheet
from evaluation.persistence.dossiers import DossierView
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.tables.evidence import EvidenceRow
from evaluation.persistence.tables.rules import RulesetRow, SheetRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.check_renewal import check_renewal, tell_renewal_due
from evaluation.use_cases.draft_dossier import project_product
from evaluation.use_cases.edit_dossier import changed
from evaluation.use_cases.find_rules import rules_of
from shared.auth.actors import Actor
from shared.clients.registry import RegistryClient
from shared.contracts.evaluation import DossierFiled, ReportDue
from shared.contracts.registry import ProductSummary
from shared.contracts.roles import Level
from shared.db.engine import Database
from shared.errors import Fault, Text

REVIEW_CLOCK = "commune_review"
"""The clock of a ruleset that runs for the commune from the day it received a dossier."""


async def find_gaps(
    uow: EvaluationUow, actor: Actor, dossier_id: UUID
) -> tuple[DossierRow, Ruleset, Sheet, Completeness]:
    """What the dossier lacks under the rules it has, or would get if it were filed today."""
    row = await uow.dossiers.visible_to(actor).get(dossier_id)
    today = await uow.today()
    ruleset, sheet = await rules_of(uow, row, today)
    papers = await uow.evidence.of_dossier(row.id)
    return row, ruleset, sheet, check_dossier(row, ruleset, sheet, papers, today)


def check_dossier(
    row: DossierRow, ruleset: Ruleset, sheet: Sheet, papers: Sequence[EvidenceRow], today: date
) -> Completeness:
    """Hold a dossier with its papers against its rules."""
    return check_completeness(
        ruleset,
        sheet,
        row.kind,
        row.registration_form,
        row.self_score,
        [Attachment(paper.name, paper.criteria, paper.expires_on) for paper in papers],
        today,
        self_assessment=row.self_assessment,
    )


async def ask_product(
    database: Database, registry: RegistryClient, actor: Actor, token: str, dossier_id: UUID
) -> ProductSummary:
    """What registry says of the dossier's product now; no transaction is held while it answers."""
    async with EvaluationUow.open(database) as uow:
        row = await uow.dossiers.visible_to(actor).get(dossier_id)
    return await registry.product_summary(row.product_id, token)


async def file_dossier(uow: EvaluationUow, actor: Actor, dossier_id: UUID, product: ProductSummary) -> DossierView:
    """File a draft, or file again what was returned.

    The *first* filing selects and freezes ruleset and sheet (26/2026 Art. 12.2 goes by the day the dossier was
    filed); a repair is the same dossier, so filing again keeps them and is bound by no filing window. The commune's
    clock starts anew: what it has to look at came in that day (Art. 7.2). What a level above returned comes back to
    that level, with the reports made before. `product` is registry's word of today, so
    that units that merged meanwhile are the present ones.

    Raises WindowClosed, RenewalOutsideWindow, DossierIncomplete with everything that is missing, NoRulesInForce,
    Conflict.
    """
    row = await uow.dossiers.visible_to(actor).get(dossier_id, lock=True)
    require_producer(actor, row.producer_id)
    state = next_state(row.state, Step.FILE)
    today = await uow.today()
    project_product(row, product)
    first = row.filed_on is None
    kept_to: date | None = None
    ruleset, sheet = await rules_of(uow, row, today)
    if first:
        await _refuse_after_closing(uow, row, today)
        kept_to = check_renewal(ruleset, row.kind, product, today)
    gaps = check_dossier(row, ruleset, sheet, await uow.evidence.of_dossier(row.id), today)
    if not gaps.complete:
        raise DossierIncomplete(
            f"Hồ sơ còn thiếu {len(gaps.missing)} nội dung; xem errors.",
            f"The dossier lacks {len(gaps.missing)} things; see errors.",
            faults=[Fault(f.path, f.code, Text(f.message_vi, f.message_en)) for f in gaps.missing],
            rule=ruleset.source("filing"),
        )
    if first:
        await _freeze(uow, row, ruleset, sheet, today)
    row.state = state
    row.level = ruleset.standing_level(ruleset.first_level.code, today)
    if not first:
        row.refiled_on = today
        returned_by = await uow.dossiers.settle_return(row.id, today)
        row.level = ruleset.standing_level(returned_by or row.level, today)
    _tell(uow, row, ruleset, today, kept_to)
    if first:
        tell_renewal_due(uow, row, ruleset)
    await uow.audit(str(actor.person_id), "dossier_filed", "dossier", row.id, {"ruleset": ruleset.id, "first": first})
    return await changed(uow, actor, row)


async def _refuse_after_closing(uow: EvaluationUow, row: DossierRow, today: date) -> None:
    units = [code for code in (row.commune_code, row.district_code, row.province_code) if code]
    window = await uow.dossiers.closed_window(units, today.year, today)
    if window is not None:
        raise WindowClosed(
            f"Đã hết hạn nhận hồ sơ năm {window.year} từ sau ngày {window.closes_on:%d/%m/%Y} ({window.source}).",
            f"Dossiers of {window.year} were taken in until {window.closes_on:%Y-%m-%d} ({window.source}).",
            rule=window.source,
            state=row.state,
            unit_code=window.unit_code,
            closes_on=window.closes_on.isoformat(),
        )


async def _freeze(uow: EvaluationUow, row: DossierRow, ruleset: Ruleset, sheet: Sheet, today: date) -> None:
    await uow.rules.mark_used(RulesetRow, ruleset.id, ruleset.content_hash)
    await uow.rules.mark_used(SheetRow, sheet.code, sheet.content_hash)
    row.ruleset_id, row.ruleset_hash = ruleset.id, ruleset.content_hash
    row.sheet_id, row.sheet_hash = sheet.code, sheet.content_hash
    row.filed_on, row.year = today, today.year


def _tell(uow: EvaluationUow, row: DossierRow, ruleset: Ruleset, today: date, kept_to: date | None) -> None:
    assert row.filed_on is not None
    uow.publish(
        DossierFiled(
            dossier_id=row.id,
            product_id=row.product_id,
            producer_id=row.producer_id,
            product_name=row.product_name,
            kind=row.kind,
            ruleset=row.ruleset_id,
            sheet=row.sheet_id,
            year=row.year,
            commune_code=row.commune_code,
            district_code=row.district_code,
            province_code=row.province_code,
            filed_on=row.filed_on,
            certificate_kept_to=kept_to,
        )
    )
    if ruleset.first_level.scores or row.level != ruleset.first_level.code:
        return
    clock = ruleset.clock(REVIEW_CLOCK)
    superior = Level(ruleset.first_scoring_level.code)
    uow.publish(
        ReportDue(
            dossier_id=row.id,
            product_name=row.product_name,
            commune_code=row.commune_code,
            commune_name=row.commune_name,
            superior_unit_code=unit_at(row, superior),
            superior_level=superior,
            year=row.year,
            due_on=legal_deadline(clock, today) if clock else None,
            source=f"{ruleset.decision}, {clock.ref}" if clock and clock.ref else ruleset.source("commune_report"),
        )
    )


def unit_at(row: DossierRow, level: Level) -> str:
    """The code of the dossier's unit at a level."""
    codes = {
        Level.COMMUNE: row.commune_code,
        Level.DISTRICT: row.district_code,
        Level.PROVINCE: row.province_code,
        Level.CENTRAL: "VN",
    }
    return codes[level] or row.province_code
