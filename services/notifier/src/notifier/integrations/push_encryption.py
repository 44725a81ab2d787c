"""Messages that only a device can read (RFC 8291, aes128gcm of RFC 8188), and who sends them (VAPID, RFC 8292).

Written here over `cryptography` and joserfc, which we have: pywebpush brings two further HTTP clients, http-ece is no
longer kept. The RFC's own example is a test.
"""

import os
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import ECKey
from joserfc.util import urlsafe_b64encode

from notifier.domain.push import decode

RECORD = 4096
LAST_RECORD = b"\x02"
TOKEN_SECONDS = 12 * 3600
"""A push service refuses a token that lives longer than 24 h."""
RENEW_SECONDS = 3600


def point_of(key: bytes) -> ec.EllipticCurvePublicKey:
    """A device's public key. Raises ValueError when it is no point of P-256."""
    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key)


def raw_point(key: ec.EllipticCurvePublicKey) -> bytes:
    """The uncompressed point, 65 bytes."""
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def encrypt(
    message: bytes,
    p256dh: bytes,
    auth: bytes,
    *,
    salt: bytes | None = None,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    """The body of a push message. `salt` and `key` are made anew for each; only the RFC's example gives them."""
    salt = salt or os.urandom(16)
    key = key or ec.generate_private_key(ec.SECP256R1())
    sender = raw_point(key.public_key())
    shared = key.exchange(ec.ECDH(), point_of(p256dh))
    secret = _derive(auth, b"WebPush: info\x00" + p256dh + sender, 32, shared)
    content_key = _derive(salt, b"Content-Encoding: aes128gcm\x00", 16, secret)
    nonce = _derive(salt, b"Content-Encoding: nonce\x00", 12, secret)
    sealed = AESGCM(content_key).encrypt(nonce, message + LAST_RECORD, None)
    return salt + RECORD.to_bytes(4, "big") + bytes([len(sender)]) + sender + sealed


def _derive(salt: bytes, info: bytes, length: int, key: bytes) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(key)


class Vapid:
    """Our identity towards push services: one key pair, one token for each of them, kept for hours."""

    def __init__(self, key: str, contact: str) -> None:
        """`key`: a P-256 private key as PEM, or its 32 bytes in URL-safe base64. Raises ValueError."""
        if not contact.startswith(("mailto:", "https://")):
            raise ValueError("the contact of web push must be mailto: or https://")
        self._private = _private_key(key)
        pem = self._private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self._signing = ECKey.import_key(pem)
        self._contact = contact
        self._tokens: dict[str, tuple[float, str]] = {}
        self.public = urlsafe_b64encode(raw_point(self._private.public_key())).decode()
        """What browsers subscribe with (applicationServerKey)."""

    def authorization(self, origin: str) -> str:
        """The header for a push service."""
        until, token = self._tokens.get(origin, (0.0, ""))
        now = time.time()
        if until - RENEW_SECONDS < now:
            until = now + TOKEN_SECONDS
            claims = {"aud": origin, "exp": int(until), "sub": self._contact}
            token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, self._signing, algorithms=["ES256"])
            if len(self._tokens) > 100:
                self._tokens.clear()
            self._tokens[origin] = (until, token)
        return f"vapid t={token}, k={self.public}"


def _private_key(text: str) -> ec.EllipticCurvePrivateKey:
    if not text.startswith("-----"):
        return ec.derive_private_key(int.from_bytes(decode(text), "big"), ec.SECP256R1())
    key = serialization.load_pem_private_key(text.encode(), None)
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("the key of web push must be of P-256")
    return key
