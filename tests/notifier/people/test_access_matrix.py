"""Every route of the people's part × who asks: nobody signed in, somebody else, the person, who answers for notices."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from tests.notifier.people.conftest import BASE, Caller
from tests.notifier.people.test_contacts import give

from notifier.main import create_app
from notifier.settings import Settings
from shared.contracts.roles import Level, Role
from shared.testing.people import person

NOTHING = str(UUID(int=7))
STRANGERS = tuple(role for role in Role if role not in (Role.PROVINCE_SECRETARY, Role.PROVINCE_CHAIR, Role.AUDITOR))
"""Roles of another unit: they see only what is their own."""
TAGS = ("contacts", "preferences", "absences", "proofs")
PUBLIC = {("GET", "/unsubscriptions"), ("POST", "/unsubscriptions")}

# (method, path, body) -> status for (a stranger, the person, the auditor, the province's secretary)
MATRIX: dict[tuple[str, str], tuple[Any, tuple[int, int, int, int]]] = {
    ("GET", "/contacts"): (None, (200, 200, 200, 200)),
    ("POST", "/contacts"): ({"channel": "email", "address": "x"}, (422, 422, 422, 422)),
    ("POST", "/contacts/{contact}/codes"): ({}, (404, 201, 404, 404)),
    ("POST", "/contacts/{contact}/verification"): ({"code": "000000"}, (404, 409, 404, 404)),
    ("PATCH", "/contacts/{contact}"): ({"label": "x"}, (404, 412, 404, 404)),
    ("DELETE", "/contacts/{contact}"): (None, (404, 412, 404, 404)),
    ("GET", "/people/{person}/contacts"): (None, (403, 403, 200, 200)),
    ("GET", "/preferences"): (None, (200, 200, 200, 200)),
    ("PUT", "/preferences"): ({"language": "en", "opt_outs": []}, (412, 412, 412, 412)),
    ("GET", "/absences"): (None, (200, 200, 200, 200)),
    ("POST", "/absences"): (
        {"person_id": "{person}", "deputy_id": NOTHING, "from_on": "2023-07-20", "to_on": "2023-07-20"},
        (404, 422, 404, 422),
    ),
    ("POST", "/absences/{absence}/cancellation"): ({}, (404, 201, 404, 409)),
    ("GET", "/proofs?obligation_id={duty}"): (None, (404, 200, 200, 200)),
    ("GET", "/proofs?obligation_id={duty}&person_id={person}"): (None, (404, 200, 200, 200)),
    ("GET", "/proofs?obligation_id={duty}&whole_deadline=true"): (None, (403, 403, 200, 200)),
    ("GET", "/proofs/{digest}"): (None, (404, 200, 200, 200)),
}


@pytest.fixture
async def known(notifier: Any, make: Any, secretary: Caller) -> dict[str, str]:
    """One of each, the secretary's of district 502."""
    await notifier.tell(make.province(), make.deadline("502"), make.appointed("ban", Role.DISTRICT_CHAIR, "502"))
    await notifier.at("2023-07-17T08:00:00+07:00")
    contact = await give(secretary)
    body = {"deputy_id": str(make.known("ban")), "from_on": "2023-07-18", "to_on": "2023-07-19"}
    absence = (await secretary.post("/absences", body)).json()
    (duty,) = await notifier.rows("SELECT id FROM obligations")
    proof = (await secretary.get("/proofs", obligation_id=str(duty["id"]))).json()
    return {
        "contact": contact["id"],
        "person": str(make.known("sec502")),
        "absence": absence["id"],
        "duty": str(duty["id"]),
        "digest": proof["digest"],
    }


async def ask(caller: Caller, method: str, path: str, body: Any, known: dict[str, str]) -> httpx.Response:
    target = path.format(**known)
    filled = body and {name: value.format(**known) if isinstance(value, str) else value for name, value in body.items()}
    if method == "POST":
        return await caller.post(target, filled)
    return await caller.change(method, target, 99, filled)


async def test_every_route_answers_each_caller_as_the_matrix_says(
    secretary: Caller, make: Any, known: dict[str, str]
) -> None:
    def sign_in(role: Role, unit: str = "49", level: Level = Level.PROVINCE, **more: Any) -> Caller:
        return Caller(secretary.client, person(role, unit, level, **more))

    strangers = [sign_in(role, "503", Level.DISTRICT) for role in STRANGERS]
    auditor = sign_in(Role.AUDITOR)
    province = sign_in(Role.PROVINCE_SECRETARY, person_id=make.known("province"))
    for (method, path), (body, (foreign, own, of_auditor, of_province)) in MATRIX.items():
        rows = [(one, foreign) for one in strangers]
        for caller, status in [*rows, (auditor, of_auditor), (secretary, own), (province, of_province)]:
            answer = await ask(caller, method, path, body, known)
            role = caller.actor.appointments[0].role
            assert answer.status_code == status, (method, path, role, answer.text)


async def test_nobody_is_let_in_without_signing_in(secretary: Caller, known: dict[str, str]) -> None:
    for method, path in MATRIX:
        answer = await secretary.client.request(method, BASE + path.format(**known), json={})
        assert answer.status_code == 401, (method, path)


def test_the_matrix_names_every_route_of_these_parts() -> None:
    settings = Settings(database_url="postgresql://nobody:x@127.0.0.1:1/none", environment="development")
    document = create_app(settings).openapi()
    routes = {
        (method.upper(), path.removeprefix(BASE))
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if set(operation.get("tags", ())) & set(TAGS)
    }
    names = {"{contact}": "{contact_id}", "{person}": "{person_id}", "{absence}": "{absence_id}"}
    written = set()
    for method, path in MATRIX:
        plain = path.partition("?")[0]
        for short, full in names.items():
            plain = plain.replace(short, full)
        written.add((method, plain))
    assert routes == written | PUBLIC
