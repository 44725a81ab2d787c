"""Merge data of every kind of document, filled with invented facts."""

import json
from dataclasses import asdict
from datetime import date
from types import SimpleNamespace
from typing import Any

from evaluation.domain import (
    advisory_papers,
    council_papers,
    decision_papers,
    producer_papers,
    reviewer_papers,
    revocation_papers,
)
from evaluation.domain.catalogue import shipped_sheets
from evaluation.domain.council_papers import Person, Ranked
from evaluation.domain.decision_papers import Recognised
from evaluation.domain.document_kinds import DocumentKind
from evaluation.domain.form_passages import passages_of
from evaluation.domain.issuing_bodies import office_at
from evaluation.domain.producer_papers import Paper
from evaluation.domain.rulesets import RevocationCause
from evaluation.domain.units_of_levels import Unit
from shared.contracts.roles import Level
from shared.ids import new_id

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


FORM_02 = {
    "general": {
        "gender": "female",
        "ethnicity": "Cơ Tu",
        "permanent_address": "Thôn 2 (thử)",
        "founded_on": "2015-03-01",
        "has_quality_declaration": True,
        "intellectual_property": ["industrial_design", "trademark"],
    },
    "results": {"material_area": "Vùng trồng 12 ha", "year": 2025, "revenue": 1_200_000_000, "profit": -5_000_000},
    "review": {
        "materials": "Như lần trước",
        "yearly_figures": [
            {"year": 2024, "output": "20.000 hộp", "revenue": 900_000_000},
            {"year": 2025, "output": "25.000 hộp", "revenue": 1_200_000_000},
        ],
    },
}


def record(kind: str, content: dict[str, Any], answers: Any = None) -> Any:
    """A record of the advisory team."""
    return SimpleNamespace(id=new_id(), kind=kind, on_day=DAY, content=content, answers=answers)


def advice(note: str) -> tuple[Any, list[Any]]:
    """(report, every record) of a team."""
    items = [
        {"kind": "criterion", "ref": "1.1", "ok": True, "reason": None},
        {"kind": "criterion", "ref": "1.2", "ok": False, "reason": "thiếu hợp đồng"},
    ]
    asked = record("test_request", {"what": "Chỉ tiêu vi sinh", "laboratory": "Trung tâm thử", "due_on": None})
    result = {"outcome": "meets", "summary": "dưới mức cho phép", "number": "12/KN"}
    findings = [{"part": part.code, "finding": "Phù hợp.", "points": None} for part in SHEET.parts]
    report = record("report", {"findings": findings, "proposal": "Đủ điều kiện."})
    visit = {"place": "Xưởng (thử)", "people": ["Phạm Thử"], "observations": note}
    return report, [
        record("check", {"items": items, "remarks": note}),
        record("samples", {"count": 5, "condition": "nguyên vẹn", "received_by": "Phạm Thử"}),
        asked,
        record("test_result", result, asked.id),
        record("site_visit", visit),
        report,
    ]


def receipts() -> list[producer_papers.Receipt]:
    """The commune's slip; the province has none yet."""
    slip = SimpleNamespace(number="03/PĐK-48-20611-2026", received_on=DAY, receiver="Đỗ Thử")
    return [
        producer_papers.receipt(Level.COMMUNE, Unit("20611", "Xã Duy Vinh"), slip),
        producer_papers.receipt(Level.PROVINCE, Unit("48", "Thành phố Đà Nẵng"), None),
    ]


def recognised(count: int, product: str = PRODUCT) -> list[Recognised]:
    """Products of one decision."""
    return [
        Recognised(
            number=n, product=product, producer=PRODUCER, commune="xã Duy Vinh", star="4 (bốn) sao", mean="91,67"
        )
        for n in range(1, count + 1)
    ]


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
        self_assessment=FORM_02 | {"plan": {"production": "Kế hoạch 2027", "business": note}},
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


def proposal(product: str, note: str) -> Any:
    """A proposal to revoke."""
    return SimpleNamespace(
        product_name=product,
        product_code="48-20611-3-2026",
        star=4,
        certificate_decision="2201/QĐ-UBND",
        certificate_decided_by="Chủ tịch Ủy ban nhân dân thành phố Đà Nẵng",
        issued_on=date(2026, 1, 5),
        finding="authority_conclusion",
        finding_by="Chi cục thử",
        finding_number="15/KL-CC",
        finding_on=date(2026, 6, 1),
        evidence=note,
        proposed_on=DAY,
    )


def paper_of(kind: DocumentKind, note: str = "Vùng trồng 12 ha", product: str = PRODUCT) -> Paper:
    """The merge data of a kind; `note` and `product` are what somebody typed."""
    about = {"product": product, "producer": PRODUCER, "commune": "xã Duy Vinh"}
    file, points = dossier(note, product), answers({})[1]
    score = answers({})[0]["choices"]
    makers: dict[DocumentKind, Any] = {
        DocumentKind.REGISTRATION_SLIP: lambda: producer_papers.registration_slip(
            file, "Rau, củ (I.1.1)", receipts(), DAY
        ),
        DocumentKind.SELF_ASSESSMENT: lambda: producer_papers.self_assessment(
            file, SHEET, points, [PAPER], passages_of(file.self_assessment), DAY
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
        DocumentKind.ADVISORY_REPORT: lambda: advisory_papers.advisory_report(
            OFFICE,
            advice(note)[0],
            advice(note)[1],
            {},
            SHEET,
            **about,
            group="Rau, củ",
            year=2026,
            bases=BASES,
            team=[SimpleNamespace(name="Phạm Thử", body="Sở thử", post="advisory_head")],
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
            discussed=[f"{product}: “đồng ý”. Kết luận: chấm lại"],
            rescored=[note],
            knocked_out=["Sản phẩm khác: sản xuất không phép"],
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
            OFFICE, DAY, year=2026, bases=BASES, proposer=note, products=recognised(1, product), months=36
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
        DocumentKind.REVOCATION_DECISION: lambda: revocation_papers.revocation_decision(
            OFFICE,
            proposal(product, note),
            bases=BASES,
            producer=PRODUCER,
            commune="xã Duy Vinh",
            cause=RevocationCause("d", "Sử dụng sai nhãn hiệu", None),
            effective_on=None,
        ),
    }
    made: Paper = makers[kind]()
    return made


def data_of(paper: Paper) -> dict[str, Any]:
    """The merge data as it is frozen."""
    frozen: dict[str, Any] = json.loads(json.dumps(asdict(paper), default=str))
    return frozen
