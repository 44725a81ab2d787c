"""Platform tokens: which are believed, how each fault is named, and how often registry is asked for its keys."""

import asyncio
import base64
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, OKPKey

from shared.auth import tokens
from shared.auth.tokens import ALGORITHM, REMEMBERED, TokenVerifier, claims_of
from shared.contracts.roles import Role
from shared.errors import Unauthenticated, Unavailable
from shared.testing.people import person

SOMEBODY = person(Role.PROVINCE_SECRETARY)


def new_key(name: str) -> OKPKey:
    return OKPKey.generate_key("Ed25519", {"kid": name, "use": "sig", "alg": ALGORITHM})


def public(*keys: OKPKey) -> dict[str, Any]:
    return {"keys": [dict(key.as_dict(private=False)) for key in keys]}


def signed(key: OKPKey, lifetime: int = 600, **changes: Any) -> str:
    claims = claims_of(SOMEBODY, now=int(time.time()), lifetime=lifetime) | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, KeySet([key]), algorithms=[ALGORITHM])


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


class Registry:
    """Publishes keys, counts who asks, and may be down."""

    def __init__(self, *keys: OKPKey) -> None:
        self.keys, self.asked, self.down = keys, 0, False
        self.answer: dict[str, Any] | None = None

    async def publish(self) -> dict[str, Any]:
        self.asked += 1
        await asyncio.sleep(0)
        if self.down:
            raise Unavailable()
        return self.answer or public(*self.keys)


@pytest.fixture(scope="module")
def key() -> OKPKey:
    return new_key("a")


@pytest.fixture
def registry(key: OKPKey) -> Registry:
    return Registry(key)


