"""The provider's word on who somebody is, and all the reasons not to believe it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import structlog
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from domain.identity import NotIdentified
from domain.record import record

LEEWAY = 60
"""Seconds that the clocks of the provider and of this machine may differ."""

log = structlog.get_logger("sign in")


@record
class Expected:
    """What an ID token has to say. `access_token` is the one it came with."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str
    algorithms: frozenset[str]
    now: datetime


def verified_claims(
    id_token: object, expected: Expected, keys: Callable[[KeySet | None], KeySet]
) -> dict[str, Any]:
    """The claims of a token that was made by the provider, for us, now, and for this errand.

    `keys` gives the provider's keys: those that are known, or newer ones than those in which the
    token's key was not found. After OpenID Connect Core 1.0, section 3.1.3.7.
    Raises NotIdentified (identity-refused).
    """
    if not isinstance(id_token, str):
        raise _refused("there is none")
    known = keys(None)
    try:
        try:
            token = jwt.decode(id_token, known, algorithms=expected.algorithms)
        except InvalidKeyIdError:
            token = jwt.decode(id_token, keys(known), algorithms=expected.algorithms)
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": expected.issuer},
                "sub": {"essential": True},
                "aud": {"essential": True, "value": expected.client_id},
            },
            params={
                "nonce": expected.nonce,
                "client_id": expected.client_id,
                "access_token": expected.access_token,
            },
        )
        claims.validate(now=int(expected.now.timestamp()), leeway=LEEWAY)
    except (JoseError, ValueError, TypeError) as error:
        raise _refused(error) from error
    return dict(claims)


def _refused(why: object) -> NotIdentified:
    log.warning("an ID token is refused", why=str(why)[:500])
    return NotIdentified(
        "identity-refused", "The provider's word on who you are does not hold: it was refused."
    )
