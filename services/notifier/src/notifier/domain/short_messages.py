"""Text of an SMS: without diacritics, counted as the network counts it (3GPP TS 23.038)."""

import math
import unicodedata

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("^{}\\[~]|€")
"""Two places each."""
ONE, EACH = 160, 153
"""Places of a lone segment, and of each of several."""
_REPLACED = str.maketrans({"đ": "d", "Đ": "D", "–": "-", "—": "-", "“": '"', "”": '"', "‘": "'", "’": "'", "…": "..."})


def unsigned(text: str) -> str:
    """The text on one line without diacritics; what the network's alphabet does not have becomes a question mark."""
    plain = unicodedata.normalize("NFD", " ".join(text.split()).translate(_REPLACED))
    kept = (letter for letter in plain if not unicodedata.combining(letter))
    return "".join(letter if letter in _BASIC or letter in _EXTENDED else "?" for letter in kept)


def count_segments(text: str) -> int:
    """How many messages the network charges for an unsigned text. A letter of two places is never split."""
    places = [2 if letter in _EXTENDED else 1 for letter in text]
    if sum(places) <= ONE:
        return 1
    segments, used = 1, 0
    for place in places:
        if used + place > EACH:
            segments, used = segments + 1, 0
        used += place
    return max(segments, math.ceil(sum(places) / EACH))
