"""What goes into the papers of the council: minutes, result list (26/2026 Art. 7.3; no annex
prescribes their form). One dataclass and one pure function each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from evaluation.domain.issuing_bodies import Head, Office, council_head, long_day
from evaluation.domain.producer_papers import Paper


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody named in a paper: name, body, and what he is there."""

    name: str
    body: str
    part: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A product with its result. `mean` is shown; ranking used the exact one."""

    number: int
    product: str
    producer: str
    commune: str
    sheets: int
    mean: str
    star: str
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Minutes(Paper):
    """Minutes of a council's meeting (biên bản họp Hội đồng)."""

    head: Head
    year: int
    council_decision: str
    charter: str
    opened: str
    closed: str
    present: tuple[Person, ...]
    aside: tuple[str, ...]
    """Who stood aside, and from which product."""
    discussed: tuple[str, ...]
    """What the council discussed, product by product, with what was concluded."""
    rescored: tuple[str, ...]
    knocked_out: tuple[str, ...]
    ranked: tuple[Ranked, ...]
    issuer: str
    chair: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultList(Paper):
    """The list of results of a round (bảng tổng hợp kết quả)."""

    head: Head
    year: int
    council_decision: str
    ranked: tuple[Ranked, ...]
    counts: tuple[str, ...]
    chair: str


def minutes(
    office: Office,
    *,
    year: int,
    council_decision: str,
    charter: str,
    opened_on: date,
    closed_on: date,
    present: Sequence[Person],
    aside: Sequence[str],
    discussed: Sequence[str],
    rescored: Sequence[str],
    knocked_out: Sequence[str],
    ranked: Sequence[Ranked],
) -> Minutes:
    """The minutes of a closed round; the first person present is the chair."""
    return Minutes(
        title="Biên bản họp Hội đồng",
        author=office.name,
        made_on=closed_on,
        head=council_head(office, "BB", closed_on),
        year=year,
        council_decision=council_decision,
        charter=charter,
        opened=long_day(opened_on),
        closed=long_day(closed_on),
        present=tuple(present),
        aside=tuple(aside),
        discussed=tuple(discussed),
        rescored=tuple(rescored),
        knocked_out=tuple(knocked_out),
        ranked=tuple(ranked),
        issuer=office.name,
        chair=present[0].name,
    )


def result_list(
    office: Office, *, year: int, council_decision: str, closed_on: date, chair: str, ranked: Sequence[Ranked]
) -> ResultList:
    """The list of a closed round, with how many products reached each star."""
    reached: dict[str, int] = {}
    for product in ranked:
        reached[product.star] = reached.get(product.star, 0) + 1
    return ResultList(
        title="Bảng tổng hợp kết quả đánh giá, phân hạng",
        author=office.name,
        made_on=closed_on,
        head=council_head(office, "BTH", closed_on),
        year=year,
        council_decision=council_decision,
        ranked=tuple(ranked),
        counts=tuple(f"{star}: {count} sản phẩm" for star, count in sorted(reached.items(), reverse=True)),
        chair=chair,
    )
