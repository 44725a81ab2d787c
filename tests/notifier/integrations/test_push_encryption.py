"""Encryption and identity of pushed messages, by the examples of the RFCs."""

import base64
import json
import time

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from deploy.simulators.webpush import Device

from notifier.domain.push import decode
from notifier.integrations.push_encryption import Vapid, encrypt

SECRET = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"


def test_the_example_of_rfc_8291_is_encrypted_as_printed_there() -> None:
    body = encrypt(
        b"When I grow up, I want to be a watermelon",
        decode("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        decode("BTBZMqHH6r4Tts7J_aSIgg"),
        salt=decode("DGv6ra1nlYgDCS1FRnbzlw"),
        key=ec.derive_private_key(int.from_bytes(decode(SECRET), "big"), ec.SECP256R1()),
    )
    assert base64.urlsafe_b64encode(body).decode().rstrip("=") == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_only_the_device_it_was_made_for_reads_a_message() -> None:
    device, other = Device("one"), Device("two")
    body = encrypt(json.dumps({"title": "Hạn"}).encode(), device.public(), device.auth)
    assert device.decrypt(body) == {"title": "Hạn"}
    with pytest.raises(InvalidTag):
        other.decrypt(body)
    assert encrypt(b"{}", device.public(), device.auth) != encrypt(b"{}", device.public(), device.auth)


def test_a_token_is_for_one_push_service_and_lives_less_than_a_day() -> None:
    vapid = Vapid(SECRET, "mailto:ocop@example.vn")
    header = vapid.authorization("https://push.example.net")
    claims = json.loads(decode(header.split("t=")[1].split(",")[0].split(".")[1]))
    assert (claims["aud"], claims["sub"]) == ("https://push.example.net", "mailto:ocop@example.vn")
    assert 0 < claims["exp"] - time.time() <= 86_400
    assert header.endswith(f"k={vapid.public}")
    assert vapid.authorization("https://push.example.net") == header, "kept for hours"
    assert vapid.authorization("https://other.example.net") != header


def test_a_key_is_taken_as_pem_too_and_other_curves_are_refused() -> None:
    def pem(key: ec.EllipticCurvePrivateKey) -> str:
        form = serialization.PrivateFormat.PKCS8
        return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()

    key = ec.derive_private_key(int.from_bytes(decode(SECRET), "big"), ec.SECP256R1())
    assert Vapid(pem(key), "mailto:a@b.vn").public == Vapid(SECRET, "mailto:a@b.vn").public
    with pytest.raises(ValueError, match="P-256"):
        Vapid(pem(ec.generate_private_key(ec.SECP384R1())), "mailto:a@b.vn")
    with pytest.raises(ValueError, match="contact"):
        Vapid(SECRET, "ocop")
