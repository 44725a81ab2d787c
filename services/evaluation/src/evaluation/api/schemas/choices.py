"""Choices of a score sheet on the wire."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints, WithJsonSchema

MOST_CRITERIA = 200

CriterionCode = Annotated[str, StringConstraints(min_length=1, max_length=20)]

ChoiceValue = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0},
                {"type": "string", "pattern": r"^[^.]+\.[0-9]{1,4}$", "maxLength": 30},
            ],
            "description": "number of the option from 1; 0 where none applies; `<alternative>.<number>`",
            "examples": [3, "a.2"],
        }
    ),
]
"""Any JSON value: the rules say what is wrong with it, in the same words and with the same path as everywhere."""

Choices = Annotated[dict[CriterionCode, ChoiceValue], Field(max_length=MOST_CRITERIA)]
"""Choice by code of criterion."""
