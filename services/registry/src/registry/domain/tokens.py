"""Signing of platform tokens, and of the id_tokens of the development issuer (Ed25519, RFC 9864)."""

import re
from collections.abc import Sequence
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from shared.auth.tokens import ALGORITHM

LIFETIME = 900
"""Seconds a platform token lives, in real time; after that, changed appointments are in force everywhere."""

_PEM = re.compile(r"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----", re.DOTALL)


class Signer:
    """Private keys: the first signs, all are published so that what an earlier one signed still verifies."""

    def __init__(self, keys: Sequence[OKPKey]) -> None:
        self._keys = tuple(keys)

    @classmethod
    def from_pem(cls, pem: str) -> "Signer":
        """Keys of one or more PEM blocks. Raises ValueError when there is none or one is not Ed25519."""
        blocks = _PEM.findall(pem)
        if not blocks:
            raise ValueError("no PEM block in the signing key")
        keys = [OKPKey.import_key(block, {"use": "sig", "alg": ALGORITHM}) for block in blocks]
        for key in keys:
            if key.curve_name != "Ed25519" or not key.is_private:
                raise ValueError("a signing key must be an Ed25519 private key")
            key.ensure_kid()
        return cls(keys)

    def sign(self, claims: dict[str, Any]) -> str:
        """A compact JWT of the claims."""
        key = self._keys[0]
        return jwt.encode({"alg": ALGORITHM, "kid": key.kid}, claims, key, algorithms=[ALGORITHM])

    def public_keys(self) -> dict[str, Any]:
        """The JWK set that verifiers read; no private member is in it."""
        return {"keys": [dict(key.as_dict(private=False)) for key in self._keys]}

    def verify(self, token: str) -> dict[str, Any]:
        """Claims of a token that one of the keys signed. Raises JoseError or ValueError otherwise."""
        return dict(jwt.decode(token, KeySet(list(self._keys)), algorithms=[ALGORITHM]).claims)


def new_private_key() -> str:
    """A fresh Ed25519 key as PEM."""
    return OKPKey.generate_key("Ed25519").as_pem(private=True).decode()
