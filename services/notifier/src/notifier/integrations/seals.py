"""Secrets of others as they lie in the database: sealed with the key of the settings (NOTIFIER_TOKEN_KEY)."""

from cryptography.fernet import Fernet, InvalidToken


class Unsealable(Exception):
    """It was sealed with another key."""


class Seal:
    """Seals and opens short texts."""

    def __init__(self, key: str) -> None:
        self._box = Fernet(key)

    def close(self, text: str) -> bytes:
        """What may be stored."""
        return self._box.encrypt(text.encode())

    def open(self, sealed: bytes) -> str:
        """The text again. Raises Unsealable."""
        try:
            return self._box.decrypt(sealed).decode()
        except InvalidToken as error:
            raise Unsealable("sealed with another key than NOTIFIER_TOKEN_KEY") from error
