"""Begin a dossier for a product."""

from uuid import UUID

from evaluation.domain.access import require_producer
from evaluation.domain.errors import DossierOpen
from evaluation.persistence.dossiers import DossierView
from evaluation.persistence.tables.dossiers import DossierRow
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.carry_over import carry_over
from evaluation.use_cases.check_renewal import check_renewal
from evaluation.use_cases.find_rules import find_rules
from shared.auth.actors import Actor
from shared.contracts.registry import ProductSummary
from shared.ids import new_id


async def draft_dossier(
    uow: EvaluationUow,
    actor: Actor,
    product: ProductSummary,
    kind: str,
    dossier_id: UUID | None = None,
    from_dossier_id: UUID | None = None,
) -> DossierView:
    """A draft for the product, with the ruleset and sheet that hold today; filing may find later ones.

    `dossier_id` is a client's own, for entry without network; `from_dossier_id` an earlier dossier of the product whose
    forms, answers and valid papers are taken over. Raises Forbidden unless the caller acts for the
    producer, DossierOpen while another dossier of the product is not over, NoRulesInForce, RenewalOutsideWindow.
    """
    require_producer(actor, product.producer_id)
    today = await uow.today()
    ruleset, sheet = await find_rules(uow, kind, product.set_no, today)
    check_renewal(ruleset, kind, product, today)
    before = await uow.dossiers.open_dossier_of(product.product_id)
    if before is not None:
        raise DossierOpen(
            "Sản phẩm này đã có một hồ sơ chưa kết thúc; hãy tiếp tục hồ sơ đó.",
            "This product has a dossier that is not over; go on with that one.",
            dossier_id=str(before.id),
            state=before.state,
        )
    row = DossierRow(
        id=dossier_id or new_id(),
        product_id=product.product_id,
        producer_id=product.producer_id,
        kind=kind,
        state="draft",
        ruleset_id=ruleset.id,
        sheet_id=sheet.code,
        year=today.year,
        self_score={},
        registration_form={"unit_name": product.producer_name},
        created_by=actor.person_id,
    )
    project_product(row, product)
    uow.dossiers.add(row)
    await uow.flush()
    if from_dossier_id is not None:
        await carry_over(uow, actor, row.id, from_dossier_id)
    return await uow.dossiers.visible_to(actor).view(row.id)


def project_product(row: DossierRow, product: ProductSummary) -> None:
    """Write what registry says of the product now: its names, classification and units (which may have merged)."""
    for name in (
        "product_name",
        "producer_name",
        "producer_kind",
        "group_path",
        "set_no",
        "commune_code",
        "commune_name",
        "district_code",
        "district_name",
        "province_code",
        "province_name",
    ):
        setattr(row, name, getattr(product, name))
    row.certificate_valid_to = product.live_certificate_valid_to
