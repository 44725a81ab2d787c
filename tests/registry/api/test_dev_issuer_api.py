"""Signing in by OpenID Connect at the development issuer: the code flow with PKCE, end to end, and its refusals."""

import base64
import hashlib
import re
import secrets
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import text

CLIENT = "http://localhost:5173/callback"
VERIFIER = secrets.token_urlsafe(48)
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")


def request_of(**changes: str) -> dict[str, str]:
    wanted = {
        "client_id": "ocop-web",
        "redirect_uri": CLIENT,
        "response_type": "code",
        "scope": "openid profile",
        "state": "s-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    } | changes
    return {name: value for name, value in wanted.items() if value}


def answer_in(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 303, response.text
    return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()}


async def click(registry: Any, person: str = "commune-20341", **changes: str) -> dict[str, str]:
    form = request_of(**changes) | {"person": person}
    return answer_in(await registry.send("POST", "/dev-issuer/authorize", data=form))


async def take(registry: Any, code: str, **changes: str) -> httpx.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CLIENT,
        "client_id": "ocop-web",
        "code_verifier": VERIFIER,
    } | changes
    answer: httpx.Response = await registry.send("POST", "/dev-issuer/token", data=form)
    return answer


async def test_signing_in_from_discovery_to_me(registry: Any) -> None:
    found = await registry.get("/dev-issuer/.well-known/openid-configuration")
    assert found["issuer"] == "http://localhost:8080/api/registry/v1/dev-issuer"
    page = await registry.http.get(found["authorization_endpoint"], params=request_of(nonce="n-1"))
    assert page.status_code == 200
    assert "http://localhost:5173" in page.headers["Content-Security-Policy"]
    answer = await click(registry, nonce="n-1")
    assert answer["state"] == "s-1"
    tokens = (await take(registry, answer["code"])).json()
    exchange = {"id_token": tokens["id_token"], "nonce": "n-1"}
    exchanged = await registry.send("POST", "/tokens", json=exchange)
    assert exchanged.status_code == 200
    assert exchanged.json()["expires_in"] == 900
    headers = {"Authorization": f"Bearer {exchanged.json()['access_token']}"}
    mine = (await registry.send("GET", "/me", headers=headers)).json()
    assert [a["unit_code"] for a in mine["appointments"]] == ["20341"]
    without = await registry.send("POST", "/tokens", json={"id_token": tokens["id_token"]})
    assert (without.status_code, without.json()["code"]) == (401, "id-token-nonce")


async def test_the_page_finds_people_without_diacritics_and_loads_nothing_from_elsewhere(registry: Any) -> None:
    page = await registry.send("GET", "/dev-issuer/authorize", params=request_of() | {"q": "province-c"})
    assert re.findall(r'<button name="person" value="([^"]+)"', page.text) == ["province-chair"]
    assert not re.search(r'(src|href)="', page.text)
    place = await registry.send("GET", "/dev-issuer/authorize", params=request_of() | {"q": "xa ch'om"})
    assert re.findall(r'<button name="person" value="([^"]+)"', place.text)[0] == "commune-20437", "officials first"
    first = await registry.send("GET", "/dev-issuer/authorize", params=request_of())
    assert re.findall(r'value="([^"]+)"><?', first.text.split("<ul>")[1])[0] == "adviser-1"
    assert "Còn nữa" in first.text
    nobody = await registry.send("GET", "/dev-issuer/authorize", params=request_of() | {"q": "<script>%"})
    assert "Không tìm thấy ai" in nobody.text
    assert "<script>" not in nobody.text


async def test_a_code_is_taken_once(registry: Any) -> None:
    code = (await click(registry))["code"]
    assert (await take(registry, code)).status_code == 200
    again = await take(registry, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "x" * 50},
        {"code_verifier": "short"},
        {"redirect_uri": "http://localhost:5173/other"},
        {"client_id": "another"},
    ],
)
async def test_a_code_is_spent_by_a_wrong_use(registry: Any, changes: dict[str, str]) -> None:
    code = (await click(registry))["code"]
    assert (await take(registry, code, **changes)).json()["error"] == "invalid_grant"
    assert (await take(registry, code)).status_code == 400


async def test_a_code_lapses_after_a_minute_whatever_the_programmes_clock(registry: Any) -> None:
    code = (await click(registry))["code"]
    await registry.move_clock("2024-01-01T00:00:00+07:00")
    assert (await take(registry, code)).status_code == 200
    code = (await click(registry))["code"]
    async with registry.app.state.database.session() as session:
        await session.execute(text("UPDATE sign_in_codes SET expires_at = expires_at - interval '61 seconds'"))
    assert (await take(registry, code)).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "uri",
    [
        "https://evil.example/callback",
        "http://localhost.evil.example/",
        "http://localhost@evil.example/",
        "http://localhost:99999/",
        "https://localhost:5173/callback",
        "http://localhost:5173/callback#part",
        "http://localhost:8080\\@evil.example/",
        "javascript:alert(1)",
        "//localhost/",
    ],
)
async def test_nobody_is_sent_to_a_foreign_address(registry: Any, uri: str) -> None:
    page = await registry.send("GET", "/dev-issuer/authorize", params=request_of(redirect_uri=uri))
    assert (page.status_code, page.json()["code"]) == (400, "invalid_redirect_uri")
    form = request_of(redirect_uri=uri) | {"person": "auditor"}
    assert (await registry.send("POST", "/dev-issuer/authorize", data=form)).status_code == 400


async def test_the_systems_own_origin_is_allowed(registry: Any) -> None:
    own = registry.settings.public_url + "/anywhere?x=1"
    answer = await click(registry, redirect_uri=own)
    assert answer["x"] == "1"
    assert "code" in answer


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_challenge": ""}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": ""}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
    ],
)
async def test_a_faulty_request_goes_back_to_the_client_with_its_error(
    registry: Any, changes: dict[str, str], error: str
) -> None:
    answer = answer_in(await registry.send("GET", "/dev-issuer/authorize", params=request_of(**changes)))
    assert (answer["error"], answer["state"]) == (error, "s-1")


async def test_an_unknown_client_is_refused(registry: Any) -> None:
    page = await registry.send("GET", "/dev-issuer/authorize", params=request_of(client_id="other"))
    assert (page.status_code, page.json()["code"]) == (400, "invalid_client")
