"""Register products and their participation in the yearly programme."""

from datetime import date
from uuid import UUID

from registry.domain.producer_kinds import kinds_on
from registry.domain.product_access import KEEPERS, scope_of
from registry.domain.product_groups import ProductGroup, Taxonomy, present_group, taxonomy_on
from registry.persistence.tables.producers import ProducerRow
from registry.persistence.tables.products import ParticipationRow, ProductRow
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.place_of_codes import place_of_product
from registry.use_cases.register_producer import kept_producer
from shared.auth.actors import Actor
from shared.contracts.registry import ProductRegistered
from shared.errors import Conflict, Fault, Invalid, Text
from shared.ids import new_id


async def register_product(
    uow: RegistryUow,
    actor: Actor,
    *,
    producer_id: UUID,
    name: str,
    group_path: str,
    year: int,
    revenue: int,
    profit: int,
    measured_on: date,
    set_no: int | None = None,
    description: str | None = None,
    id: UUID | None = None,  # the wire's name
    registered_on: date | None = None,
    demonstration: bool = False,
) -> ProductRow:
    """Register a product with its baseline before OCOP; it takes part in `year`.

    The group is of the taxonomy in force on the day. Raises Invalid for an unknown group, a sheet number that is not
    the group's or a baseline of the future; Conflict when the producer's kind may not make such products.
    """
    producer = await kept_producer(uow, actor, producer_id)
    day = registered_on or await uow.today()
    taxonomy, group = check_group(producer, group_path, set_no, day)
    check_year(year, day)
    if measured_on > day:
        text = Text("Số liệu gốc phải có trước ngày tham gia OCOP", "The baseline must precede joining OCOP")
        raise Invalid(faults=[Fault("baseline.measured_on", "future", text)])
    place = await uow.places.present(producer.commune_code, day)
    if place is None:
        raise Conflict("Xã của chủ thể không còn hiệu lực.", "The producer's commune is not in force.")
    product = ProductRow(
        id=id or new_id(),
        producer_id=producer.id,
        name=name,
        producer_name=producer.name,
        producer_kind=producer.kind,
        taxonomy=taxonomy.id,
        group_path=group.path,
        set_no=group.set_no,
        description=description,
        registered_on=day,
        demonstration=demonstration,
        **place.columns(),
    )
    uow.products.add(product)
    await uow.session.flush()
    uow.products.add(
        ParticipationRow(
            product_id=product.id,
            year=year,
            baseline_revenue=revenue,
            baseline_profit=profit,
            baseline_on=measured_on,
            registered_on=day,
        )
    )
    await uow.session.flush()
    await tell_registered(uow, product)
    return product


async def join_programme(uow: RegistryUow, actor: Actor, product_id: UUID, year: int) -> ProductRow:
    """Let a product take part in another year, with its first baseline; by the taxonomy and the units of today.

    Raises Conflict when it takes part already, or when its old group has no successor and a person must choose.
    """
    product = await uow.products.lock(product_id, scope_of(actor, KEEPERS))
    today = await uow.today()
    check_year(year, today)
    earlier = await uow.products.participations(product.id)
    if any(row.year == year for row in earlier):
        raise Conflict(f"Sản phẩm đã tham gia năm {year}.", f"It takes part in {year} already.", state="joined")
    await _classify_anew(uow, actor, product, today)
    await _move_to_present(uow, actor, product, today)
    first = earlier[0]
    uow.products.add(
        ParticipationRow(
            product_id=product.id,
            year=year,
            baseline_revenue=first.baseline_revenue,
            baseline_profit=first.baseline_profit,
            baseline_on=first.baseline_on,
            registered_on=today,
        )
    )
    await touch(uow, product)
    await tell_registered(uow, product)
    return product


async def _classify_anew(uow: RegistryUow, actor: Actor, product: ProductRow, today: date) -> None:
    found = present_group(product.taxonomy, product.group_path, today)
    if found is None:
        raise Conflict(
            "Nhóm cũ của sản phẩm không còn; sửa group_path trước.",
            "The product's old group is gone; edit group_path first.",
            rule=taxonomy_on(today).decision,
            state=product.taxonomy,
            allowed=[taxonomy_on(today).id],
        )
    taxonomy, group = found
    if taxonomy.id != product.taxonomy:
        change = {"from": [product.taxonomy, product.group_path], "to": [taxonomy.id, group.path]}
        await uow.audit(str(actor.person_id), "product_classified", "product", product.id, change)
        product.taxonomy, product.group_path, product.set_no = taxonomy.id, group.path, group.set_no


async def _move_to_present(uow: RegistryUow, actor: Actor, product: ProductRow, today: date) -> None:
    """A product that takes part anew belongs to the units of the day, which its old commune became."""
    place = await uow.places.present(product.commune_code, today)
    if place is not None and place != place_of_product(product):
        change = {"from": product.commune_code, "to": place.commune_code}
        await uow.audit(str(actor.person_id), "product_moved", "product", product.id, change)
        for name, value in place.columns().items():
            setattr(product, name, value)


def check_group(producer: ProducerRow, group_path: str, set_no: int | None, day: date) -> tuple[Taxonomy, ProductGroup]:
    """The group in the taxonomy of `day`, if this producer may make such products."""
    taxonomy = taxonomy_on(day)
    group = taxonomy.get(group_path)
    if group is None:
        text = Text(f"Không có nhóm này trong {taxonomy.decision}", f"No such group in {taxonomy.decision}")
        raise Invalid(faults=[Fault("group_path", "unknown", text)], rule=taxonomy.decision)
    if set_no is not None and set_no != group.set_no:
        text = Text(f"Nhóm này dùng bộ tiêu chí số {group.set_no}", f"This group has sheet {group.set_no}")
        raise Invalid(faults=[Fault("set_no", "mismatch", text)], rule=taxonomy.decision)
    kinds = kinds_on(day)
    kind = kinds.get(producer.kind)
    if kind is None or not kind.may_make(group.sector):
        raise Conflict(
            "Loại hình chủ thể này không được đăng ký nhóm sản phẩm này.",
            "A producer of this kind may not register such a product.",
            rule=kinds.legal_ref,
            state=producer.kind,
            allowed=[k.code for k in kinds.kinds if k.may_make(group.sector)],
        )
    return taxonomy, group


def check_year(year: int, day: date) -> None:
    """Raise Invalid for a programme year further ahead than the next."""
    if year > day.year + 1:
        text = Text("Năm chưa mở đăng ký", "That year is not open yet")
        raise Invalid(faults=[Fault("year", "future", text)])


async def touch(uow: RegistryUow, product: ProductRow) -> None:
    """Give a locked product its next version, because something it shows has changed."""
    product.updated_at = await uow.now()
    await uow.session.flush()


async def tell_registered(uow: RegistryUow, product: ProductRow) -> None:
    """Tell commerce and notifier of the product as it is now, with its latest year; its version is the revision."""
    latest = (await uow.products.participations(product.id))[-1]
    uow.publish(
        ProductRegistered(
            product_id=product.id,
            producer_id=product.producer_id,
            product_name=product.name,
            producer_name=product.producer_name,
            year=latest.year,
            group_path=product.group_path,
            commune_code=product.commune_code,
            district_code=product.district_code,
            province_code=product.province_code,
            baseline_revenue=latest.baseline_revenue,
            baseline_profit=latest.baseline_profit,
            baseline_on=latest.baseline_on,
            revision=product.version,
        )
    )
