"""Signed-in people for the measurements: tokens signed with a key that this run made."""

import json
import time
from uuid import UUID, uuid5

from registry.domain.tokens import Signer, new_private_key
from shared.auth.actors import Actor, Appointment
from shared.auth.tokens import claims_of
from shared.contracts.roles import Level, Role

_NAMESPACE = UUID("00000000-0000-7000-8000-000000000000")
_LIFETIME = 4 * 3600


def person(role: Role, level: Level, *units: str, number: int = 0) -> Actor:
    """The same invented person each time."""
    known = uuid5(_NAMESPACE, f"{role} {units} {number}")
    return Actor(known, "Người đo", tuple(Appointment(role, level, unit) for unit in units))


SECRETARY = person(Role.PROVINCE_SECRETARY, Level.PROVINCE, "48", "49")
"""Of the province of today, with the one that became part of it, as registry issues the token."""


class Signatures:
    """The signing key of one run."""

    def __init__(self) -> None:
        self.pem = new_private_key()
        self._signer = Signer.from_pem(self.pem)
        self.public = json.dumps(self._signer.public_keys())

    def token(self, actor: Actor) -> str:
        """A platform token, valid for the whole run."""
        return self._signer.sign(claims_of(actor, now=int(time.time()), lifetime=_LIFETIME))
