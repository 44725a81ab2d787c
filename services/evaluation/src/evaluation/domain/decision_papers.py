"""What goes into the papers of the deciding body: recognition, certificate, notice (26/2026 Art. 4, 7; no annex
prescribes their form). One dataclass and one pure function each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from evaluation.domain.issuing_bodies import Head, Office, draft_head, long_day, points, short_day, stars
from evaluation.domain.producer_papers import Paper
from evaluation.domain.sheets import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A product of a decision. `mean` is shown; the star rests on the exact one."""

    number: int
    product: str
    producer: str
    commune: str
    star: str
    mean: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionDecision(Paper):
    """A draft decision that recognises the stars of its products (quyết định công nhận)."""

    head: Head
    decides_as: str
    about: str
    bases: tuple[str, ...]
    proposal: str
    products: tuple[Recognised, ...]
    """One stands in Article 1; several are a list behind the signature."""
    months: int
    producer_must: str
    carries_out: tuple[str, ...]
    recipients: tuple[str, ...]
    signs: tuple[str, ...]
    signer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Paper):
    """A certificate (giấy chứng nhận) with the address of the product's public passport for its QR code."""

    issuer: str
    product: str
    producer: str
    place: str
    star: int
    stars: str
    code: str
    decision: str
    valid_from: str
    valid_to: str
    day: str
    signs: tuple[str, ...]
    signer: str | None
    passport_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionMean:
    """A line of the notice: a part or a criterion with its mean, and what members noted."""

    code: str
    name: str
    most: int
    mean: str
    notes: tuple[str, ...]
    is_part: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultNotice(Paper):
    """The written notice of a result to commune and producer, with points per criterion (26/2026 Art. 7.3)."""

    head: Head
    year: int
    addressees: tuple[str, ...]
    product: str
    producer: str
    mean: str
    star: str
    outcome: str
    lines: tuple[CriterionMean, ...]
    reasons: tuple[str, ...]
    recipients: tuple[str, ...]
    signs: tuple[str, ...]
    signer: str | None


OUR_SETTING = "thiết lập của hệ thống"
"""How a source of rulesets and charters begins where the law is silent."""

OUTCOMES: Mapping[str, str] = {
    "recognised": "Sản phẩm được công nhận theo Quyết định số {number} ngày {day} của {body}.",
    "forwarded": "Kết quả và hồ sơ được chuyển lên cấp trên để tiếp tục đánh giá, phân hạng.",
    "not_recognised": "Theo quy định, hạng sao này không ra quyết định công nhận, không cấp giấy chứng nhận.",
}
"""What became of a result, in the words of the notice."""


def reason(outcome: str, source: str) -> str:
    """A step of the result as a signed notice gives it: with the article, and without what the catalogue notes on how
    its sources were read, or that a setting is ours. The whole source stays with the result.
    """
    article = source.split(";", maxsplit=1)[0].split("(", maxsplit=1)[0].strip(" ,")
    return outcome if article.startswith(OUR_SETTING) else f"{outcome} ({article})"


def recognition_decision(
    office: Office,
    day: date,
    *,
    year: int,
    bases: Sequence[str],
    proposer: str,
    products: Sequence[Recognised],
    months: int,
) -> RecognitionDecision:
    """A draft for the body the ruleset names; number and day are left to its signature."""
    return RecognitionDecision(
        title="Quyết định công nhận sản phẩm OCOP",
        author=office.decides_as,
        made_on=day,
        head=draft_head(office, "QĐ", day.year),
        decides_as=office.decides_as,
        about=f"Công nhận kết quả đánh giá, phân hạng sản phẩm OCOP năm {year}",
        bases=tuple(bases),
        proposal=f"Theo đề nghị của {proposer}",
        products=tuple(products),
        months=months,
        producer_must="duy trì chất lượng, sử dụng nhãn hiệu chứng nhận OCOP và hạng sao đúng quy định",
        carries_out=("Chánh Văn phòng", *_committees(products), *_producers(products)),
        recipients=("Như Điều 3", "Cơ quan thường trực OCOP", "Lưu: VT"),
        signs=office.head,
        signer=None,
    )


def certificate(
    office: Office,
    *,
    product: str,
    producer: str,
    place: str,
    star: int,
    code: str,
    decision_number: str,
    signed_on: date,
    valid_to: date,
    passport_url: str,
) -> Certificate:
    """The certificate of a signed decision; it is valid from the day of the decision."""
    return Certificate(
        title="Giấy chứng nhận sản phẩm OCOP",
        author=office.decides_as,
        made_on=signed_on,
        issuer=office.decides_as,
        product=product,
        producer=producer,
        place=place,
        star=star,
        stars=stars(star),
        code=code,
        decision=f"Quyết định số {decision_number} {long_day(signed_on)}",
        valid_from=str(short_day(signed_on)),
        valid_to=str(short_day(valid_to)),
        day=f"{office.place}, {long_day(signed_on)}",
        signs=office.head,
        signer=None,
        passport_url=passport_url,
    )


def result_notice(
    office: Office,
    day: date,
    sheet: Sheet,
    *,
    year: int,
    product: str,
    producer: str,
    commune: str,
    star: int | None,
    mean: str | None,
    outcome: str,
    parts: Mapping[str, str],
    criteria: Mapping[str, str],
    notes: Sequence[tuple[str, str]],
    reasons: Sequence[str],
) -> ResultNotice:
    """The notice of a released result: `mean`, `parts`, `criteria` exact as stored, `notes` (criterion, text) of
    members without names, `outcome` in words. No star, perhaps no mean, where the dossier was knocked out.
    """
    lines: list[CriterionMean] = []
    for part in sheet.parts:
        lines.append(_mean_line(part.code, part.name_vi, part.max, parts.get(part.code, "0"), (), is_part=True))
        lines += [
            _mean_line(c.code, c.title_vi, c.max, criteria[c.code], [n for code, n in notes if code == c.code])
            for c in sheet.criteria
            if c.part == part.code and c.code in criteria
        ]
    return ResultNotice(
        title="Thông báo kết quả đánh giá, phân hạng sản phẩm OCOP",
        author=office.name,
        made_on=day,
        head=draft_head(office, "TB", day.year),
        year=year,
        addressees=(f"Ủy ban nhân dân {commune}", producer),
        product=product,
        producer=producer,
        mean=points(mean),
        star=stars(star),
        outcome=outcome,
        lines=tuple(lines),
        reasons=tuple(reasons),
        recipients=("Như trên", "Cơ quan thường trực OCOP", "Lưu: VT"),
        signs=office.in_its_name,
        signer=None,
    )


def _committees(products: Sequence[Recognised]) -> list[str]:
    communes = list(dict.fromkeys(one.commune for one in products))
    return [f"Ủy ban nhân dân {communes[0]}"] if len(communes) == 1 else ["Ủy ban nhân dân cấp xã nơi có sản phẩm"]


def _producers(products: Sequence[Recognised]) -> list[str]:
    producers = list(dict.fromkeys(one.producer for one in products))
    return [f"chủ thể {producers[0]}"] if len(producers) == 1 else ["các chủ thể có tên trong danh sách"]


def _mean_line(
    code: str, name: str, most: int, mean: str, notes: Sequence[str], *, is_part: bool = False
) -> CriterionMean:
    return CriterionMean(code=code, name=name, most=most, mean=points(mean), notes=tuple(notes), is_part=is_part)
