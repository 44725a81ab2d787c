"""A push service and the devices behind it (RFC 8030, 8291, 8292): it verifies who sends, the device decrypts."""

import base64
import json
import os
import time
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.simulators.faults import Faults

MOST_BYTES = 4096


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Device:
    """A browser that subscribed. `shown` are the messages that wait on it, by topic."""

    name: str
    server_key: str = ""
    """The applicationServerKey it subscribed with; empty takes any."""
    gone: int = 0
    """404 or 410: the subscription is no more."""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))
    shown: dict[str, dict[str, Any]] = field(default_factory=dict)
    headers: list[dict[str, str]] = field(default_factory=list)

    def public(self) -> bytes:
        """Its p256dh."""
        return self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    def subscription(self, url: str) -> dict[str, Any]:
        """What `PushSubscription.toJSON()` gives."""
        keys = {"p256dh": _text(self.public()), "auth": _text(self.auth)}
        return {"endpoint": f"{url}/push/{self.name}", "expirationTime": None, "keys": keys}

    def decrypt(self, body: bytes) -> dict[str, Any]:
        """The message in a body. Raises cryptography's InvalidTag when it is for another device."""
        salt, length = body[:16], body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender))
        secret = HKDF(SHA256(), 32, self.auth, b"WebPush: info\x00" + self.public() + sender).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret)
        message: dict[str, Any] = json.loads(AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")[:-1])
        return message


@dataclass
class PushService:
    """One push service. `wait` is what Retry-After asks for while `faults.status` is set."""

    faults: Faults = field(default_factory=Faults)
    wait: int = 0
    devices: dict[str, Device] = field(default_factory=dict)
    asked: int = 0

    def subscribe(self, name: str, server_key: str = "") -> Device:
        """A new device."""
        self.devices[name] = Device(name, server_key)
        return self.devices[name]

    def routes(self) -> list[Route]:
        """Where it listens."""
        return [Route("/push/{name}", self.take, methods=["POST"])]

    async def take(self, request: Request) -> Response:
        """Take a message for a device, or say by status why not."""
        self.asked += 1
        if (fault := await self.faults.before()) is not None:
            if self.wait:
                fault.headers["Retry-After"] = str(self.wait)
            return fault
        body = await request.body()
        device = self.devices.get(request.path_params["name"])
        status = self._verdict(request, body, device)
        if status != 201 or device is None:
            return Response(status_code=status)
        device.headers.append(dict(request.headers))
        device.shown[request.headers.get("topic", str(len(device.shown)))] = device.decrypt(body)
        location = f"{request.base_url}message/{device.name}/{len(device.headers)}"
        return self.faults.after(Response(status_code=201, headers={"Location": location}))

    def _verdict(self, request: Request, body: bytes, device: Device | None) -> int:  # as the RFCs list
        if device is None:
            return 404
        if device.gone:
            return device.gone
        if len(body) > MOST_BYTES:
            return 413
        if not request.headers.get("ttl", "").isdigit() or request.headers.get("content-encoding") != "aes128gcm":
            return 400
        key = self._sender(request)
        if key is None:
            return 401
        return 403 if device.server_key and key != device.server_key else 201

    @staticmethod
    def _sender(request: Request) -> str | None:
        """The public key of who sends, proven by its token; None when it proves nothing."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
        if scheme != "vapid" or not {"t", "k"} <= set(parts):
            return None
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _bytes(parts["k"]))
        pem = point.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        try:
            claims = jwt.decode(parts["t"], ECKey.import_key(pem), algorithms=["ES256"]).claims
        except JoseError:
            return None
        lives = 0 < claims["exp"] - time.time() <= 86_400
        ours = claims["aud"] == str(request.base_url).rstrip("/") and claims["sub"].startswith(("mailto:", "https://"))
        return parts["k"] if lives and ours else None
