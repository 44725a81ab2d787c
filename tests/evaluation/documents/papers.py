"""Merge data of every kind of document, filled with invented facts."""

import json
from dataclasses import asdict
from datetime import date
from types import SimpleNamespace
from typing import Any

from evaluation.domain import council_papers, decision_papers, producer_papers, reviewer_papers
from evaluation.domain.catalogue import shipped_sheets
from evaluation.domain.council_papers import Person, Ranked
from evaluation.domain.document_kinds import DocumentKind
from evaluation.domain.issuing_bodies import office_at
from evaluation.domain.producer_papers import Paper, Passage
from evaluation.domain.units_of_levels import Unit
from shared.contracts.roles import Level

DAY = date(2026, 6, 20)
SHEET = next(sheet for sheet in shipped_sheets() if sheet.code == "QD26-01")
OFFICE = office_at(Level.PROVINCE, Unit("48", "Thành phố Đà Nẵng"), DAY)
BASES = ["Căn cứ Quyết định số 26/2026/QĐ-TTg ngày 22 tháng 5 năm 2026 của Thủ tướng Chính phủ"]
PRODUCT, PRODUCER = "Dưa hấu sấy dẻo (thử)", "Hợp tác xã thử nghiệm"
ITEMS = (
    "nguồn gốc sản phẩm, nguyên liệu địa phương",
    "sử dụng lao động địa phương",
    "nguồn gốc ý tưởng sản phẩm",
    "bản sắc, trí tuệ địa phương",
)
PEOPLE = [
    Person(name="Lê Văn Thử", body="Ủy ban nhân dân thành phố", part="Chủ tịch Hội đồng"),
    Person(name="Trần Thị Thử", body="Sở Nông nghiệp và Môi trường", part="Thành viên"),
]
PAPER = {
    "name": "Giấy chứng nhận VietGAP",
    "issuer": "Trung tâm thử",
    "number": "12/2025",
    "issued_on": "2025-03-01",
    "expires_on": "2027-03-01",
    "criteria": ["1.1", "1.2"],
}


def answers(code_notes: dict[str, str]) -> tuple[dict[str, Any], dict[str, int]]:
    """The best choices of the sheet as a self-score, and their points."""
    choices: dict[str, int | str] = {}
    points = {}
    for criterion in SHEET.criteria:
        case = criterion.alternatives[0] if criterion.alternatives else None
        best = max(case.options if case else criterion.options, key=lambda option: option.points)
        choices[criterion.code] = f"{case.code}.{best.number}" if case else best.number
        points[criterion.code] = best.points
    return {"choices": choices, "notes": code_notes}, points


def dossier(note: str = "Vùng trồng 12 ha", product: str = PRODUCT) -> Any:
    """A dossier of 2026 with its form filled in."""
    return SimpleNamespace(
        product_name=product,
        producer_name=PRODUCER,
        producer_kind="cooperative",
        group_path="I.1.1",
        kind="upgrade",
        year=2026,
        commune_code="20611",
        commune_name="Xã Duy Vinh",
        district_code=None,
        district_name=None,
        province_code="48",
        province_name="Thành phố Đà Nẵng",
        product_code="48-20611-3-2026",
        filed_on=date(2026, 6, 2),
        refiled_on=None,
        registration_form={
            "unit_name": PRODUCER,
            "representative": "Nguyễn Văn Thử",
            "position": "Giám đốc",
            "address": "Thôn 1 (thử)",
            "phone": "0235 000 000",
            "email": "htx@example.test",
            "samples": 5,
            "changes": "Bao bì mới",
        },
        self_score=answers({"1.1": note})[0],
    )


def ranked(number: int) -> Ranked:
    """A product of a round."""
    return Ranked(
        number=number,
        product=f"{PRODUCT} {number}",
        producer=PRODUCER,
        commune="xã Duy Vinh",
        sheets=3,
        mean="91,67",
        star="4 sao",
        remark="",
    )


