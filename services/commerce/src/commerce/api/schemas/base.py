"""Types that the schemas of commerce share."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Prose = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]
UnitCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,5}$")]
Dong = Annotated[int, Field(ge=0, le=10**15, strict=True)]
"""Money in whole đồng."""
SignedDong = Annotated[int, Field(ge=-(10**15), le=10**15, strict=True)]
"""Money in whole đồng; negative for a loss."""
Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2100, 12, 31))]
"""A legal date in Vietnam."""


class Read(BaseModel):
    """What is shown, made from a row."""

    model_config = ConfigDict(from_attributes=True)
