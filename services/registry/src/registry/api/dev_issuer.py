"""Development only: an OpenID Connect provider that signs in the demonstration people. Absent in production."""

import secrets
from typing import Annotated, Any

from fastapi import Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel

from registry.api.deps import DevIssuerSigner, RegistrySettings, Uow
from registry.api.html import render_page
from registry.domain.sign_in import SignInRequest, answer_uri, check_client, fault_of, origin_of
from registry.persistence.unit_of_work import RegistryUow
from registry.use_cases.sign_in import ID_TOKEN_SECONDS, grant_code, id_token, invalid_grant, take_code
from shared.errors import BadRequest
from shared.http.access import public
from shared.http.app import service_router

router = service_router("registry", "/dev-issuer", tags=["development"])
SHOWN = 40
"""People on the page at once; the rest are found by searching."""


class IssuedTokens(BaseModel):
    """The token endpoint's answer. The access token opens nothing here: exchange the id_token at POST /tokens."""

    access_token: str
    token_type: str = "Bearer"  # noqa: S105  # the scheme's name, not a secret
    expires_in: int
    scope: str = "openid"
    id_token: str


Short = Annotated[str, Query(max_length=2000)]
Optional = Annotated[str | None, Query(max_length=500)]


def sign_in_request(
    client_id: Short,
    redirect_uri: Short,
    response_type: Short = "",
    scope: Short = "",
    state: Optional = None,
    nonce: Optional = None,
    code_challenge: Optional = None,
    code_challenge_method: Optional = None,
) -> SignInRequest:
    """The client's request from the query string."""
    return SignInRequest(
        client_id, redirect_uri, response_type, scope, state, nonce, code_challenge, code_challenge_method
    )


@router.get("/.well-known/openid-configuration", dependencies=[public()])
async def read_discovery(settings: RegistrySettings) -> dict[str, Any]:
    """What a client needs to know (OpenID Connect Discovery 1.0)."""
    issuer = settings.dev_issuer
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "jwks_uri": f"{issuer}/jwks.json",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["Ed25519"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["none"],
        "scopes_supported": ["openid", "profile", "email"],
        "claims_supported": ["sub", "name", "email", "email_verified", "nonce"],
    }


@router.get("/jwks.json", dependencies=[public()])
async def read_issuer_keys(signer: DevIssuerSigner) -> dict[str, Any]:
    """The public key of the id_tokens."""
    return signer.public_keys()


@router.get("/authorize", response_class=HTMLResponse, dependencies=[public()])
async def authorize(
    wanted: Annotated[SignInRequest, Depends(sign_in_request)],
    uow: Uow,
    settings: RegistrySettings,
    q: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """The sign-in page: pick a demonstration person."""
    check_client(wanted, client_id=settings.oidc_audience, public_url=settings.public_url)
    if fault := fault_of(wanted):
        return RedirectResponse(answer_uri(wanted.redirect_uri, error=fault, state=wanted.state), 303)
    people = await uow.people.search_demonstration(q, await uow.today(), SHOWN + 1)
    fields = {name: getattr(wanted, name) for name in wanted.__slots__}
    return render_page(
        "sign_in.html",
        form_targets=f"'self' {origin_of(wanted.redirect_uri)}",
        fields={name: value for name, value in fields.items() if value is not None},
        people=people[:SHOWN],
        more=len(people) > SHOWN,
        q=q,
    )


class SignInForm(BaseModel):
    """The page's form: the client's request and the person clicked on."""

    client_id: str
    redirect_uri: str
    response_type: str
    scope: str
    state: str | None = None
    nonce: str | None = None
    code_challenge: str
    code_challenge_method: str
    person: str


@router.post("/authorize", status_code=303, response_class=RedirectResponse, dependencies=[public()])
async def submit_sign_in(form: Annotated[SignInForm, Form()], uow: Uow, settings: RegistrySettings) -> Response:
    """The click on a person: back to the client with a one-time code."""
    wanted = SignInRequest(**form.model_dump(exclude={"person"}))
    check_client(wanted, client_id=settings.oidc_audience, public_url=settings.public_url)
    if fault := fault_of(wanted):
        return RedirectResponse(answer_uri(wanted.redirect_uri, error=fault, state=wanted.state), 303)
    code = await grant_code(uow, wanted, form.person)
    return RedirectResponse(answer_uri(wanted.redirect_uri, code=code, state=wanted.state), 303)


class CodeForm(BaseModel):
    """The token request of a public client (RFC 6749 §4.1.3, RFC 7636 §4.5)."""

    grant_type: str
    code: str
    redirect_uri: str
    client_id: str
    code_verifier: str


@router.post("/token", dependencies=[public()])
async def issue_token(
    request: Request,
    form: Annotated[CodeForm, Form()],
    signer: DevIssuerSigner,
    settings: RegistrySettings,
    response: Response,
) -> IssuedTokens:
    """A code for an id_token. A code is spent by its first use, also by a wrong one."""
    if form.grant_type != "authorization_code":
        raise BadRequest(
            "grant_type phải là authorization_code.",
            "grant_type must be authorization_code.",
            error="unsupported_grant_type",
        )
    async with RegistryUow.open(request.app.state.database) as uow:  # committed before the answer is known
        taken = await take_code(
            uow,
            code=form.code,
            client_id=form.client_id,
            redirect_uri=form.redirect_uri,
            verifier=form.code_verifier,
        )
    if taken is None:
        raise invalid_grant()
    person, nonce = taken
    signed = id_token(signer, person, issuer=settings.dev_issuer, audience=form.client_id, nonce=nonce)
    response.headers["Cache-Control"] = "no-store"
    return IssuedTokens(access_token=secrets.token_urlsafe(24), expires_in=ID_TOKEN_SECONDS, id_token=signed)