def paper_of(kind: DocumentKind, note: str = "Vùng trồng 12 ha", product: str = PRODUCT) -> Paper:
    """The merge data of a kind; `note` and `product` are what somebody typed."""
    about = {"product": product, "producer": PRODUCER, "commune": "xã Duy Vinh"}
    file, points = dossier(note, product), answers({})[1]
    score = answers({})[0]["choices"]
    makers: dict[DocumentKind, Any] = {
        DocumentKind.REGISTRATION_SLIP: lambda: producer_papers.registration_slip(file, "Rau, củ (I.1.1)", DAY),
        DocumentKind.SELF_ASSESSMENT: lambda: producer_papers.self_assessment(
            file, SHEET, points, [PAPER], {"plan": [Passage(heading="Kế hoạch 2027", text=note)]}, DAY
        ),
        DocumentKind.COMMUNE_REPORT: lambda: reviewer_papers.commune_report(
            file,
            {"items": [{"item": item, "claim": "80%", "observed": note} for item in ITEMS], "conclusion": "Đạt."},
            DAY,
            OFFICE.name,
            BASES,
        ),
        DocumentKind.SCORE_SHEET: lambda: reviewer_papers.member_sheet(
            file, SHEET, score, points, {"1.1": note}, "Tốt", "Trần Thị Thử", "TV3", "Thành phố Đà Nẵng", DAY
        ),
        DocumentKind.ADVISORY_REPORT: lambda: council_papers.advisory_report(
            OFFICE,
            DAY,
            **about,
            group="Rau, củ",
            year=2026,
            bases=BASES,
            members=PEOPLE,
            checks=[Passage(heading="Hồ sơ", text=note)],
            visit=[],
            opinion="Đủ điều kiện.",
            leader="Phạm Thử",
        ),
        DocumentKind.MINUTES: lambda: council_papers.minutes(
            OFFICE,
            year=2026,
            council_decision="100/QĐ-UBND",
            charter="Quy chế hoạt động",
            opened_on=DAY,
            closed_on=DAY,
            present=PEOPLE,
            aside=[f"Trần Thị Thử: không đánh giá {product}"],
            rescored=[note],
            ranked=[ranked(number) for number in range(1, 13)],
        ),
        DocumentKind.RESULT_LIST: lambda: council_papers.result_list(
            OFFICE,
            year=2026,
            council_decision="100/QĐ-UBND",
            closed_on=DAY,
            chair="Lê Văn Thử",
            ranked=[ranked(number) for number in range(1, 41)],
        ),
        DocumentKind.RECOGNITION_DECISION: lambda: decision_papers.recognition_decision(
            OFFICE, DAY, **about, year=2026, bases=BASES, proposer="Hội đồng", star=4, mean="275/3", months=36
        ),
        DocumentKind.CERTIFICATE: lambda: decision_papers.certificate(
            OFFICE,
            product=product,
            producer=PRODUCER,
            place="xã Duy Vinh, thành phố Đà Nẵng",
            star=4,
            code="48-20611-3-2026",
            decision_number="2201/QĐ-UBND",
            signed_on=DAY,
            valid_to=date(2029, 6, 19),
            passport_url="https://ocop.example.test/p/48-20611-3-2026",
        ),
        DocumentKind.RESULT_NOTICE: lambda: decision_papers.result_notice(
            OFFICE,
            DAY,
            SHEET,
            **about,
            year=2026,
            star=4,
            mean="275/3",
            outcome="Sản phẩm được công nhận.",
            parts={"A": "36", "B": "24", "C": "95/3"},
            criteria={code: str(value) for code, value in points.items()},
            notes=[("1.1", note)],
            reasons=["Điểm 275/3 thuộc khoảng từ 90 đến 100: 5 sao"],
        ),
        DocumentKind.REVOCATION_DECISION: lambda: decision_papers.revocation_decision(
            OFFICE,
            DAY,
            **about,
            bases=BASES,
            proposer="Sở thử",
            star=4,
            code="48-20611-3-2026",
            revoked_decision="Quyết định số 2201/QĐ-UBND",
            cause="Sử dụng sai nhãn hiệu",
            finding=note,
        ),
    }
    made: Paper = makers[kind]()
    return made


def data_of(paper: Paper) -> dict[str, Any]:
    """The merge data as it is frozen."""
    frozen: dict[str, Any] = json.loads(json.dumps(asdict(paper), default=str))
    return frozen
