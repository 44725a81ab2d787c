"""A dossier waits at a tier that was abolished: the unit that took its work over takes the dossier over."""

from evaluation.domain.access import OFFICERS, require_unit
from evaluation.domain.commune_errors import LevelStands
from evaluation.domain.dossier_states import DossierState, possible_steps
from evaluation.domain.units_of_levels import unit_at
from evaluation.persistence.dossiers import DossierView
from evaluation.persistence.unit_of_work import EvaluationUow
from evaluation.use_cases.edit_dossier import changed
from evaluation.use_cases.leave_round import leave_round, lock_seen
from shared.auth.actors import Actor
from shared.contracts.registry import ProductSummary
from shared.contracts.roles import Level
from shared.errors import Conflict, NotFound

UNITS = (
    "commune_code",
    "commune_name",
    "district_code",
    "district_name",
    "province_code",
    "province_name",
)
WAITING = frozenset({DossierState.FILED, DossierState.REPORTED, DossierState.FORWARDED, DossierState.IN_ROUND})


async def take_over_dossier(uow: EvaluationUow, actor: Actor, product: ProductSummary) -> DossierView:
    """Move the open dossier of a product to the tier that its ruleset names in the place of an abolished one.

    The rules it was filed under stay frozen; the units become registry's of today, so that what a merged province
    left waiting is its successor's. Earlier results and reports stay. In a round that can no longer be held it leaves
    the round. `product` is registry's word, given with the caller's own token: registry decided that he may see it.
    Raises NotFound when the product has no dossier that waits, LevelStands, Forbidden for another unit, Conflict.
    """
    seen = await uow.dossiers.open_dossier_of(product.product_id)
    if seen is None or seen.state == DossierState.DRAFT:
        raise NotFound()
    dossier, round_row = await lock_seen(uow, seen)
    ruleset = await uow.rules.ruleset(dossier.ruleset_id)
    today = await uow.today()
    target = ruleset.ended_level(dossier.level or "", today)
    level = Level(target.to) if target else Level(dossier.level or ruleset.first_level.code)
    unit = unit_at(level, product)
    require_unit(actor, OFFICERS[level], None if unit is None else unit.code)
    if target is None:
        raise LevelStands(
            "Cấp đang giữ hồ sơ vẫn hoạt động: không có gì để tiếp nhận.",
            "The level at which the dossier waits still exists: there is nothing to take over.",
            rule=ruleset.decision,
            state=dossier.state,
            level=dossier.level,
        )
    if dossier.state not in WAITING:
        raise Conflict(
            "Hồ sơ không chờ ở cấp đã giải thể.",
            "The dossier does not wait at the abolished level.",
            rule=target.ref,
            state=dossier.state,
            allowed=possible_steps(dossier.state),
        )
    before = {"level": dossier.level, "province_code": dossier.province_code, "district_code": dossier.district_code}
    if round_row is not None:
        dossier.state = await leave_round(uow, round_row, dossier, "moved") or DossierState.REPORTED
    for name in UNITS:
        setattr(dossier, name, getattr(product, name))
    dossier.level = target.to
    await uow.audit(str(actor.person_id), "dossier_taken_over", "dossier", dossier.id, before | {"rule": target.ref})
    return await changed(uow, actor, dossier)
