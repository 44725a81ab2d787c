"""Kinds of fields that several payloads share."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=200)]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Phone = Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^\+?[0-9][0-9 .]{6,18}$")]
Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
CommuneCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{5}$")]
UnitCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{2,5}$")]
GroupPath = Annotated[str, StringConstraints(pattern=r"^[IVX]{1,4}(\.[0-9]{1,2}(\.[a-z])?)?$")]
ProductCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{3,59}$")]
Money = Annotated[int, Field(ge=0, le=10**15, description="đồng")]
Profit = Annotated[int, Field(ge=-(10**15), le=10**15, description="đồng; negative for a loss")]
Year = Annotated[int, Field(ge=2018, le=2100)]
Star = Annotated[int, Field(ge=1, le=5)]
Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2200, 1, 1), description="a date in Vietnam")]
