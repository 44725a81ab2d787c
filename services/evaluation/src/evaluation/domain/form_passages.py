"""Form 02 as printed: parts I, II and IV, and what a renewal looks over again (26/2026 Annex III, Art. 6), from the
fields that `dossier_forms.FORMS` names. A field that nobody filled in is not printed.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from evaluation.domain.dossier_forms import FORMS, is_empty
from evaluation.domain.issuing_bodies import short_day
from evaluation.domain.producer_papers import Passage

GENDERS: Mapping[str, str] = {"female": "Nữ", "male": "Nam", "other": "Khác"}
INTELLECTUAL_PROPERTY: Mapping[str, str] = {
    "trademark": "nhãn hiệu",
    "right_to_use_a_collective_mark": "quyền sử dụng nhãn hiệu tập thể",
    "patent": "sáng chế",
    "industrial_design": "kiểu dáng công nghiệp",
    "copyright": "quyền tác giả",
    "other": "khác",
}
"""The boxes of Form 02 part I, as printed."""

PRINTED: Mapping[str, str] = {"general": "general", "performance": "results", "review": "review", "plan": "plan"}
"""Parts of the paper and the sections of the form that fill them."""


def dong(amount: int) -> str:
    """ "1.200.000.000 đồng"."""
    return f"{amount:,} đồng".replace(",", ".")


def _figures(years: list[dict[str, Any]]) -> str:
    return "; ".join(f"năm {one['year']}: sản lượng {one['output']}, doanh thu {dong(one['revenue'])}" for one in years)


def _properties(codes: list[str]) -> str:
    return ", ".join(INTELLECTUAL_PROPERTY[code] for code in codes)


def _iso_day(value: str) -> str | None:
    return short_day(date.fromisoformat(value))


_IN_WORDS: Mapping[tuple[str, str], Callable[[Any], str | None]] = {
    ("general", "gender"): lambda code: GENDERS[code],
    ("general", "founded_on"): _iso_day,
    ("general", "intellectual_property"): _properties,
    ("results", "revenue"): dong,
    ("results", "profit"): dong,
    ("review", "yearly_figures"): _figures,
}


def passages_of(sections: Mapping[str, Mapping[str, Any]]) -> dict[str, list[Passage]]:
    """The passages of each part of Form 02 from `self_assessment` as stored, in the order of the form."""
    return {
        part: [
            Passage(heading=field.vi[0].upper() + field.vi[1:], text=in_words(section, name, value))
            for name, field in FORMS[section].items()
            if not is_empty(value := sections.get(section, {}).get(name))
        ]
        for part, section in PRINTED.items()
    }


def in_words(section: str, name: str, value: Any) -> str | None:
    """A stored value as it is printed."""
    said = _IN_WORDS.get((section, name))
    if said is not None:
        return said(value)
    if isinstance(value, bool):
        return "Có" if value else "Không"
    return str(value)
