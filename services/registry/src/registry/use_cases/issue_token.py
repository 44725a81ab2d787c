"""Issue platform tokens: for a sign-in at the provider, or in development for a demonstration person."""

import time

from registry.domain.identities import Identity
from registry.domain.tokens import LIFETIME, Signer
from registry.persistence.people import PersonInForce
from registry.persistence.unit_of_work import RegistryUow
from shared.auth.tokens import claims_of


async def token_for_identity(uow: RegistryUow, signer: Signer, identity: Identity) -> str:
    """A token for whoever signed in; an unknown person is remembered, without appointments."""
    person_id = await uow.people.signed_in(identity)
    await uow.flush()
    return _sign(signer, await uow.people.in_force(await uow.today(), person_id=person_id))


async def token_for_code(uow: RegistryUow, signer: Signer, code: str) -> str:
    """A token for a demonstration person. Raises NotFound."""
    return _sign(signer, await uow.people.in_force(await uow.today(), code=code))


def _sign(signer: Signer, person: PersonInForce) -> str:
    return signer.sign(claims_of(person.actor(), now=int(time.time()), lifetime=LIFETIME))
