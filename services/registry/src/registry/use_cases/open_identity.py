"""What the API signs tokens with and where people sign in, opened once at start."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from registry.domain.tokens import Signer, new_private_key
from registry.integrations.identity_provider import BuiltInProvider, IdentityProvider, OidcProvider
from registry.persistence.keys import stored_key
from registry.persistence.unit_of_work import RegistryUow
from registry.settings import Settings
from shared.clients.base import ServiceClient
from shared.db.engine import Database


@dataclass(frozen=True, slots=True)
class IdentityResources:
    """Keys of platform tokens, key of the development issuer (None in production), and the sign-in provider."""

    signer: Signer
    dev_signer: Signer | None
    provider: IdentityProvider


@asynccontextmanager
async def open_identity(settings: Settings, database: Database) -> AsyncIterator[IdentityResources]:
    """Open them. Development keeps keys of its own in the database; production brings them. Raises ValueError."""
    if settings.signing_key is not None:
        signer = Signer.from_pem(settings.signing_key.get_secret_value().replace("\\n", "\n"))
    else:
        signer = await _stored_signer(database, "platform")
    dev_signer = await _stored_signer(database, "dev-issuer") if settings.development else None
    if dev_signer is not None and settings.oidc_issuer in {None, settings.dev_issuer}:
        built_in = BuiltInProvider(settings.dev_issuer, settings.oidc_audience, dev_signer)
        yield IdentityResources(signer, dev_signer, built_in)
        return
    assert settings.oidc_issuer is not None
    client = ServiceClient("sign-in provider", settings.oidc_issuer)
    try:
        provider = OidcProvider(settings.oidc_issuer, settings.oidc_audience, client)
        yield IdentityResources(signer, dev_signer, provider)
    finally:
        await client.close()


async def _stored_signer(database: Database, purpose: str) -> Signer:
    known = await stored_key(database.reads, purpose)
    if known is None:
        async with RegistryUow.open(database) as uow:
            known = await uow.keys.signing_key(purpose, new_private_key())
    return Signer.from_pem(known)