@pytest.fixture
def verifier(registry: Registry) -> TokenVerifier:
    return TokenVerifier(registry.publish)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets seconds pass on the clock that decides when keys are fetched."""
    passed = [0.0]
    real = time.monotonic
    monkeypatch.setattr(tokens.time, "monotonic", lambda: real() + passed[0])

    def move(seconds: float) -> None:
        passed[0] += seconds

    return move


async def code_of(refused: Awaitable[Any]) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        await refused
    assert f'error_description="{refusal.value.extra["code"]}"' in refusal.value.headers["WWW-Authenticate"]
    return str(refusal.value.extra["code"])


async def test_a_good_token_gives_its_person(verifier: TokenVerifier, key: OKPKey) -> None:
    assert await verifier.verify(signed(key)) == SOMEBODY


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lifetime": -1}, "token-expired"),
        ({"lifetime": 0}, "token-expired"),
        ({"exp": "tomorrow"}, "token-expired"),
        ({"exp": None}, "token-expired"),
        ({"iss": "someone-else"}, "token-not-for-us"),
        ({"iss": None}, "token-not-for-us"),
        ({"aud": "another-system"}, "token-not-for-us"),
        ({"sub": "not-a-uuid"}, "token-invalid"),
        ({"name": None}, "token-invalid"),
        ({"appointments": None}, "token-invalid"),
        ({"appointments": ["chair"]}, "token-invalid"),
        ({"appointments": [{"role": "emperor", "level": "province", "unit": "49"}]}, "token-invalid"),
    ],
)
async def test_each_fault_of_a_signed_token_has_its_code(
    verifier: TokenVerifier, key: OKPKey, changes: dict[str, Any], code: str
) -> None:
    assert await code_of(verifier.verify(signed(key, **changes))) == code


async def test_tokens_that_nobody_signed_are_refused(verifier: TokenVerifier, key: OKPKey) -> None:
    header, claims, signature = signed(key).split(".")
    secret = OctKey.import_key(base64.urlsafe_b64decode(key.as_dict()["x"] + "=="))
    hmac = jwt.encode({"alg": "HS256", "kid": key.kid}, claims_of(SOMEBODY, now=int(time.time()), lifetime=600), secret)
    nested = base64.urlsafe_b64encode(b'{"alg":' + b"[" * 5000).decode()
    forged = {
        "no algorithm": f"{part({'alg': 'none'})}.{claims}.",
        "no algorithm, signature kept": f"{part({'alg': 'none', 'kid': key.kid})}.{claims}.{signature}",
        "public key as a shared secret": hmac,
        "own key inside": f"{part({'alg': ALGORITHM, 'jwk': public(new_key('z'))['keys'][0]})}.{claims}.{signature}",
        "another key of the same name": signed(new_key("a")),
        "an unknown key": signed(new_key("b")),
        "other claims": f"{header}.{part(claims_of(SOMEBODY, now=0, lifetime=2**40))}.{signature}",
        "deep header": f"{nested}.{claims}.{signature}",
        "no header": f".{claims}.{signature}",
        "two parts": f"{header}.{claims}",
        "encrypted": f"{header}.a.b.c.d",
        "not ascii": "Đặc sản.Quảng Nam.OCOP",
        "empty": "",
        "long": "a" * 1_000_000,
        "claims that are a list": f"{header}.{part([1])}.{signature}",
    }
    codes = {name: await code_of(verifier.verify(token)) for name, token in forged.items()}
    assert set(codes.values()) == {"token-invalid"}, codes


async def test_a_remembered_token_is_refused_once_it_has_expired(
    verifier: TokenVerifier, key: OKPKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = signed(key, lifetime=60)
    await verifier.verify(token)
    now = time.time()
    monkeypatch.setattr(tokens.time, "time", lambda: now + 61)
    assert await code_of(verifier.verify(token)) == "token-expired"
    assert await code_of(verifier.verify(token)) == "token-expired"


async def test_a_remembered_token_is_verified_without_asking_anybody(verifier: TokenVerifier, key: OKPKey) -> None:
    token = signed(key)
    first = await verifier.verify(token)
    verifier._keys = None
    assert await verifier.verify(token) is first


async def test_memory_is_bounded_and_garbage_takes_none(
    verifier: TokenVerifier, key: OKPKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        await code_of(verifier.verify(f"garbage-{number}"))
    assert len(verifier._known) == 0
    assert REMEMBERED <= 5000
    monkeypatch.setattr(tokens, "REMEMBERED", 3)
    for lifetime in range(600, 610):
        await verifier.verify(signed(key, lifetime=lifetime))
    assert len(verifier._known) == 3


async def test_after_a_rotation_keys_are_fetched_once_and_new_tokens_are_good(
    verifier: TokenVerifier, registry: Registry, key: OKPKey, later: Callable[[float], None]
) -> None:
    await verifier.verify(signed(key))
    fresh = new_key("b")
    registry.keys = (key, fresh)
    later(6)
    people = await asyncio.gather(*(verifier.verify(signed(fresh, lifetime=n)) for n in range(60, 80)))
    assert people == [SOMEBODY] * 20
    assert registry.asked == 2


async def test_unknown_signatures_cost_registry_one_request_in_five_seconds(
    verifier: TokenVerifier, registry: Registry, key: OKPKey, later: Callable[[float], None]
) -> None:
    await verifier.verify(signed(key))
    stranger = new_key("x")
    for _ in range(3):
        later(5.1)
        await asyncio.gather(*(code_of(verifier.verify(signed(stranger, lifetime=n))) for n in range(60, 90)))
    assert registry.asked == 4


async def test_old_keys_are_refreshed_by_one_request_while_others_go_on(
    verifier: TokenVerifier, registry: Registry, key: OKPKey, later: Callable[[float], None]
) -> None:
    await verifier.verify(signed(key))
    later(301)
    await asyncio.gather(*(verifier.verify(signed(key, lifetime=n)) for n in range(60, 80)))
    assert registry.asked == 2


@pytest.mark.parametrize("answer", [None, {"unexpected": "body"}, {"keys": [{"kty": "unknown"}]}, {"keys": "none"}])
async def test_while_registry_is_down_or_talks_nonsense_its_last_keys_stay_good(
    verifier: TokenVerifier,
    registry: Registry,
    key: OKPKey,
    later: Callable[[float], None],
    answer: dict[str, Any] | None,
) -> None:
    await verifier.verify(signed(key))
    registry.down, registry.answer = answer is None, answer
    for _ in range(3):
        later(301)
        assert await verifier.verify(signed(key, lifetime=int(300 + time.time() % 1000))) == SOMEBODY
    assert await code_of(verifier.verify(signed(new_key("x")))) == "token-invalid"


async def test_without_any_keys_the_answer_is_try_again_later_not_a_refusal(
    verifier: TokenVerifier, registry: Registry, key: OKPKey
) -> None:
    registry.down = True
    for _ in range(2):
        with pytest.raises(Unavailable):
            await verifier.verify(signed(key))
    registry.down = False
    assert await verifier.verify(signed(key)) == SOMEBODY
