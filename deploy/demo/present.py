"""2026: one dossier under Decision 26/2026, with two levels, a commune clock and star floors of the real sheet."""

from deploy.demo.api import Api
from deploy.demo.cast import Entry
from deploy.demo.evaluation import decide, file_dossier, hold_round, report_for_commune
from deploy.demo.preparation import REGISTRY, Registered
from deploy.demo.report import Report

EVALUATION = "/api/evaluation/v1"
COFFEE = Entry(
    "",
    "20341",
    "HTX Cà phê Tam Kỳ (minh họa)",
    "cooperative",
    "Cà phê rang xay Tam Kỳ",
    "I.6",
    13,
    800_000_000,
    110_000_000,
    0,
    92,
)
TRADEMARK_APPLIED_FOR = {"3.5": 1}
"""Points of the trademark criterion when the application was accepted; 4 stars need a registered one (2 points)."""


def play_2026(api: Api, report: Report) -> Registered:
    """Register, file, commune report, province council, decision: 92 points, capped by a missed floor."""
    api.move_clock("2026-06-03T08:00:00+07:00")
    person = api.person("producer-40")
    producer = person.post(
        f"{REGISTRY}/producers",
        {
            "name": COFFEE.producer,
            "kind": COFFEE.kind,
            "commune_code": COFFEE.commune,
            "address": "Tổ 1 (minh họa)",
            "phone": "0235000001",
            "email": "producer-40@demo.ocop.example",
            "representative": "Người đại diện minh họa",
            "registration_number": "MH-0001",
        },
    )
    api.forget_tokens()
    product = person.post(
        f"{REGISTRY}/products",
        {
            "producer_id": producer["id"],
            "name": COFFEE.product,
            "group_path": COFFEE.group_path,
            "set_no": COFFEE.set_no,
            "description": "Sản phẩm minh họa",
            "year": 2026,
            "baseline": {"revenue": COFFEE.revenue, "profit": COFFEE.profit, "measured_on": "2025-12-31"},
        },
    )
    one = Registered(COFFEE, "producer-40", producer["id"], product["id"])
    filed = file_dossier(api, one, 92)
    report.line(f"Hồ sơ nộp tại xã mới (mã {COFFEE.commune}), áp dụng {filed['ruleset']}, phiếu {filed['sheet']}.")
    api.move_clock("2026-06-10T08:00:00+07:00")
    ruleset = api.get(f"{EVALUATION}/rulesets/{filed['ruleset']}")
    items = ruleset.get("document", ruleset)["commune_report_items"]
    report_for_commune(api, one, items)
    report.line("UBND cấp xã báo cáo 4 nội dung trong hạn 15 ngày làm việc, không chấm điểm.")
    api.move_clock("2026-06-20T08:00:00+07:00")
    closed = hold_round(
        api,
        "province",
        "48",
        2026,
        "province-secretary",
        "2026-06-29",
        [(one, 92)],
        9,
        fixed_points=TRADEMARK_APPLIED_FOR,
    )
    result = closed["items"][0]
    missed = ", ".join(
        f"{f['criterion']} cần {f['needs']} có {f['has']} (cho {f['star']} sao)" for f in result["floors_missed"]
    )
    report.line(
        f"Hội đồng tỉnh: trung bình {result['mean_decimal']} điểm, khung {result['band']} sao; "
        f"thiếu điểm tối thiểu: {missed or 'không'} → {result['star']} sao."
    )
    api.move_clock("2026-06-25T08:00:00+07:00")
    certificate = decide(api, one, "province-chair", "901/QĐ-UBND", "2026-06-25")
    report.line(
        f"Giấy chứng nhận {certificate['star']} sao, mã {certificate['product_code']}, đến {certificate['valid_to']}."
    )
    return one
