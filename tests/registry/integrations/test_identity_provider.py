"""A real provider's id_tokens: discovery, keys, every check; and which person they belong to."""

import time
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from sqlalchemy import text

from registry.integrations.identity_provider import OidcProvider
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.issue_token import token_for_identity
from shared.auth.tokens import TokenVerifier
from shared.clients.base import ServiceClient
from shared.errors import Unauthenticated, Unavailable
from shared.testing.plugin import OpenDatabases

ISSUER, AUDIENCE = "https://sso.tinh.example/realms/ocop", "ocop-web"
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER = ECKey.generate_key("P-256", {"kid": "two", "use": "sig"})


class Sso:
    """A provider that answers discovery and keys, and counts how often it is asked."""

    def __init__(self, **discovery: Any) -> None:
        self.keys: list[Any] = [KEY]
        self.asked: list[str] = []
        self.discovery = {"issuer": ISSUER, "jwks_uri": f"{ISSUER}/certs"} | discovery

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        if request.url.path.endswith("/certs"):
            return httpx.Response(200, json={"keys": [key.as_dict(private=False) for key in self.keys]})
        assert request.url.path == "/realms/ocop/.well-known/openid-configuration"
        return httpx.Response(200, json=self.discovery)

    def provider(self) -> OidcProvider:
        client = ServiceClient("sign-in provider", ISSUER, httpx.MockTransport(self.answer))
        return OidcProvider(ISSUER, AUDIENCE, client)


def id_token(key: Any = KEY, **claims: Any) -> str:
    now = int(time.time())
    whole = {"iss": ISSUER, "aud": AUDIENCE, "sub": "u-1", "iat": now, "exp": now + 300, "name": "Trần Thị Bưởi"}
    alg = "RS256" if isinstance(key, RSAKey) else "ES256"
    return jwt.encode({"alg": alg, "kid": key.kid}, whole | claims, KeySet([key]), algorithms=[alg])


async def test_keys_are_fetched_once_and_again_for_a_key_not_seen_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    sso = Sso()
    provider = sso.provider()
    for _ in range(3):
        assert (await provider.verify(id_token(), None)).subject == "u-1"
    assert len(sso.asked) == 2
    sso.keys.append(OTHER)
    with pytest.raises(Unauthenticated):
        await provider.verify(id_token(OTHER), None)
    assert len(sso.asked) == 2
    monkeypatch.setattr(provider, "_fetched_at", time.monotonic() - 31)
    assert (await provider.verify(id_token(OTHER), None)).subject == "u-1"
    assert len(sso.asked) == 4


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({"iss": "https://elsewhere.example"}, "id-token-issuer"),
        ({"aud": "another"}, "id-token-audience"),
        ({"aud": [AUDIENCE, "another"]}, "id-token-audience"),
        ({"exp": int(time.time()) - 61}, "id-token-expired"),
        ({"exp": "soon"}, "id-token-expired"),
        ({"iat": int(time.time()) + 600}, "id-token-early"),
        ({"nonce": "somebody's"}, "id-token-nonce"),
        ({"sub": ""}, "id-token-invalid"),
    ],
)
async def test_each_fault_of_an_id_token_has_its_own_code(claims: dict[str, Any], code: str) -> None:
    with pytest.raises(Unauthenticated) as refused:
        await Sso().provider().verify(id_token(**claims), None)
    assert refused.value.extra["code"] == code


async def test_a_foreign_signature_and_garbage_are_refused() -> None:
    forged = id_token(RSAKey.generate_key(2048, {"kid": "one", "use": "sig"}))
    secret = jwt.encode({"alg": "HS256"}, {"iss": ISSUER}, OctKey.import_key("x" * 40), algorithms=["HS256"])
    for token in (forged, secret, "garbage", "a.b.c"):
        with pytest.raises(Unauthenticated) as refused:
            await Sso().provider().verify(token, None)
        assert refused.value.extra["code"] == "id-token-invalid"


async def test_a_discovery_document_of_another_issuer_is_not_believed() -> None:
    with pytest.raises(Unavailable):
        await Sso(issuer="https://elsewhere.example").provider().verify(id_token(), None)


async def test_a_person_is_known_by_subject_or_on_first_use_by_verified_email(registry: Any) -> None:
    database, signer = registry.app.state.database, registry.app.state.signer
    verifier = TokenVerifier(_keys(registry))

    async def signed_in(**claims: Any) -> Any:
        identity = await Sso().provider().verify(id_token(**claims), None)
        async with RegistryUow.open(database) as uow:
            token = await token_for_identity(uow, signer, identity)
        return await verifier.verify(token)

    email = "Trade-Officer@demo.ocop.example"
    unverified = await signed_in(sub="u-9", email=email, email_verified=False)
    assert unverified.appointments == ()
    first = await signed_in(sub="u-1", email=email, email_verified=True)
    assert first.units(*[a.role for a in first.appointments]) == {"49"}
    again = await signed_in(sub="u-1")
    assert again.person_id == first.person_id
    thief = await signed_in(sub="u-2", email=email, email_verified=True)
    assert thief.person_id != first.person_id
    assert thief.appointments == ()


def _keys(registry: Any) -> Any:
    async def fetch() -> dict[str, Any]:
        keys: dict[str, Any] = registry.app.state.signer.public_keys()
        return keys

    return fetch


async def test_two_first_sign_ins_at_once_make_one_person(open_database: OpenDatabases) -> None:
    import asyncio

    database = await open_database("registry")
    identity = await Sso().provider().verify(id_token(), None)

    async def sign_in() -> Any:
        async with RegistryUow.open(database) as uow:
            return await uow.people.signed_in(identity)

    assert len(set(await asyncio.gather(*[sign_in() for _ in range(5)]))) == 1
    async with database.session() as session:
        assert (await session.execute(text("SELECT count(*) FROM people"))).scalar_one() == 1
