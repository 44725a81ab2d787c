"""Reading imported JSON: typed fields, a path for every fault, and the hash that pins a version."""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from evaluation.domain.faults import DocumentError, Fault


def content_hash(document: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over canonical JSON (sorted keys, no spaces, UTF-8): key order does not matter."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


class Faults(list[Fault]):
    """Faults collected while a document is read."""

    def add(self, path: str, code: str, message_vi: str, message_en: str) -> None:
        """Note one fault."""
        self.append(Fault(path, code, message_vi, message_en))

    def refuse(self) -> None:
        """Raise DocumentError when anything was collected."""
        if self:
            raise DocumentError(self)


class Node:
    """One JSON object of a document, with its path.

    A getter that finds a missing or wrong value notes a fault and answers an empty value of its type, so that
    one reading finds every fault; what was built is thrown away when there are any.
    """

    def __init__(self, value: object, path: str, faults: Faults) -> None:
        self.path = path
        self.faults = faults
        if not isinstance(value, Mapping):
            faults.add(path or "$", "type", "phải là một đối tượng JSON", "must be a JSON object")
            value = {}
        self.fields: Mapping[str, Any] = value

    def at(self, key: str) -> str:
        """Path of the field `key`."""
        return f"{self.path}.{key}" if self.path else key

    def has(self, key: str) -> bool:
        """Whether the field is present and not null."""
        return self.fields.get(key) is not None

    def fault(self, key: str, code: str, message_vi: str, message_en: str) -> None:
        """Note a fault of the field `key`; an empty key means this object."""
        self.faults.add(self.at(key) if key else self.path or "$", code, message_vi, message_en)

    def only(self, known: frozenset[str]) -> None:
        """Fault every field not in `known`: a misspelt rule must not be lost in silence."""
        for key in self.fields:
            if key not in known:
                self.fault(key, "unknown_field", "trường không được biết đến", "unknown field")

    def text(self, key: str) -> str:
        """A text that is not empty."""
        value = self.fields.get(key)
        if not isinstance(value, str) or not value.strip():
            self.fault(key, "type", "phải là văn bản không rỗng", "must be a text that is not empty")
            return ""
        return value

    def text_or_none(self, key: str) -> str | None:
        """A text, or None where the field is absent or null."""
        return self.text(key) if self.has(key) else None

    def whole(self, key: str, *, least: int = 0) -> int:
        """A whole number of at least `least` (true and false are not numbers)."""
        value = self.fields.get(key)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            self.fault(key, "type", f"phải là số nguyên từ {least} trở lên", f"must be a whole number from {least}")
            return least
        return value

    def whole_or_none(self, key: str, *, least: int = 0) -> int | None:
        """A whole number, or None where the field is absent or null."""
        return self.whole(key, least=least) if self.has(key) else None

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        """True or false; `default` where absent, a fault where absent without default."""
        value = self.fields.get(key, default)
        if not isinstance(value, bool):
            self.fault(key, "type", "phải là true hoặc false", "must be true or false")
            return False
        return value

    def day(self, key: str) -> date:
        """A date written YYYY-MM-DD."""
        value = self.fields.get(key)
        try:
            if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
                return date.fromisoformat(value)
        except ValueError:
            pass  # reported below, like every other value that is no date
        self.fault(key, "type", "phải là ngày dạng YYYY-MM-DD", "must be a date written YYYY-MM-DD")
        return date.min

    def day_or_none(self, key: str) -> date | None:
        """A date, or None where the field is absent or null."""
        return self.day(key) if self.has(key) else None

    def values(self, key: str) -> Sequence[object]:
        """A list, empty where the field is absent or null."""
        value = self.fields.get(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            self.fault(key, "type", "phải là một danh sách", "must be a list")
            return ()
        return value

    def nodes(self, key: str) -> list["Node"]:
        """A list of objects, empty where absent."""
        return [Node(value, f"{self.at(key)}[{i}]", self.faults) for i, value in enumerate(self.values(key))]

    def node(self, key: str) -> "Node":
        """An object; empty where absent or null."""
        value = self.fields.get(key)
        return Node({} if value is None else value, self.at(key), self.faults)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty where absent."""
        found = []
        for i, value in enumerate(self.values(key)):
            if isinstance(value, str) and value.strip():
                found.append(value)
            else:
                self.fault(f"{key}[{i}]", "type", "phải là văn bản không rỗng", "must be a text that is not empty")
        return tuple(found)

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        """One of the allowed texts."""
        value = self.fields.get(key)
        if value not in allowed:
            listed = ", ".join(allowed)
            self.fault(key, "not_allowed", f"phải là một trong: {listed}", f"must be one of: {listed}")
            return allowed[0]
        return str(value)

    def text_map(self, key: str) -> dict[str, str]:
        """An object whose values are texts, empty where absent."""
        node = self.node(key)
        return {name: node.text(name) for name in node.fields}

    def star_map(self, key: str) -> dict[int, Any]:
        """An object whose names are stars ("3", "4", …), empty where absent; values as they stand."""
        node = self.node(key)
        found: dict[int, Any] = {}
        for name, value in node.fields.items():
            if re.fullmatch(r"[1-9]", name):
                found[int(name)] = value
            else:
                node.fault(name, "not_a_star", "tên phải là số sao", "the name must be a number of stars")
        return dict(sorted(found.items()))
