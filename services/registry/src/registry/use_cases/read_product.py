"""Read one product: one statement, no transaction, the document made by Postgres."""

from typing import Any
from uuid import UUID

from registry.domain.product_access import READERS, SUMMARY_READERS, scope_of
from registry.domain.product_groups import present_group
from registry.persistence.documents import product_statement, summary_statement
from registry.persistence.scopes import scope_values
from registry.persistence.statements import Lookup
from shared.auth.actors import Actor, kept_by_actor
from shared.contracts.registry import ProductSummary
from shared.db.engine import Database
from shared.errors import NotFound


@kept_by_actor
def _reading(actor: Actor) -> tuple[Lookup, dict[str, Any]]:
    readers = scope_of(actor, READERS)
    return product_statement(readers), scope_values(readers)


async def read_product(database: Database, actor: Actor, product_id: UUID) -> tuple[bytes, int]:
    """(the product as JSON, its version). Raises NotFound out of the actor's scope."""
    statement, values = _reading(actor)
    row = await statement.of(database.reads, product_id, **values)
    if row is None:
        raise NotFound("Không có sản phẩm này trong phạm vi của bạn.", "No such product within your scope.")
    return row["document"].encode(), row["version"]


async def read_summary(database: Database, actor: Actor, product_id: UUID) -> ProductSummary:
    """What evaluation and commerce need of a product. Council members may read it too.

    The group is that of the taxonomy in force today when an older one leads to it; the producer confirms it by
    registering for the year. Raises NotFound out of scope.
    """
    readers = scope_of(actor, SUMMARY_READERS)
    row = await summary_statement(readers).read(database.reads, id=product_id, **scope_values(readers))
    if row is None:
        raise NotFound("Không có sản phẩm này trong phạm vi của bạn.", "No such product within your scope.")
    values = dict(row)
    found = present_group(values.pop("taxonomy"), values["group_path"], values.pop("today"))
    if found is not None:
        values["group_path"], values["set_no"] = found[1].path, found[1].set_no
    return ProductSummary(**values)
