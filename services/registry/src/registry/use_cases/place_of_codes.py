"""The place an event names by codes, with the names the units had."""

from datetime import date

from registry.domain.places import Place
from registry.persistence.tables.products import ProductRow
from registry.persistence.unit_of_work import RegistryUow


async def place_of_codes(uow: RegistryUow, product: ProductRow, codes: tuple[str, str | None, str], day: date) -> Place:
    """The (commune, district, province) codes of an event, named as on `day`.

    A commune that ended meanwhile has its names from the product.
    """
    commune_code, district_code, province_code = codes
    registered = place_of_product(product)
    if codes == (registered.commune_code, registered.district_code, registered.province_code):
        return registered
    found = await uow.places.on(commune_code, day)
    if found is not None and codes == (found.commune_code, found.district_code, found.province_code):
        return found
    return Place(
        commune_code,
        found.commune_name if found else registered.commune_name,
        district_code,
        registered.district_name if district_code else None,
        province_code,
        found.province_name if found and found.province_code == province_code else registered.province_name,
    )


def place_of_product(product: ProductRow) -> Place:
    """Where the product belonged when it was registered."""
    return Place(
        product.commune_code,
        product.commune_name,
        product.district_code,
        product.district_name,
        product.province_code,
        product.province_name,
    )
