"""`make demo`: play the year 2023 of Quảng Nam, and what follows to 2026, against a running development system."""

import os
import sys
from collections.abc import Sequence
from datetime import date

from deploy.demo.api import Api, DemoFailedError, wait_for
from deploy.demo.calendar import DISTRICTS, show_calendar
from deploy.demo.cast import ENTRIES
from deploy.demo.evaluation import decide, file_dossier, forward, hold_round, report_for_commune
from deploy.demo.letters import Mailbox, open_letters
from deploy.demo.market import hold_event, open_outlets, report_figures, send_quarterly_reports
from deploy.demo.notifier import settle, wait_met
from deploy.demo.objection import (
    file_banana,
    object_and_be_heard,
    register_banana,
    score_again,
    score_too_low,
)
from deploy.demo.papers import Papers
from deploy.demo.phones import await_chain, follow_chain, prepare_phones
from deploy.demo.preparation import REGISTRY, Registered, publish_plan, register_all, train_officers
from deploy.demo.present import play_2026
from deploy.demo.reminders import EVALUATION, escalate, name_silent, pass_day, read_inbox, remind
from deploy.demo.report import Report, day_words, print_board
from deploy.demo.revocation import revoke
from deploy.demo.upward import (
    file_and_score_in_district,
    register_honey,
    score_at_the_centre,
    score_in_province,
)

COMMUNE_ITEMS = "commune_report_items"


def file_and_report(api: Api, report: Report, registered: list[Registered]) -> None:
    """Dossiers are filed at the communes, which report and send them to their districts."""
    api.move_clock("2023-06-01T08:00:00+07:00")
    filed = [file_dossier(api, one, one.entry.district_total) for one in registered]
    ruleset = api.get(f"/api/evaluation/v1/rulesets/{filed[0]['ruleset']}")
    items = ruleset.get("document", ruleset)[COMMUNE_ITEMS]
    for one in registered:
        report_for_commune(api, one, items)
    report.line(
        f"{len(filed)} hồ sơ nộp đủ minh chứng và tự chấm điểm; UBND xã báo cáo {len(items)} nội dung, "
        f"không chấm điểm; quy định áp dụng: {filed[0]['ruleset']}."
    )


def evaluate_district(api: Api, one: Registered, signed_on: str) -> None:
    """One district's council: three stars decided there, 70 points and more go up, below three stars ends."""
    unit = one.entry.district
    closed = hold_round(
        api, "district", unit, 2023, f"district-{unit}-secretary", "2023-07-31", [(one, one.entry.district_total)], 5
    )
    result = closed["items"][0]
    if one.entry.district_total >= 70:
        forward(api, one, f"district-{unit}-secretary")
        one.outcome = "forwarded"
    elif result["star"] >= 3:
        decide(api, [one], f"district-{unit}-chair", f"77/QĐ-UBND-{unit}", signed_on)
        one.outcome = "district"
    else:
        one.outcome = "not recognised"


def evaluate_province(api: Api, report: Report, papers: Papers, registered: list[Registered]) -> None:
    """The province council scores what the districts forwarded; 90 points and more go to the centre."""
    api.move_clock("2023-10-10T08:00:00+07:00")
    up = [one for one in registered if one.outcome == "forwarded"]
    hold_round(
        api,
        "province",
        "49",
        2023,
        "province-secretary",
        "2023-10-29",
        [(one, one.entry.province_total or 0) for one in up],
        9,
    )
    api.move_clock("2023-10-20T08:00:00+07:00")
    recognised = []
    for one in up:
        if (one.entry.province_total or 0) >= 90:
            forward(api, one, "province-secretary")
            report.line(f"{one.entry.product}: {one.entry.province_total} điểm, chuyển hồ sơ lên Trung ương.")
        else:
            recognised.append(one)
    others = [one.dossier_id for one in recognised[1:]]
    secretary, draft = api.person("province-secretary"), "du-thao-quyet-dinh-cong-nhan-2023"
    papers.make(secretary, "recognition_decision", recognised[0].dossier_id, draft, dossier_ids=others)
    decide(api, recognised, "province-chair", "2201/QĐ-UBND", "2023-10-20")
    stars = sum(1 for one in up if one.product_code)
    report.line(f"Hội đồng tỉnh chấm {len(up)} hồ sơ: {stars} sản phẩm 4 sao, một quyết định của Chủ tịch UBND tỉnh.")


