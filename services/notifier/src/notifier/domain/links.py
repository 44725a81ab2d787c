"""Where the thing of a duty is, in the service that owns it and in a frontend (data/links.json)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

FIELDS = frozenset({"id", "about", "unit_code", "year", "period", "code"})
"""What a path may name of its duty."""


@dataclass(frozen=True, slots=True)
class Link:
    """The paths to a thing."""

    service: str
    api: str
    web: str


@dataclass(frozen=True, slots=True)
class LinkRule:
    """The templates of the paths for duties of `code`, or met by `fulfilled_by`, or (neither) for all."""

    code: str | None
    fulfilled_by: str | None
    link: Link

    def fits(self, code: str, fulfilled_by: Sequence[str]) -> bool:
        """Whether the rule is for such a duty."""
        if self.code is not None:
            return self.code == code
        return self.fulfilled_by is None or self.fulfilled_by in fulfilled_by


def link_to(rules: Sequence[LinkRule], fulfilled_by: Sequence[str], fields: Mapping[str, object]) -> Link:
    """The link of a duty with these `fields`; the last rule is for all."""
    rule = next(rule for rule in rules if rule.fits(str(fields["code"]), fulfilled_by))
    safe = {name: quote(str(fields[name]), safe="") for name in FIELDS}
    return Link(rule.link.service, rule.link.api.format(**safe), rule.link.web.format(**safe))


def read_link_rules(document: Mapping[str, Any]) -> tuple[LinkRule, ...]:
    """The rules of a links document, those by code first. Raises ValueError or KeyError when it is not one."""
    if document["schema"] != "ocop-links/1":
        raise ValueError(f"not a links document: {document['schema']}")
    rules = [
        LinkRule(entry.get("code"), entry.get("fulfilled_by"), Link(entry["service"], entry["api"], entry["web"]))
        for entry in document["links"]
    ]
    for rule in rules:
        for path in (rule.link.api, rule.link.web):
            path.format(**dict.fromkeys(FIELDS, ""))
    rules.sort(key=lambda rule: (rule.code is None, rule.fulfilled_by is None))
    if rules[-1].code or rules[-1].fulfilled_by:
        raise ValueError("the last link must be for all duties")
    return tuple(rules)
