"""Dossier, commune report, council, decision: the same path at every level, for any ruleset."""

import hashlib
from collections.abc import Mapping
from typing import Any

from deploy.demo.api import Api, Person, wait_for
from deploy.demo.preparation import Registered
from deploy.demo.scores import choices_for, criteria_of, options_of

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
    person.put(f"{path}/registration-form", _registration_form(one), person.etag(path))
    person.put(f"{path}/self-assessment", _self_assessment(), person.etag(path))
    person.put(f"{path}/self-score", {"choices": choices_for(document, total), "notes": {}}, person.etag(path))
    _attach(person, path, document)
    missing = person.get(f"{path}/completeness")
    if not missing["complete"]:
        raise AssertionError(f"the dossier is not complete: {missing['missing']}")
    filed: dict[str, Any] = person.post(f"{path}/filing")
    return filed


def _registration_form(one: Registered) -> dict[str, Any]:
    return {
        "unit_name": one.entry.producer,
        "representative": "Người đại diện minh họa",
        "position": "Giám đốc",
        "address": "Thôn 1 (minh họa)",
        "phone": "0235000000",
        "email": f"{one.person}@demo.ocop.example",
        "samples": 5,
    }


def _self_assessment() -> dict[str, Any]:
    figures = {"year": 2022, "output": "20.000 sản phẩm", "revenue": 1_200_000_000}
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
            "year": 2022,
            "revenue": 1_200_000_000,
            "profit": 150_000_000,
        },
        "plan": {
            "production": "Mở rộng vùng nguyên liệu (minh họa)",
            "business": "Bán trên sàn thương mại điện tử (minh họa)",
        },
        "review": dict.fromkeys(reviewed, "Đã rà soát (minh họa)") | {"yearly_figures": [figures]},
    }


def _attach(person: Person, path: str, sheet: dict[str, Any]) -> None:
    paper = evidence_paper("Minh chung minh hoa")
    digest = hashlib.sha256(paper).hexdigest()
    person.put_bytes(f"{EVALUATION}/evidence-files/{digest}", paper, "application/pdf")
    codes = [c["code"] for c in criteria_of(sheet) if max(points for _, points in options_of(c)) > 0]
    person.post(
        f"{path}/evidence",
        {
            "file_sha256": digest,
            "name": "Tập minh chứng (minh họa)",
            "criteria": codes,
            "issuer": "Cơ quan minh họa",
            "number": "01/MH",
            "issued_on": "2023-01-10",
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
    fixed_points: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Establish a council, open a round, score blind, agree on floor options, close. Returns the results."""
    office = api.person(secretary)
    panel = [f"council-{n}" for n in range(1, members + 1)]
    ids = [str(api.person(code).id()) for code in panel]
    council = office.post(
        f"{EVALUATION}/councils",
        {
            "level": level,
            "unit_code": unit,
            "year": year,
            "decision_number": f"{100 + year % 100}/QĐ-UBND-{unit}",
            "charter": "default",
            "chair_id": ids[0],
            "members": [
                {"person_id": i, "name": f"Thành viên {n} (minh họa)", "body": "Sở, ngành của tỉnh"}
                for n, i in enumerate(ids, 1)
            ],
        },
    )
    round_ = office.post(
        f"{EVALUATION}/rounds",
        {"council_id": council["id"], "due_on": due_on, "dossier_ids": [one.dossier_id for one, _ in entries]},
    )
    path = f"{EVALUATION}/rounds/{round_['id']}"
    office.post(f"{path}/opening")
    for one, total in entries:
        _score(api, path, round_["id"], one, total, panel, fixed_points)
    chair = api.person(panel[0])
    chair.post(f"{path}/closing")
    results: dict[str, Any] = chair.get(f"{path}/results")
    return {"round_id": round_["id"], "items": results["items"]}


def _score(
    api: Api,
    path: str,
    round_id: str,
    one: Registered,
    total: int,
    panel: list[str],
    fixed_points: Mapping[str, int] | None,
) -> None:
    sheet_id = api.person(panel[0]).get(f"{EVALUATION}/dossiers/{one.dossier_id}")["sheet"]
    sheet = api.get(f"{EVALUATION}/sheets/{sheet_id}")
    document = sheet.get("document", sheet)
    agreed = choices_for(document, total, fixed_points)
    for number, code in enumerate(panel):
        wanted = total + (-1, 0, 1)[number % 3] if len(panel) % 3 == 0 else total
        choices = choices_for(document, wanted, fixed_points) if wanted != total else agreed
        api.person(code).post(
            f"{EVALUATION}/score-sheets", {"round_id": round_id, "dossier_id": one.dossier_id, "choices": choices}
        )
    floors = {c["code"]: agreed[c["code"]] for c in criteria_of(document) if c.get("min_points_by_star")}
    if floors:
        api.person(panel[0]).put(f"{path}/dossiers/{one.dossier_id}/agreed-options", {"options": floors})


def decide(api: Api, one: Registered, person: str, number: str, signed_on: str) -> dict[str, Any]:
    """The body the ruleset names signs; the certificate follows by event."""
    api.person(person).post(
        f"{EVALUATION}/decisions", {"dossier_id": one.dossier_id, "number": number, "signed_on": signed_on}
    )
    certificate: dict[str, Any] = wait_for(
        f"the certificate of {one.entry.product}",
        lambda: next(
            (
                c
                for c in api.person("province-secretary").get(f"{REGISTRY}/certificates", product_id=one.product_id)[
                    "items"
                ]
                if c["decision_number"] == number
            ),
            None,
        ),
    )
    one.product_code = certificate["product_code"]
    return certificate


def forward(api: Api, one: Registered, secretary: str) -> dict[str, Any]:
    """The result goes up to the next level with its dossier."""
    sent: dict[str, Any] = api.person(secretary).post(f"{EVALUATION}/dossiers/{one.dossier_id}/forwarding")
    return sent