def play_2023(api: Api, report: Report, papers: Papers) -> list[Registered]:
    """The year of the plan."""
    report.step("14/4/2023", "Công bố kế hoạch")
    publish_plan(api, report)
    report.step("10/5/2023", "Tập huấn, đăng ký chủ thể và sản phẩm")
    train_officers(api, report)
    registered = register_all(api, report)
    report.step("1/6/2023", "Nộp hồ sơ, UBND cấp xã báo cáo")
    file_and_report(api, report, registered)
    report.step("6–8/2023", "Hội đồng cấp huyện, nhắc việc đến hạn 31/7")
    evaluate_and_remind(api, report, registered)
    report.step("8–10/2023", "Nhắc bằng điện thoại, Hội đồng cấp tỉnh")
    api.move_clock("2023-08-15T09:00:00+07:00")
    by_phone = prepare_phones(api, report)
    pass_quarter(api, 3, ("2023-08-31", "2023-09-16", "2023-09-23"), "2023-09-27", ("2023-09-30",))
    if by_phone:
        follow_chain(api, report, "2023-09-30")
    pass_day(api, "2023-10-01")
    evaluate_province(api, report, papers, registered)
    report.step("11–12/2023", "Điểm bán hàng, hội chợ, xúc tiến thương mại")
    promote(api, report, registered)
    return registered


def evaluate_and_remind(api: Api, report: Report, registered: list[Registered]) -> None:
    """Summer: the second quarter ends, and the districts evaluate by the end of July, in three batches."""
    schedule = {"A": "2023-06-20", "B": "2023-07-20", "C": "2023-07-29"}

    def districts(batch: str) -> None:
        api.move_clock(f"{schedule[batch]}T09:00:00+07:00")
        for one in registered:
            if one.entry.round == batch:
                evaluate_district(api, one, schedule[batch])
        finished = sum(1 for entry in ENTRIES if entry.round == batch)
        wait_met(api, sum(1 for entry in ENTRIES if entry.round <= batch), code=EVALUATION, year=2023)
        report.line(f"{day_words(date.fromisoformat(schedule[batch]))}: {finished} đơn vị cấp huyện xong đánh giá.")

    pass_day(api, "2023-06-02")
    pass_day(api, "2023-06-16")
    districts("A")
    pass_quarter(api, 2, ("2023-06-23",), "2023-06-27", ("2023-06-30",))
    remind(api, report, "2023-07-01")
    remind(api, report, "2023-07-17")
    districts("B")
    remind(api, report, "2023-07-24")
    remind(api, report, "2023-07-28")
    districts("C")
    remind(api, report, "2023-07-30")
    remind(api, report, "2023-07-31")
    name_silent(api, report, "2023-08-01")
    escalate(api, report, "2023-08-03")
    escalate(api, report, "2023-08-07")


def pass_quarter(api: Api, quarter: int, before: Sequence[str], reported: str, after: Sequence[str]) -> None:
    """The end of a quarter: reminders, the reports of all but the silent, reminders to those."""
    for on in (*before, reported):
        pass_day(api, on)
    send_quarterly_reports(api, quarter)
    for on in after:
        pass_day(api, on)


def play_2024(api: Api, report: Report, papers: Papers) -> Registered:
    """Two dossiers of 2024: one goes through three levels, one is evaluated again after an objection. The latter."""
    report.step("2–5/2024", "Ba cấp theo Quyết định 148: xung đột lợi ích, chấm lệch, khiếu nại")
    api.move_clock("2024-02-27T08:00:00+07:00")
    high, low = register_honey(api), register_banana(api)
    ruleset = api.get("/api/evaluation/v1/rulesets/qd148-2023")
    items = ruleset.get("document", ruleset)[COMMUNE_ITEMS]
    file_banana(api, low, items)
    file_and_score_in_district(api, report, papers, high, items)
    council = score_too_low(api, report, papers, low)
    object_and_be_heard(api, report, low)
    score_again(api, report, papers, low, council)
    score_in_province(api, report, papers, high)
    score_at_the_centre(api, report, papers, high)
    return low


