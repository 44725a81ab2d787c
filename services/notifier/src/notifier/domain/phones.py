"""Vietnamese mobile numbers: the only ones that SMS of a brand name and Zalo reach."""

import re

_KEPT = re.compile(r"[\s.\-()]")
_MOBILE = re.compile(r"84[35789][0-9]{8}")
"""Ten digits from 03, 05, 07, 08 or 09 (numbering plan since 2018), in the form providers take."""


def normalise_mobile(value: str) -> str:
    """The number as `84…` with 11 digits. Raises ValueError, in words, for what is not a Vietnamese mobile number."""
    digits = _KEPT.sub("", value).removeprefix("+")
    if digits.startswith("00"):
        digits = digits[2:]
    if digits.startswith("0"):
        digits = "84" + digits[1:]
    if not _MOBILE.fullmatch(digits):
        raise ValueError("not a Vietnamese mobile number (03, 05, 07, 08 or 09 and eight digits)")
    return digits
