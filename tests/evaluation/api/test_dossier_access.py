"""Who sees which dossier: role by own, foreign and absent; personal fields; what goes on record."""

import pytest
from tests.evaluation.worlds import World, officer_of, producer_of

from shared.auth.actors import Actor
from shared.contracts.roles import Level, Role
from shared.ids import new_id
from shared.testing.people import person

OWN = {
    "commune officer": (Role.COMMUNE_OFFICER, "20662", Level.COMMUNE),
    "district secretary": (Role.DISTRICT_SECRETARY, "511", Level.DISTRICT),
    "district chair": (Role.DISTRICT_CHAIR, "511", Level.DISTRICT),
    "province secretary": (Role.PROVINCE_SECRETARY, "49", Level.PROVINCE),
    "auditor": (Role.AUDITOR, "49", Level.PROVINCE),
}
FOREIGN = {
    "commune officer elsewhere": (Role.COMMUNE_OFFICER, "20663", Level.COMMUNE),
    "district secretary elsewhere": (Role.DISTRICT_SECRETARY, "512", Level.DISTRICT),
    "district chair elsewhere": (Role.DISTRICT_CHAIR, "512", Level.DISTRICT),
    "province secretary elsewhere": (Role.PROVINCE_SECRETARY, "48", Level.PROVINCE),
    "auditor elsewhere": (Role.AUDITOR, "48", Level.PROVINCE),
    "province chair, to whom it has not come": (Role.PROVINCE_CHAIR, "49", Level.PROVINCE),
    "national officer, to whom it has not come": (Role.NATIONAL_OFFICER, "VN", Level.CENTRAL),
    "council member without a round": (Role.COUNCIL_MEMBER, "49", Level.PROVINCE),
    "trade officer": (Role.TRADE_OFFICER, "49", Level.PROVINCE),
    "department officer": (Role.DEPARTMENT_OFFICER, "49", Level.PROVINCE),
    # a code that is a district's elsewhere must not open a commune's or a province's dossiers
    "district secretary of a province code": (Role.DISTRICT_SECRETARY, "49", Level.DISTRICT),
}


def official(role: Role, unit: str, level: Level) -> Actor:
    return person(role, unit, level)


@pytest.mark.parametrize("who", OWN)
async def test_officials_see_dossiers_of_their_unit_from_filing_on(world: World, who: str) -> None:
    actor, product = official(*OWN[who]), world.product()
    draft = await world.filled(product)
    path = f"/dossiers/{draft['id']}"
    assert (await world.call("GET", path, actor)).status_code == 404
    assert (await world.call("POST", f"{path}/filing", producer_of(product))).status_code == 201
    assert (await world.call("GET", path, actor)).status_code == 200
    assert (await world.call("GET", f"{path}/completeness", actor)).status_code == 200
    listed = await world.call("GET", f"/dossiers?producer_id={product.producer_id}", actor)
    assert [item["id"] for item in listed.json()["items"]] == [draft["id"]]


@pytest.mark.parametrize("who", FOREIGN)
async def test_out_of_scope_is_unknown(world: World, who: str) -> None:
    actor, product = official(*FOREIGN[who]), world.product()
    filed = await world.filed(product)
    for path in ("", "/completeness"):
        foreign = await world.call("GET", f"/dossiers/{filed['id']}{path}", actor)
        absent = await world.call("GET", f"/dossiers/{new_id()}{path}", actor)
        assert (foreign.status_code, absent.status_code) == (404, 404)
        hidden, unknown = foreign.json(), absent.json()
        assert hidden | {"instance": ""} == unknown | {"instance": ""}
    assert (await world.call("GET", f"/dossiers?producer_id={product.producer_id}", actor)).json()["items"] == []
    file = filed["evidence"][0]["file_sha256"]
    only = f"/evidence-files/{file}"
    if actor.has(Role.COUNCIL_MEMBER, Role.TRADE_OFFICER, Role.DEPARTMENT_OFFICER):
        assert (await world.call("GET", only, actor)).status_code == 404


async def test_a_producer_sees_own_dossiers_only(world: World) -> None:
    product, other = world.product(), world.product()
    draft = await world.drafted(product)
    assert (await world.call("GET", f"/dossiers/{draft['id']}", producer_of(product))).status_code == 200
    assert (await world.call("GET", f"/dossiers/{draft['id']}", producer_of(other))).status_code == 404
    assert (await world.call("GET", f"/dossiers/{draft['id']}")).status_code == 401
    items = (await world.call("GET", "/dossiers", producer_of(product))).json()["items"]
    assert [item["id"] for item in items] == [draft["id"]]


async def test_the_province_chair_and_the_centre_see_what_came_to_them(world: World) -> None:
    await world.move_clock("2026-08-20")
    product = world.product(district_code=None, district_name=None, province_code="48")
    filed = await world.filed(product)
    chair, minister = person(Role.PROVINCE_CHAIR, "48"), person(Role.NATIONAL_OFFICER, "VN", Level.CENTRAL)
    path = f"/dossiers/{filed['id']}"
    assert (await world.call("GET", path, chair)).status_code == 404
    document = (await world.call("GET", "/rulesets/qd26-2026")).json()["document"]
    items = [{"item": item, "claim": "a", "observed": "b"} for item in document["commune_report_items"]]
    sent = await world.call(
        "POST", f"{path}/commune-report", officer_of(product), {"items": items, "conclusion": "Đề nghị"}
    )
    assert sent.json()["level"] == "province"
    assert (await world.call("GET", path, chair)).status_code == 200
    assert (await world.call("GET", path, minister)).status_code == 404


async def test_personal_fields_are_for_the_producer_and_the_secretariats(world: World) -> None:
    product = world.product()
    filed = await world.filed(product)
    path = f"/dossiers/{filed['id']}"
    for actor in (
        producer_of(product),
        officer_of(product),
        official(*OWN["district secretary"]),
        official(*OWN["province secretary"]),
    ):
        read = (await world.call("GET", path, actor)).json()
        assert (read["registration_form"]["phone"], read["hidden"]) == ("0235 000 000", [])
    for actor in (official(*OWN["district chair"]), official(*OWN["auditor"])):
        read = (await world.call("GET", path, actor)).json()
        assert read["hidden"] == [
            "address",
            "email",
            "phone",
            "representative",
            "self_assessment.general.ethnicity",
            "self_assessment.general.gender",
            "self_assessment.general.permanent_address",
        ]
        form, general = read["registration_form"], read["self_assessment"]["general"]
        assert [form[name] for name in ("address", "email", "phone", "representative")] == [None] * 4
        assert [general[name] for name in ("ethnicity", "gender", "permanent_address")] == [None] * 3
        assert general["organisation"] == "Hội đồng quản trị và 12 thành viên"
        assert form["unit_name"] == "HTX thử nghiệm"


async def test_an_officials_reading_is_on_record_and_a_producers_is_not(world: World) -> None:
    product = world.product()
    filed = await world.filed(product)
    path = f"/dossiers/{filed['id']}"
    before = await world.audited(filed["id"])
    assert [action for _, action in before] == ["dossier_filed"]
    await world.call("GET", path, producer_of(product))
    assert await world.audited(filed["id"]) == before
    auditor = official(*OWN["auditor"])
    await world.call("GET", path, auditor)
    await world.call("GET", path, official(*FOREIGN["auditor elsewhere"]))
    assert (await world.audited(filed["id"]))[len(before) :] == [(str(auditor.person_id), "dossier_read")]