def promote(api: Api, report: Report, registered: list[Registered]) -> None:
    """Outlets in all 18 districts, two fairs, one promotion abroad, two conferences, stamps."""
    api.move_clock("2023-11-15T08:00:00+07:00")
    certified = [one for one in registered if one.product_code]
    open_outlets(api, report, registered, "2023-11-15")
    wait_met(api, DISTRICTS, code="outlet_in_district", year=2023)
    hold_event(
        api, "themed_fair", "Hội chợ OCOP Quảng Nam lần 1 (minh họa)", "Tam Kỳ", "2023-11-10", certified, 2_150_000_000
    )
    hold_event(
        api,
        "themed_fair",
        "Hội chợ OCOP Quảng Nam lần 2 (minh họa)",
        "Hội An",
        "2023-11-14",
        certified[:8],
        1_480_000_000,
    )
    hold_event(
        api,
        "promotion_abroad",
        "Xúc tiến thương mại tại Lào (minh họa)",
        "Viêng Chăn",
        "2023-11-12",
        certified[:4],
        960_000_000,
    )
    for on in ("2023-12-01", "2023-12-17", "2023-12-24", "2023-12-28"):
        pass_day(api, on)
    hold_event(api, "conference", "Hội nghị chương trình OCOP (minh họa)", "Tam Kỳ", "2023-05-20", [], 0)
    hold_event(api, "conference", "Hội nghị tổng kết năm 2023 (minh họa)", "Tam Kỳ", "2023-12-27", [], 0)
    send_quarterly_reports(api, 4)
    secretary = api.person("province-secretary")
    for number, one in enumerate(certified):
        certificate = secretary.get(f"{REGISTRY}/certificates", product_id=one.product_id)["items"][0]
        secretary.post(
            f"{REGISTRY}/certificates/{certificate['id']}/stamps",
            {"from_number": number * 10_000 + 1, "to_number": (number + 1) * 10_000, "printed_on": "2023-12-01"},
        )
    report.line(
        f"2 hội chợ chuyên đề, 1 đợt xúc tiến ra nước ngoài, 2 hội nghị; {len(certified)} sản phẩm có tem truy xuất."
    )


def show_passports(api: Api, report: Report, one: Registered) -> None:
    """What a shopper sees when scanning the stamp, today and on past dates."""
    for on in ("2023-06-01", "2024-06-01", None):
        passport = api.get(f"{REGISTRY}/passports/{one.product_code}", **({"on": on} if on else {}))
        star = f"{passport['star']} sao" if passport["star"] else "không có sao hiệu lực"
        report.line(f"{one.product_code} {one.entry.product}, {on or 'hôm nay'}: {star} ({passport['status']}).")


def main() -> None:
    """Play everything; exit 1 with the reason when the system does not do its part."""
    api = Api(os.environ.get("OCOP_URL", "http://localhost:8080"))
    report, papers = Report(), Papers()
    try:
        wait_for("the system", lambda: api.request("GET", "/readyz").status_code == 200)
        played = api.get(f"{REGISTRY}/boards/2023")
        if any(deadline["units"] for deadline in played["deadlines"]):
            sys.stdout.write(
                "Hệ thống này đã chạy năm 2023; đây là bảng của nó (chạy lại từ đầu: thư mục OCOP_HOME mới).\n"
            )
            print_board(played)
            return
        registered = play_2023(api, report, papers)
        api.move_clock("2023-12-31T20:00:00+07:00")
        settle(api)
        if Mailbox.of(api) is not None:
            await_chain(api, "2023-12-31")
        print_board(wait_for("the year's board", lambda: api.get(f"{REGISTRY}/boards/2023")))
        report.step("2023", "Lịch nhắc việc cả năm của các đơn vị cấp huyện")
        for on in ("2024-01-01", "2024-01-03", "2024-01-07"):
            pass_day(api, on)
        show_calendar(api, report)
        report.step("2023", "Thư đã gửi và biên nhận")
        read_inbox(api, report)
        open_letters(api, report)
        low = play_2024(api, report, papers)
        report.step("11/2024", "Một năm sau công nhận: doanh thu, lợi nhuận")
        api.move_clock("2024-11-05T08:00:00+07:00")
        report_figures(api, report, registered)
        settle(api)
        board = wait_for("growth on the board", lambda: _with_growth(api))
        report.step("6/2026", "Hai cấp theo Quyết định 26/2026/QĐ-TTg: sản phẩm mới, đánh giá lại, thu hồi")
        one = play_2026(api, report, papers, registered)
        revoke(api, report, papers, low)
        api.real_time()
        report.step("hôm nay", "Người mua quét tem")
        show_passports(api, report, next(r for r in registered if r.product_code))
        show_passports(api, report, one)
        show_passports(api, report, low)
        report.step("văn bản", "Văn bản do hệ thống lập")
        papers.tell(report)
        print_board(board)
        report.done()
    except DemoFailedError as error:
        sys.stdout.write(f"\nDEMO FAILED: {error}\n")
        sys.exit(1)
    finally:
        api.real_time()


def _with_growth(api: Api) -> dict[str, object] | None:
    board: dict[str, object] = api.get(f"{REGISTRY}/boards/2023")
    targets = board["targets"]
    assert isinstance(targets, list)
    return board if any(t["code"] == "growth" and t["value"] for t in targets) else None


if __name__ == "__main__":
    main()
