"""Platform tokens: the keys that verify them, the exchange of a sign-in, and who the caller is."""

from typing import Annotated, Any

from fastapi import Request, Response

from registry.api.deps import Provider, TokenSigner, Uow
from registry.api.schemas.people import Me, TokenRead, TokenRequest, read_held
from registry.domain.tokens import LIFETIME
from registry.use_cases.issue_token import token_for_identity
from shared.auth.actors import Actor
from shared.http.access import public, signed_in
from shared.http.app import service_router
from shared.http.etags import answer

router = service_router("registry", tags=["tokens"])


@router.get("/jwks.json", dependencies=[public()])
async def read_signing_keys(signer: TokenSigner) -> dict[str, Any]:
    """The public keys of platform tokens (RFC 7517)."""
    return signer.public_keys()


@router.post("/tokens", dependencies=[public()])
async def exchange_token(body: TokenRequest, uow: Uow, signer: TokenSigner, provider: Provider) -> TokenRead:
    """Exchange a sign-in (id_token of the OpenID Connect provider) for a platform token of 15 minutes."""
    identity = await provider.verify(body.id_token, body.nonce)
    token = await token_for_identity(uow, signer, identity)
    return TokenRead(access_token=token, expires_in=LIFETIME)


@router.get("/me", response_model=Me)
async def read_me(request: Request, uow: Uow, actor: Annotated[Actor, signed_in()]) -> Response:
    """The caller and the appointments in force today."""
    day = await uow.today()
    person = await uow.people.in_force(day, person_id=actor.person_id)
    me = Me(person_id=person.id, name=person.name, email=person.email, as_of=day, appointments=read_held(person))
    return answer(request, me)
