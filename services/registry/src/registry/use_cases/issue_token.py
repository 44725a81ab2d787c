"""Issue platform tokens: for a sign-in at the provider, or in development for a demonstration person."""

import time
from dataclasses import replace

from registry.domain.identities import Identity
from registry.domain.tokens import LIFETIME, Signer
from registry.persistence.people import PersonInForce
from registry.persistence.unit_of_work import RegistryUow
from shared.auth.tokens import claims_of


async def token_for_identity(uow: RegistryUow, signer: Signer, identity: Identity) -> str:
    """A token for whoever signed in; an unknown person is remembered, without appointments."""
    person_id = await uow.people.signed_in(identity)
    await uow.flush()
    return await _sign(uow, signer, await uow.people.in_force(await uow.today(), person_id=person_id))


async def token_for_code(uow: RegistryUow, signer: Signer, code: str) -> str:
    """A token for a demonstration person. Raises NotFound."""
    return await _sign(uow, signer, await uow.people.in_force(await uow.today(), code=code))


async def _sign(uow: RegistryUow, signer: Signer, person: PersonInForce) -> str:
    """Sign the person's appointments, each also for the units that became part of its unit.

    Records keep the unit of their own date: the officer of a merged commune or province must reach what its
    predecessors left (1659/NQ-UBTVQH15, 202/2025/QH15), in every service, by unit code alone.
    """
    actor = person.actor()
    covered = await uow.units.covered({one.unit_code for one in actor.appointments})
    reached = tuple(
        replace(one, unit_code=code)
        for one in actor.appointments
        for code in (one.unit_code, *sorted(covered[one.unit_code] - {one.unit_code}))
        if code == one.unit_code or one.producer_id is None
    )
    return signer.sign(claims_of(replace(actor, appointments=reached), now=int(time.time()), lifetime=LIFETIME))
