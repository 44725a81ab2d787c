"""Headers of mails in Vietnamese.

Python's own folding may put a space between two encoded words, where a reader's program must drop it (RFC 2047 6.2):
"đánh giá, phân hạng" arrives as "đánh giá,phân hạng". Ours keeps every space inside a word.
"""

from collections.abc import Sequence
from email.header import Header
from email.headerregistry import Address
from email.policy import EmailPolicy
from typing import Any

LINE = 76
"""Characters of a line of a header (RFC 2047 2)."""


class MailPolicy(EmailPolicy):
    """Mails for SMTP whose subject and names arrive letter by letter as they were written."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        """A header as it goes over the wire."""
        if name.lower() == "list-unsubscribe":  # a long address would be encoded, and mail programs do not undo it
            return f"{name}: {value}{self.linesep}".encode("ascii")
        addresses: Sequence[Address] = getattr(value, "addresses", ())
        if name.lower() == "subject":
            text, rest = str(value), ""
        elif len(addresses) == 1:
            text, rest = addresses[0].display_name, f"{self.linesep} <{addresses[0].addr_spec}>"
        else:
            return super().fold_binary(name, value)
        if text.isascii():
            return super().fold_binary(name, value)
        words = Header(text, "utf-8", maxlinelen=LINE, header_name=name).encode(linesep=self.linesep)
        return f"{name}: {words}{rest}{self.linesep}".encode("ascii")


MAIL_POLICY = MailPolicy(linesep="\r\n")
