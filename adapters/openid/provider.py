"""One OpenID Connect provider: the authorization code flow with PKCE (RFC 7636, S256)."""

from collections.abc import Collection, Mapping
from typing import Any

import httpx2
import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client import OAuthError

from adapters.openid.asking import Client, away, client, document
from adapters.openid.discovery import Discovery, Endpoints
from adapters.openid.id_token import Expected, verified_claims
from commands.ports import Clock
from domain.identity import Errand, NotIdentified

_UNKNOWN_HERE = frozenset({"invalid_client", "unauthorized_client"})
"""Errors (RFC 6749, section 5.2) that say that client id or secret are wrong."""

log = structlog.get_logger("sign in")


class OpenIdProvider:
    """See api.auth.ports.IdentityProvider."""

    def __init__(
        self,
        *,
        issuer: str,
        client_id: str,
        client_secret: str | None,
        scopes: str,
        parameters: Mapping[str, str],
        clock: Clock,
    ) -> None:
        """`parameters` go along with each request for authorization."""
        self._issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = scopes
        self._parameters = dict(parameters)
        self._clock = clock
        self._discovery = Discovery(issuer, client)

    def start(self, errand: Errand) -> str:
        with self._client(self._discovery.endpoints(), errand) as asking:
            url, _ = asking.create_authorization_url(
                self._discovery.endpoints().authorization,
                **self._parameters,
                state=errand.state,
                nonce=errand.nonce,
                code_verifier=errand.verifier,
            )
        return str(url)

    def claims(
        self, errand: Errand, answer: Mapping[str, str], wanted: Collection[str]
    ) -> Mapping[str, Any]:
        endpoints = self._discovery.endpoints()
        self._refuse_others(answer, endpoints)
        with self._client(endpoints, errand) as asking:
            tokens = _exchange(asking, endpoints, errand, answer["code"])
            claims = verified_claims(
                tokens.get("id_token"),
                Expected(
                    issuer=self._issuer,
                    client_id=self._client_id,
                    nonce=errand.nonce,
                    access_token=str(tokens.get("access_token", "")),
                    algorithms=endpoints.algorithms,
                    now=self._clock.now(),
                ),
                self._discovery.keys,
            )
            if endpoints.userinfo is not None and not set(wanted) <= claims.keys():
                claims = {**_userinfo(asking, endpoints.userinfo, claims["sub"]), **claims}
        return claims

    def _client(self, endpoints: Endpoints, errand: Errand) -> Client:
        way = "none"
        if self._client_secret is not None:
            way = "client_secret_post" if endpoints.secret_in_body else "client_secret_basic"
        return client(
            client_id=self._client_id,
            client_secret=self._client_secret,
            token_endpoint_auth_method=way,
            scope=self._scopes,
            redirect_uri=errand.redirect_uri,
            code_challenge_method="S256",
        )

    def _refuse_others(self, answer: Mapping[str, str], endpoints: Endpoints) -> None:
        """An answer that another provider gave is not ours to redeem (RFC 9207)."""
        issuer = answer.get("iss")
        if issuer is None and not endpoints.names_itself:
            return
        if issuer != self._issuer:
            log.warning("an answer of another provider", issuer=str(issuer)[:200])
            raise NotIdentified("identity-refused", "Another provider answered than was asked.")


def _exchange(asking: Client, endpoints: Endpoints, errand: Errand, code: str) -> Mapping[str, Any]:
    """The tokens for a code, which is good for this once."""
    try:
        tokens: Mapping[str, Any] = asking.fetch_token(
            endpoints.token,
            grant_type="authorization_code",
            code=code,
            code_verifier=errand.verifier,
        )
    except OAuthError as error:
        log.warning("the provider gives no token", error=error.error, why=error.description)
        if error.error in _UNKNOWN_HERE:
            raise NotIdentified(
                "provider-refused", "The provider does not know this desk: its settings are wrong."
            ) from error
        raise NotIdentified(
            "identity-refused", "The provider does not accept its own answer (any more)."
        ) from error
    except (httpx2.HTTPError, AuthlibBaseError, ValueError, TypeError) as error:
        raise away(error) from error
    return tokens


def _userinfo(asking: Client, address: str, subject: str) -> dict[str, Any]:
    """More claims about the same person (OpenID Connect Core 1.0, section 5.3)."""
    try:
        said = document(lambda: asking.get(address))
    except AuthlibBaseError as error:
        raise away(error) from error
    if said.get("sub") != subject:
        log.warning("claims about somebody else")
        raise NotIdentified("identity-refused", "The provider spoke of somebody else.")
    return said
