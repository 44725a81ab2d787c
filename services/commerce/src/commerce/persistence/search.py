"""Search in Vietnamese text: no case, no diacritics, no apostrophes."""

from typing import Any

from sqlalchemy import ColumnElement, func, literal


def matches(folded: Any, q: str) -> ColumnElement[bool]:
    """Whether the folded column contains `q`, whose % and _ are ordinary characters."""
    escaped = q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return folded.like(literal("%") + func.translate(func.vi_fold(escaped), "'", "") + literal("%"))  # type: ignore[no-any-return]  # an untyped column in, a condition out
