"""The development issuer's code flow: a click on a person becomes a code, a code becomes an id_token."""

import secrets
import time

from registry.domain.sign_in import SignInRequest, verifier_matches
from registry.domain.tokens import Signer
from registry.persistence.people import PersonInForce
from registry.persistence.unit_of_work import RegistryUow
from shared.errors import BadRequest

ID_TOKEN_SECONDS = 300


async def grant_code(uow: RegistryUow, request: SignInRequest, person_code: str) -> str:
    """A one-time code for the person clicked on. Raises NotFound."""
    person = await uow.people.in_force(await uow.today(), code=person_code)
    code = secrets.token_urlsafe(32)
    await uow.keys.store_code(
        code,
        person_id=person.id,
        client_id=request.client_id,
        redirect_uri=request.redirect_uri,
        code_challenge=request.code_challenge or "",
        nonce=request.nonce,
    )
    return code


async def take_code(
    uow: RegistryUow, *, code: str, client_id: str, redirect_uri: str, verifier: str
) -> tuple[PersonInForce, str | None] | None:
    """The person of a code and the nonce of the sign-in; None when anything is wrong. The code is spent either way."""
    row = await uow.keys.take_code(code)
    if row is None or (row.client_id, row.redirect_uri) != (client_id, redirect_uri):
        return None
    if not verifier_matches(verifier, row.code_challenge):
        return None
    return await uow.people.in_force(await uow.today(), person_id=row.person_id), row.nonce


def id_token(signer: Signer, person: PersonInForce, *, issuer: str, audience: str, nonce: str | None) -> str:
    """What the development issuer says about a person (OpenID Connect Core §2)."""
    now = int(time.time())
    claims = {
        "iss": issuer,
        "sub": str(person.id),
        "aud": audience,
        "iat": now,
        "exp": now + ID_TOKEN_SECONDS,
        "name": person.name,
        "email": person.email,
        "email_verified": person.email is not None,
    }
    return signer.sign(claims if nonce is None else claims | {"nonce": nonce})


def invalid_grant() -> BadRequest:
    """The refusal of RFC 6749 §5.2; it does not say which part was wrong."""
    return BadRequest(
        "Mã đăng nhập không đúng, đã dùng hoặc đã hết hạn.",
        "The code is wrong, used or expired, or the verifier does not match.",
        error="invalid_grant",
    )
