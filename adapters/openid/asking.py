"""How a provider is asked: for seconds and no longer, and with words for what goes wrong."""

from collections.abc import Callable
from functools import cache
from ssl import SSLContext
from typing import Any, TypeAlias

import httpx2
import structlog
from authlib.integrations.httpx_client import OAuth2Client

from domain.identity import NotIdentified

Client: TypeAlias = OAuth2Client

SECONDS = 10.0
"""How long somebody who signs in waits for the provider, at each step."""

log = structlog.get_logger("sign in")


def client(**more: Any) -> Client:
    """A client for one errand: it keeps the token that it gets, so nobody shares it."""
    return OAuth2Client(
        verify=_certificates(),
        timeout=SECONDS,
        follow_redirects=False,
        leeway=0,  # a token that was given this moment is used at once, however short its life
        **more,
    )


def document(ask: Callable[[], httpx2.Response]) -> dict[str, Any]:
    """The JSON object that a provider answers with. Raises NotIdentified (provider-away)."""
    try:
        answer = ask()
        answer.raise_for_status()
        said = answer.json()
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        raise away(error) from error
    if not isinstance(said, dict):
        raise away("its answer is no JSON object")
    return said


def away(why: object) -> NotIdentified:
    """What to raise when the provider does not answer as providers do; the log knows why."""
    log.warning("the provider does not answer", why=str(why)[:500])
    return NotIdentified("provider-away", "The sign-in provider does not answer as it should.")


@cache
def _certificates() -> SSLContext:
    """Loaded once: it takes longer than many a request."""
    return httpx2.create_ssl_context()
