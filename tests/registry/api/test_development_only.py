"""What only a development system may do: demonstration people, the built-in issuer, moving the clock."""

from typing import Any

import asyncpg
import httpx
import pytest
from pydantic import ValidationError

from registry.domain.tokens import new_private_key
from registry.main import create_app
from registry.settings import Settings
from shared.testing.plugin import TestDatabase

PRODUCTION = {"environment": "production", "oidc_issuer": "https://sso.tinh.example", "log_level": "WARNING"}
DEVELOPMENT_ROUTES = [
    ("GET", "/dev-people"),
    ("POST", "/dev-tokens"),
    ("GET", "/dev-clock"),
    ("PUT", "/dev-clock"),
    ("GET", "/dev-issuer/.well-known/openid-configuration"),
    ("GET", "/dev-issuer/authorize"),
    ("POST", "/dev-issuer/authorize"),
    ("POST", "/dev-issuer/token"),
    ("GET", "/dev-issuer/jwks.json"),
]


async def test_production_has_no_development_route(database: TestDatabase) -> None:
    administrator = await asyncpg.connect(database.admin_url)
    await administrator.execute(
        "CREATE OR REPLACE FUNCTION public.programme_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT now()'"
    )
    await administrator.execute("DROP TABLE public.programme_clock")
    await administrator.close()
    url = database.urls["registry"]
    settings = Settings(database_url=url, signing_key=new_private_key(), **PRODUCTION)
    app = create_app(settings)
    client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test")
    async with app.router.lifespan_context(app), client as http:
        assert (await http.get("/api/registry/v1/jwks.json")).status_code == 200
        for method, path in DEVELOPMENT_ROUTES:
            answer = await http.request(method, f"/api/registry/v1{path}", json={})
            assert answer.status_code == 404, path
    assert app.state.signer.public_keys()["keys"][0]["crv"] == "Ed25519"


async def test_production_refuses_a_database_whose_clock_can_be_moved(database: TestDatabase) -> None:
    app = create_app(Settings(database_url=database.urls["registry"], signing_key=new_private_key(), **PRODUCTION))
    with pytest.raises(RuntimeError, match="movable"):
        async with app.router.lifespan_context(app):
            pass


@pytest.mark.parametrize(
    ("settings", "missing"),
    [
        ({}, "REGISTRY_SIGNING_KEY and REGISTRY_OIDC_ISSUER"),
        ({"oidc_issuer": "https://sso.tinh.example"}, "REGISTRY_SIGNING_KEY"),
        ({"signing_key": new_private_key()}, "REGISTRY_OIDC_ISSUER"),
    ],
)
def test_production_refuses_to_start_without_key_or_provider(settings: dict[str, str], missing: str) -> None:
    with pytest.raises(ValueError, match=f"without {missing}$"):
        create_app(Settings(database_url="postgresql://x@localhost/x", environment="production", **settings))


def test_production_refuses_the_built_in_issuer() -> None:
    with pytest.raises(ValidationError, match="built-in"):
        Settings(
            database_url="postgresql://x@localhost/x",
            environment="production",
            public_url="https://ocop.tinh.example/",
            oidc_issuer="https://ocop.tinh.example/api/registry/v1/dev-issuer",
        )


async def test_the_clock_is_moved_and_put_back(registry: Any) -> None:
    put = registry.send
    answer = await put("PUT", "/dev-clock", json={"now": "2023-07-31T23:59:59+07:00"})
    assert answer.json()["now"].startswith("2023-07-31T16:59:59")
    assert (await put("PUT", "/dev-clock", json={"offset_seconds": 0})).json()["offset_seconds"] == 0
    for body in ({}, {"now": "2023-07-31T23:59:59"}, {"now": "2023-07-31T23:59:59Z", "offset_seconds": 1}):
        assert (await put("PUT", "/dev-clock", json=body)).status_code == 422
