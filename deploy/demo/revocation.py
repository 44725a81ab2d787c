"""2026: the certificate of a district that was abolished is revoked by the province that took over."""

from typing import Any

from deploy.demo.api import Api, DemoFailedError, wait_for
from deploy.demo.evaluation import EVALUATION
from deploy.demo.papers import Papers
from deploy.demo.preparation import REGISTRY, Registered
from deploy.demo.report import Report

REVOCATION = "915/QĐ-UBND"


def revoke(api: Api, report: Report, papers: Papers, one: Registered) -> None:
    """An authority's conclusion; the province decides for the abolished district; the passport says so."""
    secretary = api.person("province-secretary")
    before = _passport(api, one, "2026-06-25")
    finding = {
        "kind": "authority_conclusion",
        "by": "Chi cục Quản lý chất lượng (minh họa)",
        "number": "45/KL-CC",
        "on": "2026-06-22",
    }
    proposed = secretary.post(
        f"{EVALUATION}/revocations",
        {
            "certificate_id": one.certificate_id,
            "cause": "c",
            "finding": finding,
            "evidence": "Kết quả kiểm nghiệm không đạt chỉ tiêu an toàn thực phẩm (minh họa)",
        },
    )
    papers.make(secretary, "revocation_decision", proposed["id"], "du-thao-quyet-dinh-thu-hoi")
    words = "Vi phạm quy định về an toàn thực phẩm (minh họa)"
    decided = api.person("province-chair").post(
        f"{EVALUATION}/revocations/{proposed['id']}/decision",
        {
            "revoked": True,
            "reasons": "Theo kết luận của cơ quan có thẩm quyền (minh họa)",
            "number": REVOCATION,
            "signed_on": "2026-06-25",
            "effective_on": "2026-06-26",
            "public_words": words,
        },
    )
    after = _revoked(api, one, words)
    report.line(
        f"{one.entry.product}: giấy chứng nhận do {proposed['certificate_decided_by']} cấp; "
        f"{decided['document']['decided_by']} quyết định thu hồi (hạn {proposed['due_on']})."
    )
    report.line(
        f"Hộ chiếu {one.product_code} ngày 25/6: {before['star']} sao ({before['status']}); từ 26/6: "
        f"{after['status']}, “{after['ended_words']}”."
    )


def _passport(api: Api, one: Registered, on: str) -> dict[str, Any]:
    passport: dict[str, Any] = api.get(f"{REGISTRY}/passports/{one.product_code}", on=on)
    return passport


def _revoked(api: Api, one: Registered, words: str) -> dict[str, Any]:
    """The passport once registry has heard of the revocation; its page says why too."""

    def told() -> dict[str, Any] | None:
        passport = _passport(api, one, "2026-06-26")
        return passport if passport["status"] == "revoked" else None

    passport = wait_for(f"the passport of {one.entry.product}", told)
    page = api.request("GET", f"/p/{one.product_code}", params={"on": "2026-06-26"}).text
    if words not in page:
        raise DemoFailedError(f"the page /p/{one.product_code} does not say why the star ended")
    return passport
