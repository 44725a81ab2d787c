"""Addresses that people give for their notices, and the codes that prove them (data/contact-rules.json)."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from notifier.domain.phones import normalise_mobile
from shared.errors import Fault, Invalid, Problem, Text

KIND = "contact_code"
"""Kind of the notices that carry a code."""
FORMS = frozenset({"mail", "sms", "zns"})
"""Forms of words whose channels reach an address that a person can give and prove."""
_MAIL = re.compile(r"[^@\s<>()\[\],;:\\\"]+@[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?\.[a-z]{2,}")
_LONGEST_MAIL = 254
"""RFC 5321 §4.5.3.1.3, without the brackets."""


class TooManyCodes(Problem):
    """So many codes were asked for that the next must wait (429)."""

    slug, status = "too-many-codes", 429
    title = Text("Xin quá nhiều mã", "Too many codes were asked for")


@dataclass(frozen=True, slots=True)
class CodeDelivery:
    """How often sending a code is tried."""

    tries: int
    first_retry_seconds: int
    longest_retry_seconds: int


@dataclass(frozen=True, slots=True)
class ContactRules:
    """What may be given and how it is proved."""

    kinds: Mapping[str, str]
    """Kind of address (email, mobile) that each channel takes."""
    most_per_channel: int
    digits: int
    minutes: int
    tries: int
    per_address_an_hour: int
    per_person_a_day: int
    delivery: CodeDelivery


def read_contact_rules(document: Mapping[str, Any]) -> ContactRules:
    """The rules of a document. Raises KeyError or ValueError when it is not one."""
    if document["schema"] != "ocop-contact-rules/1":
        raise ValueError(f"not a contact rules document: {document['schema']}")
    if unknown := set(document["channels"].values()) - {"email", "mobile"}:
        raise ValueError(f"no such kind of address: {sorted(unknown)}")
    code, limits = document["code"], document["limits"]
    return ContactRules(
        kinds=dict(document["channels"]),
        most_per_channel=document["most_per_channel"],
        digits=code["digits"],
        minutes=code["minutes"],
        tries=code["tries"],
        per_address_an_hour=limits["per_address_an_hour"],
        per_person_a_day=limits["per_person_a_day"],
        delivery=CodeDelivery(**document["delivery"]),
    )


def normal_address(rules: ContactRules, channel: str, value: str) -> str:
    """The address as it is kept. Raises Invalid, in words, for what the channel does not reach."""
    kind = rules.kinds.get(channel)
    if kind is None:
        known = ", ".join(sorted(rules.kinds))
        raise _invalid("channel", "unknown", f"Không nhập được; chọn: {known}", f"Cannot be given; choose: {known}")
    if kind == "mobile":
        try:
            return normalise_mobile(value)
        except ValueError as error:
            raise _invalid(
                "address",
                "not_mobile",
                "Không phải số di động Việt Nam (03, 05, 07, 08, 09 và tám chữ số)",
                f"This is {error}",
            ) from error
    local, _, domain = value.strip().rpartition("@")
    address = f"{local}@{domain.lower()}"
    if len(address) > _LONGEST_MAIL or not _MAIL.fullmatch(address):
        raise _invalid("address", "not_mail", "Không phải địa chỉ thư điện tử", "This is not a mail address")
    return address


def masked(address: str) -> str:
    """Enough of an address for its owner to know which it is, too little for anybody else to use it."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}•••@{domain}" if at else f"•••{address[-3:]}"


def draw_code(rules: ContactRules) -> str:
    """A new code."""
    return f"{secrets.randbelow(10**rules.digits):0{rules.digits}d}"


def digest_of(code: str, salt: bytes) -> bytes:
    """What is kept of a code. Slow on purpose: to try all of them takes longer than any of them is good for."""
    return hashlib.scrypt(code.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)


def is_one_of(code: str, salt: bytes, digests: Sequence[bytes]) -> bool:
    """Whether the code is one that was sent."""
    given = digest_of(code, salt)
    return any(hmac.compare_digest(given, digest) for digest in digests)


def _invalid(field: str, code: str, vi: str, en: str) -> Invalid:
    return Invalid(faults=[Fault(field, code, Text(vi, en))])
