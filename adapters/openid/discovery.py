"""What a provider says of itself: where its endpoints are, and which keys it signs with."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from adapters.openid.asking import Client, away, document
from domain.identity import NotIdentified
from domain.record import record

T = TypeVar("T")

LASTS = 3_600.0
"""Seconds after which a provider is asked again."""

NOT_SOONER = 10.0
"""Seconds between two looks for what is missing: forged tokens shall make no flood of requests, and
nobody shall wait in line for a provider that is away."""

SIGNING = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)
"""Algorithms that only the provider can sign with: no shared secret, and never none."""

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@record
class Endpoints:
    """Addresses of a provider, and what it can do. `userinfo` is None when there is none."""

    authorization: str
    token: str
    keys: str
    userinfo: str | None
    algorithms: frozenset[str]
    secret_in_body: bool
    names_itself: bool


class Kept(Generic[T]):
    """What a provider said, until it is old. Safe to share between threads."""

    def __init__(self, ask: Callable[[], T], now: Callable[[], float]) -> None:
        """`ask` raises NotIdentified when the provider is away; `now` gives seconds."""
        self._ask = ask
        self._now = now
        self._lock = Lock()
        self._said: tuple[float, T] | None = None
        self._failed: tuple[float, NotIdentified] | None = None

    def get(self, unfit: T | None = None) -> T:
        """What it said last, or says now: when that is old, or was found to be `unfit`.

        While the provider is away, what it said before goes on to hold. Raises NotIdentified when
        there is nothing; then nobody waits for it again for some seconds.
        """
        with self._lock:
            if self._is_due(unfit):
                try:
                    self._said, self._failed = (self._now(), self._ask()), None
                except NotIdentified as error:
                    self._failed = self._now(), error
            if self._said is not None:
                return self._said[1]
            raise self._failed[1] if self._failed else away("it was never asked")

    def _is_due(self, unfit: T | None) -> bool:
        now = self._now()
        if self._failed is not None and now - self._failed[0] < NOT_SOONER:
            return False
        if self._said is None:
            return True
        since, said = self._said
        return now - since >= (NOT_SOONER if said is unfit else LASTS)


class Discovery:
    """A provider's endpoints and keys. Safe to share between threads.

    Every method raises NotIdentified (provider-away).
    """

    def __init__(
        self, issuer: str, client: Callable[[], Client], now: Callable[[], float] = time.monotonic
    ) -> None:
        """`client` makes a client that asks; `now` gives seconds."""
        self._issuer = issuer
        self._client = client
        self._endpoints = Kept(self._ask_for_endpoints, now)
        self._keys = Kept(self._ask_for_keys, now)

    def endpoints(self) -> Endpoints:
        """Where to ask for what."""
        return self._endpoints.get()

    def keys(self, unfit: KeySet | None = None) -> KeySet:
        """The provider's keys, newer ones than those that were `unfit` if it may have any."""
        return self._keys.get(unfit)

    def _ask_for_endpoints(self) -> Endpoints:
        url = f"{self._issuer.rstrip('/')}/.well-known/openid-configuration"
        return _endpoints(self._issuer, self._ask(url))

    def _ask_for_keys(self) -> KeySet:
        return _keys(self._ask(self.endpoints().keys))

    def _ask(self, url: str) -> dict[str, Any]:
        with self._client() as client:
            return document(lambda: client.get(url, auth=None))


def is_safe(url: object) -> bool:
    """Whether nobody on the way can read or change what goes there: https, or this machine."""
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


def _endpoints(issuer: str, said: dict[str, Any]) -> Endpoints:
    if said.get("issuer") != issuer:
        raise away(f"it calls itself {said.get('issuer')!r} and is set as {issuer!r}")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not is_safe(said.get(name)):
            raise away(f"its {name} is no https address")
    if "userinfo_endpoint" in said and not is_safe(said["userinfo_endpoint"]):
        raise away("its userinfo_endpoint is no https address")
    named = said.get("id_token_signing_alg_values_supported")
    ways = said.get("token_endpoint_auth_methods_supported")
    return Endpoints(
        authorization=said["authorization_endpoint"],
        token=said["token_endpoint"],
        keys=said["jwks_uri"],
        userinfo=said.get("userinfo_endpoint"),
        algorithms=SIGNING & set(named) if isinstance(named, list) else frozenset({"RS256"}),
        secret_in_body=isinstance(ways, list)
        and "client_secret_post" in ways
        and "client_secret_basic" not in ways,
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
    )


def _keys(said: dict[str, Any]) -> KeySet:
    try:
        return KeySet.import_key_set({"keys": said["keys"]})
    except (JoseError, KeyError, TypeError, ValueError):
        raise NotIdentified(
            "provider-away", "The provider's list of keys has no usable key."
        ) from None
