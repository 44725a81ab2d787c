"""Rules of the development issuer: OAuth 2.0 code flow with PKCE (RFC 6749, RFC 7636, OpenID Connect)."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlencode, urlsplit

from shared.errors import BadRequest

_CHALLENGE = re.compile(r"^[A-Za-z0-9_-]{43}$")
_VERIFIER = re.compile(r"^[A-Za-z0-9._~-]{43,128}$")


@dataclass(frozen=True, slots=True)
class SignInRequest:
    """What a client asks the sign-in page for."""

    client_id: str
    redirect_uri: str
    response_type: str
    scope: str
    state: str | None
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None


def check_client(request: SignInRequest, *, client_id: str, public_url: str) -> None:
    """Raise BadRequest for an unknown client or an address we must not send anybody to.

    Allowed addresses: http://localhost on any port, and the system's own origin.
    """
    if request.client_id != client_id:
        raise BadRequest(
            "client_id không được biết.", f"client_id is not known; it is {client_id}.", code="invalid_client"
        )
    if not redirect_allowed(request.redirect_uri, public_url):
        raise BadRequest(
            "redirect_uri không được phép: chỉ http://localhost:* và địa chỉ của hệ thống.",
            "redirect_uri is not allowed: only http://localhost:* and this system's own origin.",
            code="invalid_redirect_uri",
        )


def redirect_allowed(uri: str, public_url: str) -> bool:
    """Whether a browser may be sent to this address with a code."""
    if not uri.isascii() or not uri.isprintable() or "\\" in uri:
        return False
    try:
        parts = urlsplit(uri)
        origin, own = _origin(parts), _origin(urlsplit(public_url))
    except ValueError:
        return False
    if parts.fragment or parts.username is not None or parts.password is not None:
        return False
    return origin == own or (parts.scheme == "http" and parts.hostname == "localhost")


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or default


def origin_of(uri: str) -> str:
    """Scheme, host and port of an address that was allowed."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc}"


def fault_of(request: SignInRequest) -> str | None:
    """The OAuth error to send back to the client's address, or None for a good request."""
    if request.response_type != "code":
        return "unsupported_response_type"
    if "openid" not in request.scope.split():
        return "invalid_scope"
    if request.code_challenge_method != "S256" or not _CHALLENGE.match(request.code_challenge or ""):
        return "invalid_request"
    return None


def answer_uri(redirect_uri: str, **answer: str | None) -> str:
    """The client's address with the answer in its query."""
    separator = "&" if urlsplit(redirect_uri).query else "?"
    return redirect_uri + separator + urlencode({key: value for key, value in answer.items() if value is not None})


def verifier_matches(verifier: str, challenge: str) -> bool:
    """RFC 7636 §4.6 with S256, the only method accepted."""
    if not _VERIFIER.match(verifier):
        return False
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return hmac.compare_digest(digest, challenge)
