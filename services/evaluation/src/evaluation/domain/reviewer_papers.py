"""What goes into the papers of those who look at a dossier: the commune's report (Form 03) and the member's scoring
sheet (26/2026 Annexes II and III). One dataclass and one pure function each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from evaluation.domain.choices import Choice
from evaluation.domain.form_passages import GENDERS
from evaluation.domain.issuing_bodies import Head, bare, committee, draft_head, in_sentence, long_day, short_day
from evaluation.domain.producer_papers import DOSSIER_KINDS, PRODUCER_KINDS, DossierFacts, Paper, last_filing
from evaluation.domain.sheet_lines import SheetLine, sheet_lines, totals_by_part
from evaluation.domain.sheets import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedItem:
    """One item of Form 03 part II: what the producer says, what the commune saw."""

    name: str
    claim: str
    observed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommuneReport(Paper):
    """Form 03 (báo cáo của Ủy ban nhân dân cấp xã): items without points."""

    head: Head
    year: int
    addressee: str
    bases: tuple[str, ...]
    unit: str
    producer: str
    producer_kind: str
    address: str | None
    representative: str | None
    gender: str | None
    ethnicity: str | None
    residence: str | None
    product: str
    kind: str
    filed_on: str | None
    items: tuple[ReportedItem, ...]
    conclusion: str
    recipients: tuple[str, ...]
    signer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSheet(Paper):
    """A member's scoring sheet (phiếu đánh giá, Annex II). Phone and address stay empty: a member is not told them."""

    sheet_name: str
    year: int
    product: str
    product_code: str | None
    producer: str
    knock_outs: tuple[str, ...]
    lines: tuple[SheetLine, ...]
    floors: bool
    """Whether the sheet prints star marks."""
    total: int
    most: int
    remarks: str | None
    member: str
    seat: str
    place: str
    day: str


def commune_report(
    dossier: DossierFacts, report: Mapping[str, Any], reported_on: date, addressee: str, bases: Sequence[str]
) -> CommuneReport:
    """Form 03 from the commune's report as stored (`items`, `conclusion`), to the level the ruleset sends it to."""
    form, office = dossier.registration_form, committee(dossier.commune_name)
    person = dossier.self_assessment.get("general", {})
    return CommuneReport(
        title="Báo cáo kết quả đánh giá của Ủy ban nhân dân cấp xã",
        author=office.name,
        made_on=reported_on,
        head=draft_head(office, "BC", reported_on.year),
        year=dossier.year,
        addressee=addressee,
        bases=tuple(bases),
        unit=in_sentence(dossier.commune_name),
        producer=form.get("unit_name") or dossier.producer_name,
        producer_kind=PRODUCER_KINDS.get(dossier.producer_kind, dossier.producer_kind),
        address=form.get("address"),
        representative=form.get("representative"),
        gender=GENDERS.get(person.get("gender", "")),
        ethnicity=person.get("ethnicity"),
        residence=person.get("permanent_address"),
        product=dossier.product_name,
        kind=DOSSIER_KINDS[dossier.kind].lower(),
        filed_on=short_day(last_filing(dossier)),
        items=tuple(
            ReportedItem(
                name=item["item"][0].upper() + item["item"][1:], claim=item["claim"], observed=item["observed"]
            )
            for item in report["items"]
        ),
        conclusion=report["conclusion"],
        recipients=("Như trên", dossier.producer_name, "Lưu: VT"),
        signer=None,
    )


def member_sheet(
    dossier: DossierFacts,
    sheet: Sheet,
    choices: Mapping[str, Choice],
    points: Mapping[str, int],
    notes: Mapping[str, str],
    remarks: str | None,
    member: str,
    seat: str,
    place: str,
    submitted_on: date,
) -> MemberSheet:
    """The sheet as the member submitted it: `points` by criterion, or by part where only parts are recorded."""
    counted = dict(points) | (totals_by_part(sheet, points) if not sheet.recorded_only else {})
    lines = sheet_lines(sheet, choices, counted, notes)
    return MemberSheet(
        title="Phiếu đánh giá sản phẩm OCOP",
        author=member,
        made_on=submitted_on,
        sheet_name=sheet.name_vi,
        year=dossier.year,
        product=dossier.product_name,
        product_code=dossier.product_code,
        producer=dossier.producer_name,
        knock_outs=sheet.disqualify_vi,
        lines=lines,
        floors=any(line.floor for line in lines),
        total=sum(line.given or 0 for line in lines if line.rank == "part"),
        most=sheet.total_max,
        remarks=remarks,
        member=member,
        seat=seat,
        place=bare(place),
        day=long_day(submitted_on),
    )
