"""2024: a producer objects to a result below three stars; the objection is upheld, the council evaluates again."""

from deploy.demo.api import Api
from deploy.demo.cast import Entry
from deploy.demo.evaluation import EVALUATION, decide, file_dossier, report_for_commune
from deploy.demo.papers import Papers
from deploy.demo.preparation import Registered, register
from deploy.demo.report import Report
from deploy.demo.sittings import Council, establish, open_round

DISTRICT = "512"
BANANA = Entry(
    DISTRICT,
    "20767",
    "Hộ kinh doanh Sông Thu (minh họa)",
    "production_household",
    "Chuối sấy Sông Thu",
    "I.3.a",
    5,
    120_000_000,
    21_000_000,
    56,
    None,
)
SECRETARY, CHAIR = f"district-{DISTRICT}-secretary", f"district-{DISTRICT}-chair"


def register_banana(api: Api) -> Registered:
    """The producer and the product."""
    return register(api, BANANA, "producer-42", 2024)


def file_banana(api: Api, one: Registered, items: list[str]) -> None:
    """Filed and reported on by the commune."""
    file_dossier(api, one, 60)
    report_for_commune(api, one, items)


def score_too_low(api: Api, report: Report, papers: Papers, one: Registered) -> Council:
    """The district's council gives 48 points: no decision; commune and producer are told why."""
    council = establish(api, "district", DISTRICT, 2024, SECRETARY, 3)
    _score(api, council, one, 48)
    told = api.person(one.person).get(f"{EVALUATION}/dossiers/{one.dossier_id}/outcome")
    papers.make(api.person(SECRETARY), "result_notice", one.dossier_id, "thong-bao-ket-qua-2-sao")
    result = told["results"][0]
    report.line(
        f"{BANANA.product}: {result['mean_decimal']} điểm, {result['star']} sao, không ra quyết định; chủ thể xem "
        f"điểm {len(told['criteria'])} tiêu chí, được khiếu nại đến hết {told['objection']['until']}."
    )
    return council


def object_and_be_heard(api: Api, report: Report, one: Registered) -> None:
    """Filed by the producer, taken in and examined by the secretary, upheld by the district's chair."""
    api.move_clock("2024-03-22T08:00:00+07:00")
    grounds = "Hợp đồng thu mua nguyên liệu đã nộp nhưng chưa được xem xét (minh họa)"
    producer, dossier = api.person(one.person), f"{EVALUATION}/dossiers/{one.dossier_id}"
    contested = [line["criterion"] for line in producer.get(f"{dossier}/outcome")["criteria"][:1]]
    filed = producer.post(f"{dossier}/objections", {"grounds": grounds, "criteria": contested})
    path = f"{EVALUATION}/objections/{filed['id']}"
    secretary = api.person(SECRETARY)
    received = secretary.post(f"{path}/receipt")
    secretary.post(f"{path}/examination", {"findings": "Hợp đồng có trong hồ sơ, phiếu chấm bỏ sót (minh họa)"})
    reasons = "Minh chứng hợp lệ chưa được xem xét; đánh giá lại sản phẩm (minh họa)"
    answered = api.person(CHAIR).post(f"{path}/answer", {"answer": "upheld", "reasons": reasons, "remedy": "reopening"})
    report.line(
        f"Khiếu nại thụ lý, hạn trả lời {received['answer_due_on']}; Chủ tịch UBND huyện trả lời: "
        f"chấp nhận ({answered['state']}), đánh giá lại."
    )


def score_again(api: Api, report: Report, papers: Papers, one: Registered, council: Council) -> None:
    """The same council evaluates again: three stars, recognised by the district; both results stay on record."""
    api.move_clock("2024-04-05T08:00:00+07:00")
    round_id = _score(api, council, one, 56)
    certificate = decide(api, [one], CHAIR, f"78/QĐ-UBND-{DISTRICT}", "2024-04-05")[0]
    papers.make(api.person(SECRETARY), "result_notice", one.dossier_id, "thong-bao-ket-qua-sau-khieu-nai")
    api.person(SECRETARY).post(f"{EVALUATION}/publications", {"round_id": round_id})
    told = api.person(one.person).get(f"{EVALUATION}/dossiers/{one.dossier_id}/outcome")
    means = " → ".join(result["mean_decimal"] for result in told["results"])
    report.line(
        f"Đánh giá lại: {means} điểm, {certificate['star']} sao, mã {certificate['product_code']}; "
        "cả hai kết quả còn trong hồ sơ."
    )


def _score(api: Api, council: Council, one: Registered, total: int) -> str:
    sitting = open_round(api, council, SECRETARY, "2024-04-30", [one])
    for number in range(len(council.panel)):
        sitting.score(one, number, total)
    sitting.agree(one, total)
    sitting.close()
    return sitting.round_id
