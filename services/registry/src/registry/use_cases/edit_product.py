"""Correct a product's record."""

from typing import Any
from uuid import UUID

from registry.domain.product_access import READERS, scope_of
from registry.persistence.tables.products import ProductRow
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.register_producer import kept_producer
from registry.use_cases.register_product import check_group, tell_registered
from shared.auth.actors import Actor
from shared.http.etags import check_version


async def edit_product(
    uow: RegistryUow, actor: Actor, product_id: UUID, expected: int, changes: dict[str, Any]
) -> ProductRow:
    """Change fields of the version the caller saw. A new group is one of the taxonomy in force (and confirms it)."""
    product = await uow.products.lock(product_id, scope_of(actor, READERS))
    producer = await kept_producer(uow, actor, product.producer_id, lock=False)
    check_version(expected, product.version)
    path, set_no = changes.pop("group_path", None), changes.pop("set_no", None)
    if path is not None or set_no is not None:
        taxonomy, group = check_group(producer, path or product.group_path, set_no, await uow.today())
        change = {"from": [product.taxonomy, product.group_path], "to": [taxonomy.id, group.path]}
        await uow.audit(str(actor.person_id), "product_classified", "product", product.id, change)
        product.taxonomy, product.group_path, product.set_no = taxonomy.id, group.path, group.set_no
    for name, value in changes.items():
        setattr(product, name, value)
    await uow.session.flush()
    await tell_registered(uow, product)
    return product
