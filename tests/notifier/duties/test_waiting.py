"""What waits for me: own duties across services, overdue first, in two statements; its badge in one index read."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from notifier.data import read_json
from notifier.domain.access import owner_keys
from notifier.domain.links import FIELDS, link_to, read_link_rules
from notifier.persistence.waiting import COUNTS
from shared.auth.actors import Actor
from shared.contracts.evaluation import DossierFiled, DossierWithdrawn, ResultReleased, ScoringOpened, SheetSubmitted
from shared.contracts.registry import CertificateIssued
from shared.contracts.roles import Level, Role
from shared.testing.statements import counted_statements


def certificate(make: Any) -> CertificateIssued:
    return CertificateIssued(
        certificate_id=make.known("certificate"),
        product_id=make.known("product"),
        producer_id=make.known("producer"),
        dossier_id=None,
        product_code="49-502-20000-001-2023",
        product_name="Bánh tráng",
        star=3,
        decision_number="1/QĐ-UBND",
        issued_on="2023-07-01",
        valid_to="2026-06-30",
        commune_code="20000",
        district_code="502",
        province_code="49",
        year=2023,
    )


def opened(make: Any) -> ScoringOpened:
    return ScoringOpened(
        round_id=make.known("round"),
        level=Level.DISTRICT,
        unit_code="502",
        unit_name="Thành phố Tam Kỳ",
        year=2023,
        due_on="2023-08-30",
        member_ids=(make.known("member"),),
        dossiers=2,
    )


def filed(make: Any, name: str, on: str = "2023-06-01") -> DossierFiled:
    return DossierFiled(
        dossier_id=make.known(name),
        product_id=make.known(f"product {name}"),
        producer_id=make.known("another"),
        product_name=name,
        kind="first",
        ruleset="qd148-2023",
        sheet="x",
        year=2023,
        commune_code="20000",
        district_code="502",
        province_code="49",
        filed_on=on,
    )


@pytest.fixture
async def year(notifier: Any, make: Any) -> None:
    """A missed and an open duty of a district, one of a member with one of two sheets sent, one of a producer."""
    await notifier.clock("2023-07-30T09:00:00+07:00")
    outlet = make.deadline("502", code="outlet_in_district", due_on="2023-12-31", fulfilled_by="commerce.outlet_opened")
    await notifier.tell(*make.deadlines(["502", "503"]), outlet, opened(make), certificate(make))
    sheet = SheetSubmitted(
        round_id=make.known("round"),
        dossier_id=make.known("d1"),
        member_id=make.known("member"),
        submitted_at="2023-07-29T09:00:00+07:00",
    )
    await notifier.tell(
        sheet, filed(make, "d1"), filed(make, "d2"), filed(make, "d3"), filed(make, "old", "2022-12-30")
    )
    gone = filed(make, "d3").model_dump(exclude={"kind", "ruleset", "sheet", "filed_on"})
    await notifier.tell(DossierWithdrawn(**gone, withdrawn_on="2023-06-02", reason="rút"))
    released = filed(make, "d1").model_dump(exclude={"kind", "ruleset", "sheet", "filed_on"})
    await notifier.tell(ResultReleased(**released, level=Level.DISTRICT, star=3, mean="80"))
    await notifier.at("2023-07-30T09:00:00+07:00")
    await notifier.at("2023-08-02T09:00:00+07:00")


@pytest.mark.usefixtures("year")
async def test_a_secretary_sees_own_duties_overdue_first_with_days_progress_and_link(
    office: Any, people: dict[str, Actor]
) -> None:
    with counted_statements() as statements:
        answer = await office.get("/waiting", people["502"])
    assert len(statements) == 2, statements
    body = answer.json()
    shown = [(item["code"], item["days_left"], item["overdue"], item["state"]) for item in body["items"]]
    assert shown == [("district_evaluation", -2, True, "missed"), ("outlet_in_district", 151, False, "open")]
    late = body["items"][0]
    assert late["work"] == {"done": 1, "of": 2, "what": "hồ sơ", "what_en": "dossiers"}
    assert late["link"] == {
        "service": "evaluation",
        "api": "/api/evaluation/v1/rounds?unit_code=502&year=2023",
        "web": "/rounds?unit=502&year=2023",
    }
    unread = (await office.get("/inbox", people["502"])).json()["unread"]
    assert body["count"] == {"waiting": 2, "overdue": 1, "unread": unread}
    assert unread > 0


@pytest.mark.usefixtures("year")
async def test_persons_and_producers_see_theirs_and_nobody_sees_what_they_only_stand_above(
    office: Any, make: Any, people: dict[str, Actor]
) -> None:
    seen = {}
    for who, actor in people.items():
        items = (await office.get("/waiting", actor)).json()["items"]
        seen[who] = [(item["code"], item["progress"]["done"], item["progress"]["of"]) for item in items]
        count = (await office.get("/waiting/count", actor)).json()
        assert count["waiting"] == len(items), who
    assert seen == {
        "province": [],
        "chair": [],
        "auditor": [],
        "502": [("district_evaluation", 0, 1), ("outlet_in_district", 0, 1)],
        "503": [("district_evaluation", 0, 1)],
        "502 chair": [],
        "commune": [],
        "member": [("score_sheets", 1, 2)],
        "maker": [("yearly_figures", 0, 1), ("certificate_renewal", 0, 1)],
        "trade": [],
    }


@pytest.mark.usefixtures("year")
async def test_nothing_new_is_304_and_what_ended_is_told_to_a_client_that_syncs(
    office: Any, notifier: Any, make: Any, people: dict[str, Actor]
) -> None:
    first = await office.get("/waiting", people["502"])
    count = await office.get("/waiting/count", people["502"])
    for path, before in (("/waiting", first), ("/waiting/count", count)):
        same = await office.get(path, people["502"], **{"If-None-Match": before.headers["etag"]})
        assert same.status_code == 304
    (mark,) = await notifier.rows("SELECT now() AS at")
    since = mark["at"].isoformat().replace("+", "%2B")
    assert (await office.get(f"/waiting?updated_since={since}", people["502"])).json()["items"] == []
    duty = (await office.get("/waiting", people["502"])).json()["items"][0]
    waiver = {"reason": "Huyện không có sản phẩm", "document": "1/QĐ"}
    await office.post(f"/obligations/{duty['id']}/waiver", waiver, people["province"], duty["version"])
    await notifier.turn()
    (changed,) = (await office.get(f"/waiting?updated_since={since}", people["502"])).json()["items"]
    assert (changed["id"], changed["waiting"], changed["state"]) == (duty["id"], False, "waived")
    assert (await office.get(f"/waiting/count?updated_since={since}", people["502"])).json()["waiting"] == 0
    assert (await office.get("/waiting?updated_since=2023-07-01", people["502"])).status_code == 422
    again = await office.get("/waiting", people["502"], **{"If-None-Match": first.headers["etag"]})
    assert again.status_code == 200


@pytest.mark.usefixtures("year")
async def test_pages_of_what_waits_follow_each_other(office: Any, people: dict[str, Actor]) -> None:
    first = (await office.get("/waiting?limit=1", people["502"])).json()
    second = (await office.get(f"/waiting?limit=1&cursor={first['next']}", people["502"])).json()
    codes = [item["code"] for page in (first, second) for item in page["items"]]
    assert (codes, second["next"]) == (["district_evaluation", "outlet_in_district"], None)


@pytest.mark.usefixtures("year")
async def test_the_badge_reads_one_index_for_duties_one_for_the_inbox_and_no_table(
    office: Any, notifier: Any, people: dict[str, Actor]
) -> None:
    columns = [
        row["column_name"]
        for row in await notifier.rows(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'notifier'"
            " AND table_name = 'obligations' AND is_generated = 'NEVER' AND column_name NOT IN"
            " ('id', 'source_id', 'unit_code')"
        )
    ]
    listed = ", ".join(columns)
    await notifier.admin.execute(
        f"INSERT INTO notifier.obligations (id, source_id, unit_code, {listed})"
        f" SELECT uuidv7(), n::text, (n % 300)::text, {listed} FROM notifier.obligations,"
        " generate_series(1, 5000) n WHERE code = 'outlet_in_district'"
    )
    for _ in range(2):  # the first finds rows that were written a moment ago
        await notifier.admin.execute("VACUUM (ANALYZE) notifier.obligations, notifier.notices")
    actor = people["502"]
    with counted_statements() as statements:
        await office.get("/waiting/count", actor)
    assert len(statements) == 1, statements
    sql = "EXPLAIN (ANALYZE, FORMAT JSON) " + COUNTS.replace("<changed>", "")
    values = {"owners": owner_keys(actor), "person": actor.person_id, "most": 1000}
    async with notifier.context.uow() as uow:
        await uow.session.execute(text("SET LOCAL enable_seqscan = off"))
        await uow.session.execute(text("SET LOCAL enable_bitmapscan = off"))  # the inbox of the test is one page
        plan = (await uow.session.execute(text(sql), values)).scalar_one()
    scans = list(scans_of(plan if isinstance(plan, list) else json.loads(plan)))
    relations = {
        one.get("Relation Name"): one for one in scans if one.get("Relation Name") in ("obligations", "notices")
    }
    assert {name: one["Node Type"] for name, one in relations.items()} == dict.fromkeys(relations, "Index Only Scan")
    assert relations["obligations"]["Index Name"] == "obligations_waiting"
    assert relations["notices"]["Index Name"] == "notices_unread"


def scans_of(node: Any) -> Any:
    if isinstance(node, list):
        for one in node:
            yield from scans_of(one)
    elif isinstance(node, dict):
        if "Node Type" in node:
            yield node
        for one in node.values():
            yield from scans_of(one)


def test_every_link_names_a_path_of_the_contracts() -> None:
    rules = read_link_rules(read_json("links.json"))
    fields = dict.fromkeys(FIELDS, "x")
    for rule in rules:
        path = rule.link.api.partition("?")[0]
        document = read_contract(rule.link.service)
        shapes = {tuple("{}" if part.startswith("{") else part for part in known.split("/")) for known in document}
        assert tuple("{}" if part.startswith("{") else part for part in path.split("/")) in shapes, path
    assert link_to(rules, ["no.event"], fields | {"code": "unknown", "id": "7 7"}).api.endswith("/obligations/7%207")


def read_contract(service: str) -> list[str]:
    root = Path(__file__).parents[3]
    return list(json.loads((root / "contracts" / f"{service}.json").read_text("utf-8"))["paths"])


def test_the_owner_of_an_office_is_its_role_and_unit(people: dict[str, Actor], make: Any) -> None:
    assert "district_secretary:502" in owner_keys(people["502"])
    assert f"producer:{make.known('producer')}" in owner_keys(people["maker"])
    assert Role.PRODUCER.value + ":20000" in owner_keys(people["maker"])
