"""Spring 2023: the plan is published, officers are trained, producers and products register."""

from dataclasses import dataclass
from typing import Any

from deploy.demo.api import Api, wait_for
from deploy.demo.cast import ENTRIES, Entry
from deploy.demo.report import Report

REGISTRY = "/api/registry/v1"
NOTIFIER = "/api/notifier/v1"
PLAN_YEAR = 2023


@dataclass
class Registered:
    """A registered producer and product, and the person who acts for it."""

    entry: Entry
    person: str
    producer_id: str
    product_id: str
    dossier_id: str = ""
    outcome: str = ""
    product_code: str = ""
    certificate_id: str = ""


def publish_plan(api: Api, report: Report) -> dict[str, Any]:
    """The province publishes the real plan of 2023: its targets and deadlines become duties."""
    api.move_clock("2023-04-14T08:00:00+07:00")
    secretary, chair = api.person("province-secretary"), api.person("province-chair")
    template = secretary.get(f"{REGISTRY}/plan-templates/plan-2023")
    plan = secretary.post(f"{REGISTRY}/plans", template)
    refused = api.person("district-503-secretary").refused("POST", f"{REGISTRY}/plans/{plan['id']}/publication")
    report.line(f"Một huyện thử công bố kế hoạch tỉnh: bị từ chối ({refused['status']}, {refused['title']}).")
    published: dict[str, Any] = chair.post(f"{REGISTRY}/plans/{plan['id']}/publication")
    duties = wait_for(
        "18 duties to evaluate",
        lambda: _at_least(18, secretary.get(f"{NOTIFIER}/obligations", code="district_evaluation", limit=100)["items"]),
    )
    report.line(
        f"Kế hoạch OCOP Quảng Nam 2023 đã công bố: {len(template['targets'])} chỉ tiêu, "
        f"{len(template['deadlines'])} mốc thời hạn."
    )
    report.line(
        f"Mỗi đơn vị cấp huyện có nghĩa vụ đánh giá trước tháng 8/2023: {len(duties)} nghĩa vụ, "
        f"hạn {duties[0]['due_on']}."
    )
    return published


def _at_least(count: int, items: list[Any]) -> list[Any] | None:
    return items if len(items) >= count else None


def train_officers(api: Api, report: Report) -> None:
    """All district and commune officers are trained (plan section II.2)."""
    api.move_clock("2023-05-10T08:00:00+07:00")
    people = api.get(f"{REGISTRY}/dev-people")["items"]
    officers = [
        person["person_id"]
        for person in people
        if any(
            a["role"] in {"commune_officer", "district_secretary"}
            and a["valid_from"] <= "2023-05-10" <= (a["valid_to"] or "9999")
            for a in person["appointments"]
        )
    ]
    api.person("province-secretary").post(
        f"{REGISTRY}/trainings",
        {
            "title": "Tập huấn chu trình OCOP thường niên",
            "held_on": "2023-05-09",
            "kind": "officers",
            "person_ids": officers,
            "producer_ids": [],
        },
    )
    report.line(f"Tập huấn {len(officers)} cán bộ OCOP cấp huyện, cấp xã.")


def register_all(api: Api, report: Report) -> list[Registered]:
    """Sixteen producers register themselves and a product each, with the baseline before OCOP."""
    api.move_clock("2023-05-15T08:00:00+07:00")
    registered = [register(api, entry, f"producer-{21 + n}", 2023) for n, entry in enumerate(ENTRIES)]
    secretary = api.person("province-secretary")
    secretary.post(
        f"{REGISTRY}/trainings",
        {
            "title": "Tập huấn lập hồ sơ minh chứng",
            "held_on": "2023-05-14",
            "kind": "producers",
            "person_ids": [],
            "producer_ids": [r.producer_id for r in registered],
        },
    )
    for number, one in enumerate(registered):
        secretary.post(
            f"{REGISTRY}/supports",
            {"product_id": one.product_id, "kind": "product_development", "supported_on": "2023-05-15"},
        )
        secretary.post(
            f"{REGISTRY}/supports",
            {"product_id": one.product_id, "kind": "packaging_label", "supported_on": "2023-05-15"},
        )
        if number < 10:
            secretary.post(
                f"{REGISTRY}/supports",
                {"producer_id": one.producer_id, "kind": "organisation_upgraded", "supported_on": "2023-05-15"},
            )
    report.line(
        f"{len(registered)} chủ thể ở {len({e.district for e in ENTRIES})} huyện đăng ký, "
        "đều cam kết an toàn thực phẩm, có doanh thu và lợi nhuận gốc trước khi tham gia OCOP."
    )
    return registered


def register(api: Api, entry: Entry, code: str, year: int) -> Registered:
    """A producer registers itself and a product, with the baseline of the year before."""
    person = api.person(code)
    producer = person.post(
        f"{REGISTRY}/producers",
        {
            "name": entry.producer,
            "kind": entry.kind,
            "commune_code": entry.commune,
            "address": "Thôn 1 (minh họa)",
            "phone": "0235000000",
            "email": f"{code}@demo.ocop.example",
            "representative": "Người đại diện minh họa",
            "registration_number": "MH-0001",
        },
    )
    api.forget_tokens()  # registering gave the person an appointment
    if year == PLAN_YEAR:
        person.post(f"{REGISTRY}/producers/{producer['id']}/food-safety-commitments", {"signed_on": "2023-05-15"})
    product = person.post(
        f"{REGISTRY}/products",
        {
            "producer_id": producer["id"],
            "name": entry.product,
            "group_path": entry.group_path,
            "set_no": entry.set_no,
            "description": "Sản phẩm minh họa của hệ thống",
            "year": year,
            "baseline": {"revenue": entry.revenue, "profit": entry.profit, "measured_on": f"{year - 1}-12-31"},
        },
    )
    return Registered(entry, code, producer["id"], product["id"])
