"""Dossier, commune report, council, decision: the same path at every level, for any ruleset."""

import hashlib
from collections.abc import Mapping
from typing import Any

from deploy.demo.api import Api, DemoFailedError, Person, wait_for
from deploy.demo.preparation import Registered
from deploy.demo.scores import choices_for, criteria_of, options_of
from deploy.demo.sittings import establish, open_round

EVALUATION = "/api/evaluation/v1"
REGISTRY = "/api/registry/v1"


def evidence_paper(title: str) -> bytes:
    """A small but valid one-page PDF that names what it stands for."""
    text = f"BT /F1 14 Tf 60 760 Td ({title}) Tj ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return body + b"xref\n0 5\n0000000000 65535 f \n%strailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        table,
        len(body),
    )


def file_dossier(api: Api, one: Registered, total: int, kind: str = "first") -> dict[str, Any]:
    """The producer drafts, fills, attaches evidence, sees what is missing, and files."""
    person = api.person(one.person)
    dossier = person.post(f"{EVALUATION}/dossiers", {"product_id": one.product_id, "kind": kind})
    one.dossier_id = dossier["id"]
    path = f"{EVALUATION}/dossiers/{one.dossier_id}"
    sheet = api.get(f"{EVALUATION}/sheets/{dossier['sheet']}")
    document = sheet.get("document", sheet)
    person.edit(path, registration_form(one), "/registration-form")
    person.edit(path, self_assessment(2022), "/self-assessment")
    person.edit(path, {"choices": choices_for(document, total), "notes": {}}, "/self-score")
    attach(person, path, [c["code"] for c in criteria_of(document) if max(p for _, p in options_of(c)) > 0])
    return hand_in(person, path)


def hand_in(person: Person, path: str) -> dict[str, Any]:
    """See what is missing, and file."""
    missing = person.get(f"{path}/completeness")
    if not missing["complete"]:
        raise DemoFailedError(f"the dossier is not complete: {missing['missing']}")
    filed: dict[str, Any] = person.post(f"{path}/filing")
    return filed


def registration_form(one: Registered) -> dict[str, Any]:
    """Form 01."""
    return {
        "unit_name": one.entry.producer,
        "representative": "Người đại diện minh họa",
        "position": "Giám đốc",
        "address": "Thôn 1 (minh họa)",
        "phone": "0235000000",
        "email": f"{one.person}@demo.ocop.example",
        "samples": 5,
    }


def self_assessment(year: int) -> dict[str, Any]:
    """Form 02 beside the self-score, with the figures of a year."""
    figures = [{"year": year - n, "output": "20.000 sản phẩm", "revenue": 1_200_000_000} for n in (2, 1, 0)]
    reviewed = ("materials", "technology", "packaging", "labels", "quality_declaration", "periodic_tests", "markets")
    return {
        "general": {
            "gender": "female",
            "ethnicity": "Kinh",
            "permanent_address": "Thôn 1 (minh họa)",
            "founded_on": "2015-03-01",
            "specification": "Hộp 500 g (minh họa)",
            "standard": "TCCS 01:2022 (minh họa)",
            "history": "Nghề của làng từ nhiều đời (minh họa)",
            "organisation": "Hội đồng quản trị và 12 thành viên (minh họa)",
        },
        "results": {
            "material_area": "Vùng nguyên liệu 12 ha (minh họa)",
            "technology": "Công nghệ truyền thống có cải tiến (minh họa)",
            "markets": "Trong tỉnh và các tỉnh lân cận (minh họa)",
            "year": year,
            "revenue": 1_200_000_000,
            "profit": 150_000_000,
        },
        "plan": {
            "production": "Mở rộng vùng nguyên liệu (minh họa)",
            "business": "Bán trên sàn thương mại điện tử (minh họa)",
        },
        "review": dict.fromkeys(reviewed, "Đã rà soát (minh họa)") | {"yearly_figures": figures},
    }


def attach(person: Person, path: str, criteria: list[str], issued_on: str = "2023-01-10") -> None:
    """One paper that proves these criteria."""
    paper = evidence_paper(f"Minh chung minh hoa {issued_on}")
    digest = hashlib.sha256(paper).hexdigest()
    person.put_bytes(f"{EVALUATION}/evidence-files/{digest}", paper, "application/pdf")
    person.post(
        f"{path}/evidence",
        {
            "file_sha256": digest,
            "name": f"Tập minh chứng năm {issued_on[:4]} (minh họa)",
            "criteria": criteria,
            "issuer": "Cơ quan minh họa",
            "number": "01/MH",
            "issued_on": issued_on,
        },
    )


def report_for_commune(api: Api, one: Registered, items: list[str]) -> dict[str, Any]:
    """The commune reports on its items, without points, and sends the dossier up."""
    officer = api.person(f"commune-{one.entry.commune}")
    sent: dict[str, Any] = officer.post(
        f"{EVALUATION}/dossiers/{one.dossier_id}/commune-report",
        {
            "items": [
                {"item": item, "claim": "Theo hồ sơ của chủ thể", "observed": "Đúng như chủ thể trình bày"}
                for item in items
            ],
            "conclusion": "Đề nghị cấp trên đánh giá, phân hạng",
        },
    )
    return sent


def hold_round(
    api: Api,
    level: str,
    unit: str,
    year: int,
    secretary: str,
    due_on: str,
    entries: list[tuple[Registered, int]],
    members: int,
    *,
    fixed_points: Mapping[str, Mapping[str, int]] | None = None,
) -> dict[str, Any]:
    """Establish a council, open a round, score blind, agree on floor options, close. Returns the results.

    `fixed_points`: points that every member gives, by dossier and criterion.
    """
    council = establish(api, level, unit, year, secretary, members)
    sitting = open_round(api, council, secretary, due_on, [one for one, _ in entries])
    for one, total in entries:
        fixed = (fixed_points or {}).get(one.dossier_id)
        spread = (-1, 0, 1) if members % 3 == 0 else (0,)
        for number in range(members):
            sitting.score(one, number, total + spread[number % len(spread)], fixed)
        sitting.agree(one, total, fixed)
    return sitting.close()


def decide(api: Api, several: list[Registered], person: str, number: str, signed_on: str) -> list[dict[str, Any]]:
    """The body the ruleset names signs one decision over its products; the certificates follow by event."""
    api.person(person).post(
        f"{EVALUATION}/decisions",
        {"dossier_ids": [one.dossier_id for one in several], "number": number, "signed_on": signed_on},
    )
    return [_certificate(api, one, number) for one in several]


def _certificate(api: Api, one: Registered, number: str) -> dict[str, Any]:
    def issued() -> dict[str, Any] | None:
        secretary = api.person("province-secretary")
        found = secretary.get(f"{REGISTRY}/certificates", product_id=one.product_id)["items"]
        return next((c for c in found if c["decision_number"] == number), None)

    certificate = wait_for(f"the certificate of {one.entry.product}", issued)
    one.product_code, one.certificate_id = certificate["product_code"], certificate["id"]
    return certificate


def forward(api: Api, one: Registered, secretary: str) -> dict[str, Any]:
    """The result goes up to the next level with its dossier."""
    sent: dict[str, Any] = api.person(secretary).post(f"{EVALUATION}/dossiers/{one.dossier_id}/forwarding")
    return sent
