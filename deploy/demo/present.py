"""2026, two levels under 26/2026: a new product with a missed floor and the renewal of one of 2023, in one round of the
province and one decision.
"""

from dataclasses import replace
from typing import Any

from deploy.demo.api import Api, DemoFailedError
from deploy.demo.cast import Entry
from deploy.demo.evaluation import (
    EVALUATION,
    attach,
    decide,
    file_dossier,
    hand_in,
    hold_round,
    registration_form,
    report_for_commune,
    self_assessment,
)
from deploy.demo.papers import Papers
from deploy.demo.preparation import Registered, register
from deploy.demo.report import Report
from deploy.demo.scores import choices_for, criteria_of, options_of

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
PROVINCE = "48"
RENEWED = "Bột quế Trà Nú"
DECISION = "901/QĐ-UBND"


def play_2026(api: Api, report: Report, papers: Papers, registered: list[Registered]) -> Registered:
    """One round of the province over a first-time dossier and a renewal; one decision over both."""
    api.move_clock("2026-06-03T08:00:00+07:00")
    one = register(api, COFFEE, "producer-40", 2026)
    filed = file_dossier(api, one, 92)
    report.line(f"Hồ sơ nộp tại xã mới (mã {COFFEE.commune}), áp dụng {filed['ruleset']}, phiếu {filed['sheet']}.")
    _receive(api, papers, one)
    renewed = _renew(api, report, papers, next(r for r in registered if r.entry.product == RENEWED))
    api.move_clock("2026-06-10T08:00:00+07:00")
    ruleset = api.get(f"{EVALUATION}/rulesets/{filed['ruleset']}")
    items = ruleset.get("document", ruleset)["commune_report_items"]
    for dossier in (one, renewed):
        report_for_commune(api, dossier, items)
    report.line("UBND cấp xã báo cáo 4 nội dung trong hạn 15 ngày làm việc, không chấm điểm.")
    api.move_clock("2026-06-20T08:00:00+07:00")
    fixed = {one.dossier_id: TRADEMARK_APPLIED_FOR, renewed.dossier_id: _floors_met(api, renewed)}
    entries, office = [(one, 92), (renewed, 82)], "province-secretary"
    closed = hold_round(api, "province", PROVINCE, 2026, office, "2026-06-29", entries, 9, fixed_points=fixed)
    _tell_floor(report, closed, one)
    _decide_both(api, report, papers, closed["round_id"], [one, renewed])
    return one


def _receive(api: Api, papers: Papers, one: Registered) -> None:
    """The commune gives the registration slip its number; the producer prints it."""
    officer = api.person(f"commune-{COFFEE.commune}")
    officer.post(f"{EVALUATION}/dossiers/{one.dossier_id}/receipts", {"level": "commune"})
    papers.make(api.person(one.person), "registration_slip", one.dossier_id, "phieu-dang-ky")


def _renew(api: Api, report: Report, papers: Papers, one: Registered) -> Registered:
    """A renewal in its window: papers and answers of 2023 are carried over, the rest is answered anew."""
    person, earlier = api.person(one.person), one.dossier_id
    draft = {"product_id": one.product_id, "kind": "renewal", "from_dossier_id": earlier}
    dossier = person.post(f"{EVALUATION}/dossiers", draft)
    path = f"{EVALUATION}/dossiers/{dossier['id']}"
    found = api.get(f"{EVALUATION}/sheets/{dossier['sheet']}")
    sheet = found.get("document", found)
    carried = person.get(f"{path}/changes")["counts"]
    choices = choices_for(sheet, 85) | dossier["self_score"]["choices"]
    person.edit(path, registration_form(one) | {"changes": "Bao bì mới (minh họa)"}, "/registration-form")
    person.edit(path, self_assessment(2025), "/self-assessment")
    person.edit(path, {"choices": choices, "notes": {}}, "/self-score")
    proved = {code for paper in dossier["evidence"] for code in paper["criteria"]}
    wanted = [c["code"] for c in criteria_of(sheet) if max(p for _, p in options_of(c)) > 0]
    attach(person, path, [code for code in wanted if code not in proved], "2026-05-20")
    filed = hand_in(person, path)
    renewed = Registered(one.entry, one.person, one.producer_id, one.product_id, dossier["id"])
    renewed.entry = _moved(renewed.entry, filed["commune_code"])
    words = {
        "carried": "giữ nguyên",
        "to_be_answered_anew": "phải trả lời lại",
        "not_on_sheet": "không còn trong phiếu",
        "missing": "chưa khai",
        "new": "mới",
        "changed": "thay đổi",
        "expired": "hết hạn",
    }
    said = ", ".join(f"{count} {words[state]}" for state, count in carried.items() if count)
    report.line(f"Đánh giá lại {one.entry.product} trong cửa sổ nộp; từ hồ sơ 2023: {said}.")
    papers.make(person, "self_assessment", dossier["id"], "bao-cao-tu-danh-gia")
    return renewed


def _floors_met(api: Api, one: Registered) -> dict[str, int]:
    """The most points of every criterion with a star floor."""
    code = api.person(one.person).get(f"{EVALUATION}/dossiers/{one.dossier_id}")["sheet"]
    found = api.get(f"{EVALUATION}/sheets/{code}")
    criteria = criteria_of(found.get("document", found))
    return {c["code"]: max(p for _, p in options_of(c)) for c in criteria if c.get("min_points_by_star")}


def _moved(entry: Entry, commune: str) -> Entry:
    """The entry at the commune that its place has become."""
    return replace(entry, commune=commune)


def _tell_floor(report: Report, closed: dict[str, Any], one: Registered) -> None:
    result = next(item for item in closed["items"] if item["dossier_id"] == one.dossier_id)
    missed = ", ".join(
        f"{f['criterion']} cần {f['needs']} có {f['has']} (cho {f['star']} sao)" for f in result["floors_missed"]
    )
    report.line(
        f"Hội đồng tỉnh: trung bình {result['mean_decimal']} điểm, khung {result['band']} sao; "
        f"thiếu điểm tối thiểu: {missed or 'không'} → {result['star']} sao."
    )


def _decide_both(api: Api, report: Report, papers: Papers, round_id: str, both: list[Registered]) -> None:
    """One draft and one signed decision over both products; the list of results becomes public."""
    api.move_clock("2026-06-25T08:00:00+07:00")
    secretary = api.person("province-secretary")
    first, others = both[0].dossier_id, [one.dossier_id for one in both[1:]]
    papers.make(secretary, "recognition_decision", first, "du-thao-quyet-dinh-cong-nhan-2026", dossier_ids=others)
    for one, certificate in zip(both, decide(api, both, "province-chair", DECISION, "2026-06-25"), strict=True):
        report.line(
            f"{one.entry.product}: giấy chứng nhận {certificate['star']} sao, mã {certificate['product_code']}, "
            f"đến {certificate['valid_to']}."
        )
    published = secretary.post(f"{EVALUATION}/publications", {"round_id": round_id})
    listed = api.get(f"{EVALUATION}/publications/{published['id']}/results")["items"]
    if [row["decision_number"] for row in listed] != [DECISION] * len(both):
        raise DemoFailedError(f"the public list is not what was decided: {listed}")
    report.line(f"Kết quả công khai: {', '.join(row['product_name'] for row in listed)} ({DECISION}).")
