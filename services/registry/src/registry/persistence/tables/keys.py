"""Keys that development makes for itself, and the one-time codes of its sign-in page."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, func
from sqlalchemy.orm import Mapped, mapped_column

from registry.persistence.tables.base import Base


class SigningKeyRow(Base):
    """A private key of a development system; production keeps its own outside the database."""

    __tablename__ = "signing_keys"

    purpose: Mapped[str] = mapped_column(primary_key=True)
    private_key: Mapped[str]
    """PEM, PKCS #8."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class SignInCodeRow(Base):
    """A code of the development sign-in page: taken once, within a minute (RFC 6749 §4.1.2, RFC 7636)."""

    __tablename__ = "sign_in_codes"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the code in hexadecimal: the table alone signs nobody in."""
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id"))
    client_id: Mapped[str]
    redirect_uri: Mapped[str]
    code_challenge: Mapped[str]
    nonce: Mapped[str | None]
    expires_at: Mapped[datetime]
