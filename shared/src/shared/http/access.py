"""Who may call a route. Every route declares one of these; a structural test refuses a route without."""

from typing import Any

from fastapi import Depends, Request

from shared.auth.actors import Actor
from shared.auth.tokens import TokenVerifier
from shared.contracts.roles import Role
from shared.errors import Forbidden, Unauthenticated


def bearer(authorization: str) -> str:
    """The token of an Authorization header. Raises Unauthenticated when there is none."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated(
            "Cần đăng nhập: gửi Authorization: Bearer <token>.",
            "Sign in: send Authorization: Bearer <token>.",
            code="token-missing",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return token.strip()


class Access:
    """The access rule of a route: public, any signed-in person, or an appointment with one of some roles."""

    def __init__(self, roles: frozenset[Role] | None, *, public: bool = False) -> None:
        self.roles = roles
        self.public = public

    async def __call__(self, request: Request) -> Actor | None:
        """The caller. Raises 401 without a usable token, 403 without one of the roles."""
        if self.public:
            return None
        verifier: TokenVerifier = request.app.state.verifier
        actor = await verifier.verify(bearer(request.headers.get("authorization", "")))
        if self.roles is not None and not actor.has(*self.roles):
            raise Forbidden(
                "Vai trò của bạn không làm được việc này.",
                "None of your appointments allows this.",
                needs=sorted(self.roles),
            )
        request.state.actor = actor
        return actor


def allow(*roles: Role) -> Any:
    """Only callers with a current appointment to one of `roles`."""
    return Depends(Access(frozenset(roles)), scope="function")


def signed_in() -> Any:
    """Any caller with a valid platform token."""
    return Depends(Access(None), scope="function")


def public() -> Any:
    """Anybody: what is shown must be public."""
    return Depends(Access(None, public=True), scope="function")
