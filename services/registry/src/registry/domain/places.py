"""Where a record belongs: unit codes, and the names the units had on the record's date."""

from dataclasses import dataclass

from registry.domain.product_codes import CodePlace


@dataclass(frozen=True, slots=True)
class Place:
    """A commune with its district (None where there is no district level) and province."""

    commune_code: str
    commune_name: str
    district_code: str | None
    district_name: str | None
    province_code: str
    province_name: str

    def columns(self) -> dict[str, str | None]:
        """As the columns of a placed row."""
        return {name: getattr(self, name) for name in self.__slots__}

    @property
    def codes(self) -> CodePlace:
        """The segments of a product code."""
        return CodePlace(self.province_code, self.district_code, self.commune_code)
