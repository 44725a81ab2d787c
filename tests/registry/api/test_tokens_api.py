"""Platform tokens: who gets one, what it carries, and every way it can be refused."""

import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from registry.domain.tokens import Signer, new_private_key
from shared.auth.tokens import TokenVerifier, claims_of
from shared.contracts.roles import Role
from shared.testing.people import person, token_for


async def me(registry: Any, header: str | None) -> httpx.Response:
    headers = {"Authorization": header} if header is not None else {}
    answer: httpx.Response = await registry.send("GET", "/me", headers=headers)
    return answer


async def test_a_token_carries_the_appointments_of_the_programmes_today(registry: Any) -> None:
    mine = await registry.get("/me", by="province-secretary")
    assert [(a["role"], a["unit_code"], a["unit_name"]) for a in mine["appointments"]] == [
        ("province_secretary", "49", "Tỉnh Quảng Nam")
    ]
    await registry.move_clock("2025-07-01T00:00:00+07:00")
    mine = await registry.get("/me", by="province-secretary")
    assert [(a["unit_code"], a["unit_name"]) for a in mine["appointments"]] == [("48", "Thành phố Đà Nẵng")]
    assert (await registry.get("/me", by="district-502-secretary"))["appointments"] == []


async def test_other_services_verify_the_token_with_the_published_keys_alone(registry: Any) -> None:
    published = await registry.get("/jwks.json")
    assert all("d" not in key for key in published["keys"])

    async def fetch() -> dict[str, Any]:
        return dict(published)

    actor = await TokenVerifier(fetch).verify(await registry.token("district-502-secretary"))
    assert actor.units(Role.DISTRICT_SECRETARY) == {"502"}


async def test_each_fault_of_a_token_has_its_own_code(registry: Any) -> None:
    good = await registry.token("auditor")
    signer: Signer = registry.app.state.signer
    actor = person(Role.AUDITOR)
    now = int(time.time())
    expired = signer.sign(claims_of(actor, now=now - 3600, lifetime=900))
    elsewhere = signer.sign(claims_of(actor, now=now, lifetime=900) | {"aud": "another"})
    nobody = signer.sign({"iss": "ocop-registry", "aud": "ocop", "exp": now + 60})
    head, body, signature = good.split(".")
    cases = {
        None: "token-missing",
        "Bearer": "token-missing",
        f"Basic {good}": "token-missing",
        "Bearer not-a-token": "token-invalid",
        f"Bearer {head}.{body[:-4]}AAAA.{signature}": "token-invalid",
        f"Bearer {token_for(actor)}": "token-invalid",
        f"Bearer {nobody}": "token-invalid",
        f"Bearer {expired}": "token-expired",
        f"Bearer {elsewhere}": "token-not-for-us",
    }
    for header, code in cases.items():
        answer = await me(registry, header)
        assert (answer.status_code, answer.json()["code"]) == (401, code), header
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


async def test_an_unsigned_token_is_refused(registry: Any) -> None:
    claims = claims_of(person(Role.AUDITOR), now=int(time.time()), lifetime=900)
    key = OKPKey.generate_key("Ed25519")
    forged = jwt.encode(
        {"alg": "Ed25519", "jwk": key.as_dict(private=False)}, claims, KeySet([key]), algorithms=["Ed25519"]
    )
    assert (await me(registry, f"Bearer {forged}")).json()["code"] == "token-invalid"
    unsigned = "eyJhbGciOiJub25lIn0." + good_body(registry.app.state.signer.sign(claims)) + "."
    assert (await me(registry, f"Bearer {unsigned}")).json()["code"] == "token-invalid"


def good_body(token: str) -> str:
    return token.split(".")[1]


async def test_a_rotated_key_still_verifies(registry: Any) -> None:
    old = new_private_key()
    token = Signer.from_pem(old).sign({"sub": "x"})
    rotated = Signer.from_pem(new_private_key() + old)
    assert rotated.verify(token) == {"sub": "x"}
    assert len(rotated.public_keys()["keys"]) == 2


async def test_both_keys_of_a_second_process_are_the_same(registry: Any) -> None:
    from registry.main import create_app

    again = create_app(registry.settings)
    async with again.router.lifespan_context(again):
        assert again.state.signer.public_keys() == registry.app.state.signer.public_keys()


@pytest.mark.parametrize("body", [{}, {"person": "nobody-here"}, {"person": "auditor", "more": 1}])
async def test_a_token_for_nobody_is_refused(registry: Any, body: dict[str, Any]) -> None:
    answer = await registry.send("POST", "/dev-tokens", json=body)
    assert answer.status_code == (404 if body == {"person": "nobody-here"} else 422)


async def test_there_are_all_demonstration_people_with_both_provinces(registry: Any) -> None:
    people = {one["code"]: one for one in (await registry.get("/dev-people"))["items"]}
    assert len([code for code in people if code.startswith("commune-")]) == 241
    assert len([code for code in people if code.startswith("district-")]) == 36
    assert len([code for code in people if code.startswith("producer-")]) == 60
    assert [(a["unit_code"], a["valid_to"]) for a in people["council-9"]["appointments"]] == [
        ("49", "2025-06-30"),
        ("48", None),
    ]
    assert [(a["unit_name"], a["valid_to"]) for a in people["commune-20341"]["appointments"]] == [
        ("Phường An Mỹ", "2025-06-30"),
        ("Phường Tam Kỳ", None),
    ]
    assert all(one["email"].endswith("@demo.ocop.example") for one in people.values())
    assert all(one["name"].endswith("(minh họa)") for one in people.values())


async def test_after_a_merger_a_token_reaches_what_the_merged_units_left(registry: Any) -> None:
    await registry.move_clock("2025-07-01T08:00:00+07:00")

    async def fetch() -> dict[str, Any]:
        return dict(await registry.get("/jwks.json"))

    verifier = TokenVerifier(fetch)
    province = await verifier.verify(await registry.token("province-secretary"))
    assert province.units(Role.PROVINCE_SECRETARY) == {"48", "49"}
    commune = await verifier.verify(await registry.token("commune-20341"))
    assert {"20341", "20338"} <= commune.units(Role.COMMUNE_OFFICER)
    assert "20335" not in commune.units(Role.COMMUNE_OFFICER)
