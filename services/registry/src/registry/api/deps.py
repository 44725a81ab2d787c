"""What routes are given: the unit of work, the once-only runner of POSTs, and the keys that sign tokens."""

from typing import Annotated

from fastapi import Depends, Request

from registry.domain.tokens import Signer
from registry.integrations.identity_provider import IdentityProvider
from registry.persistence.unit_of_work import RegistryUow
from registry.settings import Settings
from shared.http.deps import uow_opener
from shared.http.idempotency import IdempotencyKey, Once

Uow = Annotated[RegistryUow, Depends(uow_opener(RegistryUow), scope="function")]


def run_once(request: Request, uow: Uow, key: IdempotencyKey = None) -> Once:
    """Runs the route's act once per Idempotency-Key."""
    return Once(request, uow, key)


OnceOnly = Annotated[Once, Depends(run_once, scope="function")]


def token_signer(request: Request) -> Signer:
    """The keys of platform tokens."""
    signer: Signer = request.app.state.signer
    return signer


def dev_issuer_signer(request: Request) -> Signer:
    """The key of the development issuer."""
    signer: Signer = request.app.state.dev_signer
    return signer


def identity_provider(request: Request) -> IdentityProvider:
    """Where people sign in."""
    provider: IdentityProvider = request.app.state.identity_provider
    return provider


def service_settings(request: Request) -> Settings:
    """Registry's settings."""
    settings: Settings = request.app.state.settings
    return settings


TokenSigner = Annotated[Signer, Depends(token_signer)]
DevIssuerSigner = Annotated[Signer, Depends(dev_issuer_signer)]
Provider = Annotated[IdentityProvider, Depends(identity_provider)]
RegistrySettings = Annotated[Settings, Depends(service_settings)]
