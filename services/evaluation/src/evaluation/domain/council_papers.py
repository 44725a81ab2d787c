"""What goes into the papers of the council: advisory report, minutes, result list (26/2026 Art. 7.3; no annex
prescribes their form). One dataclass and one pure function each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from evaluation.domain.issuing_bodies import Head, Office, council_head, long_day
from evaluation.domain.producer_papers import Paper, Passage


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
class AdvisoryReport(Paper):
    """The advisory team's report to the council on one dossier (26/2026 Art. 7.3)."""

    head: Head
    year: int
    addressee: str
    bases: tuple[str, ...]
    product: str
    producer: str
    commune: str
    group: str
    members: tuple[Person, ...]
    checks: tuple[Passage, ...]
    """What was checked: dossier, samples, tests."""
    visit: tuple[Passage, ...]
    """Site visit: place and day, people, what was seen. Empty where there was none."""
    opinion: str
    recipients: tuple[str, ...]
    signer: str | None


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
    rescored: tuple[str, ...]
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


def advisory_report(
    office: Office,
    day: date,
    *,
    product: str,
    producer: str,
    commune: str,
    group: str,
    year: int,
    bases: Sequence[str],
    members: Sequence[Person],
    checks: Sequence[Passage],
    visit: Sequence[Passage],
    opinion: str,
    leader: str | None,
) -> AdvisoryReport:
    """The report from what the team wrote down, section by section."""
    head = Head(office.lines, ("Tổ tư vấn đánh giá,", "phân hạng sản phẩm OCOP"), "BC-TTV", office.place, long_day(day))
    return AdvisoryReport(
        title="Báo cáo đánh giá của Tổ tư vấn",
        author="Tổ tư vấn",
        made_on=day,
        head=head,
        year=year,
        addressee="Hội đồng đánh giá, phân hạng sản phẩm OCOP",
        bases=tuple(bases),
        product=product,
        producer=producer,
        commune=commune,
        group=group,
        members=tuple(members),
        checks=tuple(checks),
        visit=tuple(visit),
        opinion=opinion,
        recipients=("Như trên", "Cơ quan thường trực OCOP", "Lưu: TTV"),
        signer=leader,
    )


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
    rescored: Sequence[str],
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
        rescored=tuple(rescored),
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
