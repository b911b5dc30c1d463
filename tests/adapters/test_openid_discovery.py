"""What a provider says of itself is taken when it is safe, remembered, and asked for again."""

from collections.abc import Iterator
from typing import Any

import pytest

from adapters.clock import SystemClock
from adapters.openid import discovery
from adapters.openid.asking import client
from adapters.openid.discovery import Discovery
from adapters.openid.provider import OpenIdProvider
from domain.identity import Errand, NotIdentified
from tests.api.hostile_provider import HostileProvider, hostile_provider

ERRAND = Errand(redirect_uri="http://here/back", state="s", nonce="n", verifier="v" * 48)


@pytest.fixture(scope="module")
def running() -> Iterator[HostileProvider]:
    with hostile_provider() as provider:
        yield provider


@pytest.fixture
def hostile(running: HostileProvider) -> HostileProvider:
    running.reset()
    return running


@pytest.fixture
def provider(hostile: HostileProvider) -> OpenIdProvider:
    """One that nobody has asked yet."""
    return OpenIdProvider(
        issuer=hostile.issuer,
        client_id="desk",
        client_secret=None,
        scopes="openid",
        parameters={},
        clock=SystemClock(),
    )


@pytest.mark.parametrize(
    "description",
    [
        {"issuer": "https://another.example"},
        {"issuer": None},
        {"token_endpoint": "http://login.example.com/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": None},
        {"userinfo_endpoint": "http://login.example.com/me"},
    ],
    ids=str,
)
def test_a_description_that_is_not_safe_is_not_taken(
    provider: OpenIdProvider, hostile: HostileProvider, description: dict[str, Any]
) -> None:
    hostile.description = description
    with pytest.raises(NotIdentified, match="provider-away"):
        provider.start(ERRAND)


def test_an_honest_description_leads_to_the_provider(
    provider: OpenIdProvider, hostile: HostileProvider
) -> None:
    assert provider.start(ERRAND).startswith(f"{hostile.issuer}/authorize?")


@pytest.mark.parametrize("keys", ['{"keys": []}', "{}", '{"keys": [{"kty": "odd"}]}', "[]", "<"])
def test_keys_that_are_none_are_not_taken(
    provider: OpenIdProvider, hostile: HostileProvider, keys: str
) -> None:
    hostile.broken = {"/keys": (200, keys)}
    with pytest.raises(NotIdentified, match="provider-away"):
        provider.claims(ERRAND, {"code": "c0de"}, set())


class Asked:
    """A discovery with a clock of its own."""

    def __init__(self, hostile: HostileProvider) -> None:
        self.now = 0.0
        self.discovery = Discovery(hostile.issuer, client, now=lambda: self.now)


def test_a_provider_is_asked_once_an_hour(hostile: HostileProvider) -> None:
    asked = Asked(hostile)
    for now, times in ((0, 1), (3_599, 1), (3_600, 2)):
        asked.now = now
        first = asked.discovery.keys()
        assert hostile.asked.count("/keys") == times
    for _ in range(100):  # tokens with keys that nobody has
        assert asked.discovery.keys(first) is first
    assert hostile.asked.count("/keys") == 2
    asked.now += discovery.NOT_SOONER
    assert asked.discovery.keys(first) is not first
    assert asked.discovery.keys(first) is not first  # somebody else found newer ones
    assert hostile.asked.count("/keys") == 3


def test_nobody_waits_in_line_for_a_provider_that_is_away(hostile: HostileProvider) -> None:
    asked = Asked(hostile)
    configuration = "/.well-known/openid-configuration"
    hostile.broken = {configuration: (500, "")}
    for _ in range(5):
        with pytest.raises(NotIdentified, match="provider-away"):
            asked.discovery.endpoints()
    assert hostile.asked.count(configuration) == 1
    hostile.broken = {}
    asked.now += discovery.NOT_SOONER
    known = asked.discovery.endpoints()
    hostile.broken = {configuration: (500, "")}
    asked.now += discovery.LASTS
    assert asked.discovery.endpoints() is known  # what it said before goes on to hold
