"""Texts and numbers of an imported document that no database can hold."""

from collections.abc import Iterator
from math import isfinite

from evaluation.domain.documents import Faults
from evaluation.domain.faults import quoted

DEEPEST = 30
"""Levels of nesting; the deepest shipped document has 10."""


def refuse_unstorable(document: object) -> None:
    """Raise DocumentError for NUL characters, lone surrogates, numbers without a value, and bottomless nesting."""
    faults = Faults()
    for path, code, vi, en in _walk("", document, 0):
        faults.add(path or "$", code, vi, en)
    faults.refuse()


def _walk(path: str, value: object, depth: int) -> Iterator[tuple[str, str, str, str]]:
    if depth > DEEPEST:
        yield path, "too_deep", f"lồng quá {DEEPEST} cấp", f"nested deeper than {DEEPEST} levels"
    elif isinstance(value, str) and not _storable(value):
        yield path, "not_storable", "có ký tự không lưu được", "holds a character that cannot be kept"
    elif isinstance(value, float) and not isfinite(value):
        yield path, "not_storable", "không phải số", "is no number"
    elif isinstance(value, dict):
        for key, member in value.items():
            if not _storable(key):
                yield path, "not_storable", "tên trường có ký tự không lưu được", "a name cannot be kept"
            else:
                yield from _walk(quoted(path, key) if not key.isidentifier() else f"{path}.{key}", member, depth + 1)
    elif isinstance(value, list):
        for i, member in enumerate(value):
            yield from _walk(f"{path}[{i}]", member, depth + 1)


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
