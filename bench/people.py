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


def person(role: Role, unit: str, level: Level, number: int = 0) -> Actor:
    """The same invented person each time."""
    return Actor(uuid5(_NAMESPACE, f"{role} {unit} {number}"), "Người đo", (Appointment(role, level, unit),))


SECRETARY = person(Role.PROVINCE_SECRETARY, "49", Level.PROVINCE)
DISTRICT = person(Role.DISTRICT_SECRETARY, "513", Level.DISTRICT)


class Signatures:
    """The signing key of one run."""

    def __init__(self) -> None:
        self.pem = new_private_key()
        self._signer = Signer.from_pem(self.pem)
        self.public = json.dumps(self._signer.public_keys())

    def token(self, actor: Actor) -> str:
        """A platform token, valid for the whole run."""
        return self._signer.sign(claims_of(actor, now=int(time.time()), lifetime=_LIFETIME))
