"""2024: a first-time dossier under 148 through district, province and centre; at the province a member stands aside,
and the others see the product so differently that they discuss it and score again.
"""

from deploy.demo.api import Api
from deploy.demo.cast import Entry
from deploy.demo.evaluation import EVALUATION, decide, file_dossier, forward, hold_round, report_for_commune
from deploy.demo.papers import Papers
from deploy.demo.preparation import Registered, register
from deploy.demo.report import Report
from deploy.demo.sittings import Sitting, establish, open_round

HONEY = Entry(
    "515",
    "20900",
    "HTX Mật ong Trà My (minh họa)",
    "cooperative",
    "Mật ong ngũ gia bì Trà My",
    "I.2.b",
    4,
    1_300_000_000,
    190_000_000,
    92,
    92,
)
DECISION = "1548/QĐ-BNN-VPĐP"
FIRST_SCORES, SECOND_SCORES = (92, 78, 93, 91), (92, 90, 93, 91)
"""Totals of the four members who stay: 15 points apart, over the charter's limit of 10; then 3 apart."""


def register_honey(api: Api) -> Registered:
    """The producer and the product."""
    return register(api, HONEY, "producer-41", 2024)


def file_and_score_in_district(api: Api, report: Report, papers: Papers, one: Registered, items: list[str]) -> None:
    """Filed, reported on by the commune, scored by the district's council, sent up."""
    filed = file_dossier(api, one, 92)
    report_for_commune(api, one, items)
    papers.make(api.person(f"commune-{HONEY.commune}"), "commune_report", one.dossier_id, "bao-cao-cap-xa")
    api.move_clock("2024-03-12T08:00:00+07:00")
    secretary = f"district-{HONEY.district}-secretary"
    closed = hold_round(api, "district", HONEY.district, 2024, secretary, "2024-03-31", [(one, 92)], 3)
    forward(api, one, secretary)
    report.line(
        f"{HONEY.product}: hồ sơ lần đầu theo {filed['ruleset']}; Hội đồng huyện chấm "
        f"{closed['items'][0]['mean_decimal']} điểm, chuyển lên tỉnh."
    )


def score_in_province(api: Api, report: Report, papers: Papers, one: Registered) -> None:
    """The advisory team reports; a member stands aside; the others diverge, discuss, score again; up to the centre."""
    api.move_clock("2024-04-10T08:00:00+07:00")
    council = establish(api, "province", "49", 2024, "province-secretary", 5, ("adviser-1", "adviser-2"))
    advice = _advise(api, one)
    papers.make(api.person("adviser-1"), "advisory_report", advice, "bao-cao-to-tu-van")
    sitting = open_round(api, council, "province-secretary", "2024-04-30", [one])
    _stand_aside(api, report, sitting, one)
    _discuss_and_score_again(api, report, sitting, one)
    result = sitting.close()["items"][0]
    report.line(f"Chấm lại: {result['mean_decimal']} điểm, đủ điều kiện chuyển lên Trung ương.")
    papers.make(
        api.person("council-2"), "score_sheet", sitting.sheet_ids[one.dossier_id, 1], "phieu-cham-cua-thanh-vien"
    )
    papers.make(api.person("province-secretary"), "minutes", sitting.round_id, "bien-ban-hop-hoi-dong")
    forward(api, one, "province-secretary")


def _advise(api: Api, one: Registered) -> str:
    """The team checks the papers, takes samples, visits, has a test made and reports; the id of the report."""
    head, second = api.person("adviser-1"), api.person("adviser-2")
    path, day = f"{EVALUATION}/dossiers/{one.dossier_id}/advice", "2024-04-10"
    read = second.get(f"{EVALUATION}/dossiers/{one.dossier_id}")
    checked = [{"kind": "criterion", "ref": code, "ok": True} for code in read["self_score"]["choices"]]
    second.post(path, {"kind": "check", "on_day": day, "items": checked, "remarks": "Hồ sơ đủ, rõ ràng (minh họa)"})
    samples = {"count": 5, "condition": "Nguyên vẹn, đủ nhãn (minh họa)", "received_by": "Tư vấn viên 2 (minh họa)"}
    second.post(path, {"kind": "samples", "on_day": day} | samples)
    visit = {
        "place": "Xưởng sơ chế tại xã (minh họa)",
        "people": ["Tư vấn viên 1 (minh họa)", "Người đại diện minh họa"],
        "observations": "Nhà xưởng sạch, có sổ ghi chép nguyên liệu (minh họa)",
    }
    head.post(path, {"kind": "site_visit", "on_day": day} | visit)
    head.post(path, {"kind": "test_request", "on_day": day, "what": "Chỉ tiêu vi sinh, kim loại nặng (minh họa)"})
    findings = [
        {"part": part, "finding": words}
        for part, words in (
            ("A", "Nguyên liệu tại chỗ, liên kết với 40 hộ nuôi ong (minh họa)"),
            ("B", "Bán trong tỉnh và trên sàn thương mại điện tử (minh họa)"),
            ("C", "Chất lượng ổn định, có công bố (minh họa)"),
        )
    ]
    proposal = "Đề nghị Hội đồng xem xét, đánh giá sản phẩm (minh họa)"
    sent = head.post(path, {"kind": "report", "on_day": day, "findings": findings, "proposal": proposal})
    return str(sent["id"])


