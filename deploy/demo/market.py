"""Outlets, fairs, reports of units, and figures one year later."""

from fractions import Fraction
from typing import Any

from deploy.demo.api import Api, wait_for
from deploy.demo.cast import SILENT
from deploy.demo.notifier import wait_met
from deploy.demo.preparation import Registered
from deploy.demo.report import Report

COMMERCE = "/api/commerce/v1"
REGISTRY = "/api/registry/v1"


def district_seats(api: Api) -> dict[str, tuple[str, str]]:
    """District code → (a commune of it, the district's name), from the units in force."""
    districts = api.get(f"{REGISTRY}/units", level="district", limit=100)["items"]
    seats = {}
    for district in districts:
        commune = api.get(f"{REGISTRY}/units", level="commune", parent=district["code"], limit=1)["items"][0]
        seats[district["code"]] = (commune["code"], district["name"])
    return seats


def open_outlets(api: Api, report: Report, registered: list[Registered], opened_on: str) -> None:
    """An outlet in every district, stocked with products that hold a live certificate."""
    trade = api.person("trade-officer")
    certified = [one for one in registered if one.product_code]
    seats = district_seats(api)
    for commune, name in seats.values():
        outlet = trade.post(
            f"{COMMERCE}/outlets",
            {
                "name": f"Điểm bán hàng OCOP {name} (minh họa)",
                "kind": "outlet",
                "commune_code": commune,
                "address": "Trung tâm huyện (minh họa)",
                "operator": "HTX minh họa",
                "opened_on": opened_on,
            },
        )
        for one in certified[:3]:
            _stock(api, outlet["id"], one)
    refused = next(one for one in registered if not one.product_code)
    problem = trade.refused("POST", f"{COMMERCE}/outlets/{outlet['id']}/stock", {"product_id": refused.product_id})
    report.line(
        f"{len(seats)} điểm bán ở {len(seats)} huyện; sản phẩm chưa có sao bị từ chối lên kệ ({problem['status']})."
    )


def _stock(api: Api, outlet_id: str, one: Registered) -> None:
    trade = api.person("trade-officer")

    def put() -> bool | None:
        path = f"{COMMERCE}/outlets/{outlet_id}/stock"
        answer = trade._send("POST", path, json={"product_id": one.product_id})
        return True if answer.status_code < 400 else None

    wait_for(f"{one.entry.product} on the shelf", put)


def hold_event(api: Api, kind: str, name: str, place: str, day: str, exhibitors: list[Registered], sales: int) -> None:
    """A fair, promotion or conference: announced, products join, result booked."""
    trade = api.person("trade-officer")
    event = trade.post(
        f"{COMMERCE}/trade-events", {"kind": kind, "name": name, "place": place, "starts_on": day, "ends_on": day}
    )
    for one in exhibitors:
        trade.post(f"{COMMERCE}/trade-events/{event['id']}/participations", {"product_id": one.product_id})
    trade.post(f"{COMMERCE}/trade-events/{event['id']}/result", {"sales": sales, "summary": "Kết quả minh họa"})


def send_quarterly_reports(api: Api, quarter: int) -> int:
    """Districts hold their quarterly review and report; the silent ones do not. Returns how many did."""
    sent = 0
    for code in district_seats(api):
        if code in SILENT:
            continue
        person = api.person(f"district-{code}-secretary")
        for kind in ("quarterly_review", "periodic_report"):
            person.post(
                f"{REGISTRY}/unit-reports",
                {
                    "unit_code": code,
                    "year": 2023,
                    "code": kind,
                    "period": f"2023-Q{quarter}",
                    "summary": "Rà soát tiến độ quý (minh họa)",
                },
            )
        sent += 1
    api.person("province-secretary").post(
        f"{REGISTRY}/unit-reports",
        {
            "unit_code": "49",
            "year": 2023,
            "code": "quarterly_review",
            "period": f"2023-Q{quarter}",
            "summary": "Tỉnh họp rà soát tiến độ quý (minh họa)",
        },
    )
    for kind in ("quarterly_review", "periodic_report"):
        wait_met(api, sent, code=kind, period=f"2023-Q{quarter}")
    return sent


def report_figures(api: Api, report: Report, registered: list[Registered]) -> None:
    """Twelve months after recognition: revenue and profit against the baseline before OCOP."""
    ratios = []
    for number, one in enumerate(r for r in registered if r.product_code):
        growth = Fraction(17, 10) if number % 4 else Fraction(13, 10)
        one_growth: dict[str, Any] = api.person(one.person).post(
            f"{COMMERCE}/figures",
            {
                "product_id": one.product_id,
                "period_from": "2023-11-01",
                "period_to": "2024-10-31",
                "revenue": int(one.entry.revenue * growth),
                "profit": int(one.entry.profit * growth),
            },
        )
        ratios.append(one_growth["id"])
    sample = next(r for r in registered if r.product_code)
    measured = api.person(sample.person).get(f"{COMMERCE}/products/{sample.product_id}/growth")
    report.line(
        f"{len(ratios)} sản phẩm báo cáo số liệu sau 12 tháng; ví dụ {sample.entry.product}: "
        f"doanh thu gấp {measured['revenue_ratio']}, lợi nhuận gấp {measured['profit_ratio']} lần trước OCOP."
    )
