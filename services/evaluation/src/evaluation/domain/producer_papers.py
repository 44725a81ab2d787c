"""What goes into the producer's papers: Forms 01 and 02 (26/2026 Annex III).

One dataclass and one pure function each; texts are Vietnamese, as printed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from evaluation.domain.issuing_bodies import bare, in_sentence, long_day, short_day
from evaluation.domain.sheet_lines import chosen_text, totals_by_part
from evaluation.domain.sheets import Sheet
from evaluation.domain.units_of_levels import Place, Unit
from shared.contracts.roles import Level

DOSSIER_KINDS: Mapping[str, str] = {"first": "Lần đầu", "upgrade": "Nâng hạng", "renewal": "Đánh giá lại"}
"""The three boxes of Form 01 item 4."""

PRODUCER_KINDS: Mapping[str, str] = {
    "cooperative": "Hợp tác xã",
    "cooperative_group": "Tổ hợp tác",
    "small_medium_enterprise": "Doanh nghiệp nhỏ và vừa",
    "farm": "Trang trại",
    "production_household": "Hộ sản xuất có đăng ký kinh doanh",
    "family_household": "Hộ gia đình có đăng ký kinh doanh",
    "association": "Hội",
    "federation": "Hiệp hội",
    "operating_centre": "Trung tâm điều hành hoặc tương đương",
}
"""Kinds of producer under every decree, by the codes that registry gives (26/2026 Art. 2.3)."""


class DossierFacts(Place, Protocol):
    """What the papers read of a dossier."""

    product_name: str
    producer_name: str
    producer_kind: str
    group_path: str
    kind: str
    year: int
    commune_code: str
    commune_name: str
    province_code: str
    product_code: str | None
    filed_on: date | None
    refiled_on: date | None
    registration_form: dict[str, Any]
    self_assessment: dict[str, Any]
    self_score: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What every document says of itself: its title, who issues it, the day of the data it was made from."""

    title: str
    author: str
    made_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box that is ticked or not."""

    label: str
    ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The part of Form 01 that an office fills in: empty until it has received the dossier."""

    office: str
    number: str | None
    received_on: str | None
    receiver: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationSlip(Paper):
    """Form 01 (phiếu đăng ký đánh giá, phân hạng sản phẩm OCOP)."""

    province: str
    year: int
    unit_name: str
    representative: str | None
    position: str | None
    address: str | None
    phone: str | None
    email: str | None
    product: str
    group: str
    kinds: tuple[Box, ...]
    samples: int | None
    day: str
    place: str
    slip_symbol: str
    """The end of a slip's number that is still to be written: PĐK-(province)-(commune)-(year)."""
    receipts: tuple[Receipt, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One criterion of Form 02 part III."""

    code: str
    criterion: str
    most: int
    answer: str | None
    points: int | None
    note: str | None
    papers: str
    """Numbers of the papers in the annex."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredPart:
    """One part of the sheet with its answers."""

    code: str
    name: str
    most: int
    points: int
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexPaper:
    """One paper of the evidence annex."""

    number: int
    name: str
    issuer: str | None
    reference: str | None
    issued_on: str | None
    expires_on: str | None
    criteria: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A heading with its text: parts I, II and IV of Form 02, sections of a report."""

    heading: str
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfAssessment(Paper):
    """Form 02 (báo cáo tự đánh giá về sản phẩm) with its evidence annex."""

    year: int
    producer: str
    producer_kind: str
    representative: str | None
    position: str | None
    address: str | None
    phone: str | None
    email: str | None
    product: str
    sheet_name: str
    changes: str | None
    general: tuple[Passage, ...]
    performance: tuple[Passage, ...]
    review: tuple[Passage, ...]
    parts: tuple[AnsweredPart, ...]
    total: int
    most: int
    plan: tuple[Passage, ...]
    papers: tuple[AnnexPaper, ...]
    place: str
    day: str


class Slip(Protocol):
    """What Form 01 prints of a receipt."""

    number: str
    received_on: date
    receiver: str


def receipt(level: Level, unit: Unit, slip: Slip | None) -> Receipt:
    """The receipt of an office, to be filled in by hand where it has none yet. The commune signs as its committee,
    above it the standing body (26/2026 Annex III, Form 01).
    """
    name = in_sentence(unit.name)
    return Receipt(
        office=f"Ủy ban nhân dân {name}" if level is Level.COMMUNE else f"Cơ quan thường trực OCOP {name}",
        number=None if slip is None else slip.number,
        received_on=None if slip is None else short_day(slip.received_on),
        receiver=None if slip is None else slip.receiver,
    )


def registration_slip(
    dossier: DossierFacts, group: str, receipts: Sequence[Receipt], made_on: date
) -> RegistrationSlip:
    """Form 01 of a dossier; what nobody has filled in stays open to be written by hand."""
    form = dossier.registration_form
    return RegistrationSlip(
        title="Phiếu đăng ký đánh giá, phân hạng sản phẩm OCOP",
        author=dossier.producer_name,
        made_on=made_on,
        province=in_sentence(dossier.province_name),
        year=dossier.year,
        unit_name=form.get("unit_name") or dossier.producer_name,
        representative=form.get("representative"),
        position=form.get("position"),
        address=form.get("address"),
        phone=form.get("phone"),
        email=form.get("email"),
        product=dossier.product_name,
        group=group,
        kinds=tuple(Box(label=label, ticked=dossier.kind == kind) for kind, label in DOSSIER_KINDS.items()),
        samples=form.get("samples"),
        day=long_day(last_filing(dossier), dossier.year),
        place=bare(dossier.commune_name),
        slip_symbol=f"PĐK-{dossier.province_code}-{dossier.commune_code}-{dossier.year}",
        receipts=tuple(receipts),
    )


def self_assessment(
    dossier: DossierFacts,
    sheet: Sheet,
    points: Mapping[str, int],
    evidence: Sequence[Mapping[str, Any]],
    passages: Mapping[str, Sequence[Passage]],
    made_on: date,
) -> SelfAssessment:
    """Form 02: `points` by criterion as counted (by part on a recorded-only sheet), `evidence` in the order of the
    annex, `passages` of the parts `general`, `performance`, `review` (a renewal's) and `plan`.
    """
    form, score = dossier.registration_form, dossier.self_score
    by_part = dict(points) if sheet.recorded_only else totals_by_part(sheet, points)
    papers = {
        criterion.code: ", ".join(
            str(number) for number, paper in enumerate(evidence, 1) if criterion.code in paper["criteria"]
        )
        for criterion in sheet.criteria
    }
    return SelfAssessment(
        title="Báo cáo tự đánh giá về sản phẩm",
        author=dossier.producer_name,
        made_on=made_on,
        year=dossier.year,
        producer=form.get("unit_name") or dossier.producer_name,
        producer_kind=PRODUCER_KINDS.get(dossier.producer_kind, dossier.producer_kind),
        representative=form.get("representative"),
        position=form.get("position"),
        address=form.get("address"),
        phone=form.get("phone"),
        email=form.get("email"),
        product=dossier.product_name,
        sheet_name=sheet.name_vi,
        changes=form.get("changes"),
        general=tuple(passages.get("general", ())),
        performance=tuple(passages.get("performance", ())),
        review=tuple(passages.get("review", ())),
        parts=tuple(
            AnsweredPart(
                code=part.code,
                name=part.name_vi,
                most=part.max,
                points=by_part.get(part.code, 0),
                answers=tuple(
                    Answer(
                        code=criterion.code,
                        criterion=criterion.title_vi,
                        most=criterion.max,
                        answer=chosen_text(criterion, score.get("choices", {}).get(criterion.code)),
                        points=points.get(criterion.code),
                        note=score.get("notes", {}).get(criterion.code),
                        papers=papers[criterion.code],
                    )
                    for criterion in sheet.criteria
                    if criterion.part == part.code
                ),
            )
            for part in sheet.parts
        ),
        total=sum(by_part.values()),
        most=sheet.total_max,
        plan=tuple(passages.get("plan", ())),
        papers=tuple(_annex_paper(number, paper) for number, paper in enumerate(evidence, 1)),
        place=bare(dossier.commune_name),
        day=long_day(last_filing(dossier), dossier.year),
    )


def last_filing(dossier: DossierFacts) -> date | None:
    """The day the dossier was last handed in; None for a draft."""
    return dossier.refiled_on or dossier.filed_on


def _annex_paper(number: int, paper: Mapping[str, Any]) -> AnnexPaper:
    def day(name: str) -> str | None:
        value = paper[name]
        return short_day(date.fromisoformat(value) if isinstance(value, str) else value)

    return AnnexPaper(
        number=number,
        name=paper["name"],
        issuer=paper["issuer"],
        reference=paper["number"],
        issued_on=day("issued_on"),
        expires_on=day("expires_on"),
        criteria=", ".join(paper["criteria"]),
    )