def _stand_aside(api: Api, report: Report, sitting: Sitting, one: Registered) -> None:
    """A member declares that the producer is his family: he can no longer score, and only the chair reads why."""
    member = api.person("council-5")
    reason = "Giám đốc hợp tác xã là em ruột (minh họa)"
    member.post(f"{sitting.path}/conflicts", {"dossier_id": one.dossier_id, "relation": "family", "reason": reason})
    problem = member.refused("GET", f"{EVALUATION}/dossiers/{one.dossier_id}")
    report.line(
        f"Xung đột lợi ích: một thành viên tự khai là người thân của chủ thể, không xem và không chấm hồ sơ này nữa "
        f"({problem['status']})."
    )


def _discuss_and_score_again(api: Api, report: Report, sitting: Sitting, one: Registered) -> None:
    """Closing is refused while totals lie too far apart; after a recorded discussion everybody scores again."""
    for number, total in enumerate(FIRST_SCORES):
        sitting.score(one, number, total)
    sitting.agree(one, 92)
    chair = api.person(sitting.chair)
    problem = chair.refused("POST", f"{sitting.path}/closing")
    report.line(f"Chủ tịch kết thúc chấm điểm: bị từ chối ({problem['title']}): {problem['detail']}")
    said = (
        (1, "Bao bì chưa có tiếng nước ngoài nên tôi cho điểm thị trường thấp (minh họa)"),
        (2, "Hồ sơ có hợp đồng bán trên sàn quốc tế, minh chứng ở trang 12 (minh họa)"),
    )
    statements = [{"member_id": str(api.person(sitting.panel[n]).id()), "said": words} for n, words in said]
    conclusion = "Hội đồng xem lại minh chứng và chấm lại sản phẩm (minh họa)"
    chair.post(
        f"{sitting.path}/discussions",
        {"dossier_id": one.dossier_id, "statements": statements, "conclusion": conclusion},
    )
    chair.post(f"{sitting.path}/rescorings", {"dossier_id": one.dossier_id, "reason": "Điểm lệch quá 10 (minh họa)"})
    for number, total in enumerate(SECOND_SCORES):
        sitting.score(one, number, total)
    sitting.agree(one, 92)


def score_at_the_centre(api: Api, report: Report, papers: Papers, one: Registered) -> None:
    """The centre's council scores what the province sent; the minister recognises five stars; the list is public."""
    api.move_clock("2024-05-15T08:00:00+07:00")
    closed = hold_round(api, "central", "VN", 2024, "national", "2024-05-31", [(one, 92)], 3)
    centre = api.person("national")
    papers.make(centre, "recognition_decision", one.dossier_id, "du-thao-quyet-dinh-cong-nhan-5-sao")
    certificate = decide(api, [one], "national", DECISION, "2024-05-15")[0]
    outcome = centre.get(f"{EVALUATION}/dossiers/{one.dossier_id}/outcome")
    wanted = next(d for d in outcome["decisions"] if d["number"] == DECISION)
    papers.make(centre, "certificate", wanted["id"], "giay-chung-nhan-5-sao")
    papers.make(centre, "result_list", closed["round_id"], "bang-tong-hop-ket-qua")
    published = centre.post(f"{EVALUATION}/publications", {"round_id": closed["round_id"]})
    listed = api.get(f"{EVALUATION}/publications/{published['id']}/results")["items"][0]
    report.line(
        f"Hội đồng Trung ương: {closed['items'][0]['mean_decimal']} điểm; {listed['decided_by']} công nhận "
        f"{certificate['star']} sao ({listed['decision_number']}), mã {certificate['product_code']}; đã công bố."
    )
