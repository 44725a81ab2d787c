"""The order of Vietnamese words. The database has no Vietnamese collation, so a stored key does the ordering."""

import unicodedata

_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}
"""Grave, hook above, tilde, acute, dot below: the order of Vietnamese dictionaries."""


def sort_key(text: str) -> str:
    """A plain ASCII string that orders as Vietnamese does: letters first (a ă â b …), tones only between equals.

    Letters of one word compare before the next word; apostrophes and other signs are passed over.
    """
    letters: list[str] = []
    tones: list[str] = []
    for character in unicodedata.normalize("NFC", text).lower():
        if character.isspace():
            letters.append("00")
            continue
        base, tone = _split(character)
        if base.isdigit():
            letters.append(f"0{chr(ord('a') + int(base))}")
        elif base in _LETTERS:
            letters.append(f"{_LETTERS.index(base) + 10:02d}")
        else:
            continue
        tones.append(str(tone))
    return "".join(letters) + " " + "".join(tones)


def _split(character: str) -> tuple[str, int]:
    """A letter without its tone, and the tone's place in the order (0: none)."""
    parts = unicodedata.normalize("NFD", character)
    tone = next((_TONES[part] for part in parts if part in _TONES), 0)
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES)), tone
