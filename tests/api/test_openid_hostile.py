"""What a provider says is believed when all of it fits, and refused in words otherwise."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx2 import Response
from joserfc.jwk import KeySet

from adapters.openid import discovery
from tests.api.browser import Browser
from tests.api.desk import Desk, running_desk
from tests.api.hostile_provider import HostileProvider, hostile_provider, new_key
from tests.database import Databases

SECRET = "a secret that the provider and the desk share"


@pytest.fixture(scope="module")
def hostile() -> Iterator[HostileProvider]:
    with hostile_provider() as running:
        yield running


@pytest.fixture(scope="module")
def desk(hostile: HostileProvider, databases: Databases) -> Iterator[Desk]:
    oidc = {
        "company": {
            "issuer": hostile.issuer,
            "client_id": "desk",
            "client_secret": SECRET,
            "roles": {"helpdesk": "agent"},
        }
    }
    with databases.fresh(migrated=True) as url, running_desk(url, oidc=oidc) as running:
        yield running


@pytest.fixture(autouse=True)
def _honest_at_first(hostile: HostileProvider) -> None:
    hostile.reset()


@pytest.fixture(autouse=True)
def _asks_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test broke shall not keep the next one waiting."""
    monkeypatch.setattr(discovery, "NOT_SOONER", 0)


def returns(desk: Desk, hostile: HostileProvider, **answer: str) -> Response:
    """A browser is sent to the provider and comes back with `answer` beside code and state."""
    browser = Browser(desk)
    sent = browser.request("GET", "/sign-in/company")
    assert sent.status_code == 302, sent.text
    asked = {k: v[0] for k, v in parse_qs(urlsplit(sent.headers["location"]).query).items()}
    hostile.nonce = asked["nonce"]
    parameters = {"code": "c0de", "state": asked["state"], "session_state": "its own", **answer}
    came = browser.request("GET", "/sign-in/company/callback", params=parameters)
    challenge = asked["code_challenge"]
    if hostile.form:
        digest = hashlib.sha256(hostile.form["code_verifier"].encode()).digest()
        assert base64.urlsafe_b64encode(digest).decode().rstrip("=") == challenge
    assert ("chronodesk_session" in browser.cookies) is (came.headers.get("location") == "/")
    return came


def refused(answer: Response) -> str:
    assert answer.status_code in (403, 503), answer.text
    told = answer.json()
    assert told["detail"]
    assert told["what_to_do"]
    return str(told["type"]).removeprefix("/problems/")


def test_an_honest_word_is_believed(desk: Desk, hostile: HostileProvider) -> None:
    answer = returns(desk, hostile, iss=hostile.issuer)
    assert (answer.status_code, answer.headers["location"]) == (302, "/")
    assert hostile.form["grant_type"] == "authorization_code"
    assert hostile.form["redirect_uri"] == "http://testserver/api/v1/sign-in/company/callback"
    assert "/userinfo" not in hostile.asked  # the ID token says enough


LONG_AGO, LONG_AFTER = 1_000_000_000, 4_000_000_000  # seconds since 1970


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"}, {"nonce": ""}, {"nonce": ["x"]},
        {"aud": "another"}, {"aud": []}, {"aud": ["another"]}, {"aud": None}, {"aud": {"desk": 1}},
        {"aud": ["desk", "another"]}, {"aud": ["desk", "another"], "azp": "another"},
        {"azp": "another"},
        {"iss": "https://another.example"}, {"iss": None},
        {"exp": LONG_AGO}, {"exp": "later"}, {"exp": None},
        {"iat": LONG_AFTER}, {"iat": None}, {"nbf": LONG_AFTER},
        {"sub": ""}, {"sub": None}, {"sub": 7}, {"sub": "x" * 256}, {"sub": "a\x00b"},
        {"at_hash": "of another token"},
    ],
    ids=str,
)  # fmt: skip
def test_a_word_that_is_not_for_us_now_and_here_is_refused(
    desk: Desk, hostile: HostileProvider, claims: dict[str, Any]
) -> None:
    hostile.claims = claims
    assert refused(returns(desk, hostile)) == "identity-refused"


@pytest.mark.parametrize("claim", ["iss", "sub", "aud", "exp", "iat", "nonce"])
def test_a_word_that_leaves_something_out_is_refused(
    desk: Desk, hostile: HostileProvider, claim: str
) -> None:
    hostile.without = (claim,)
    assert refused(returns(desk, hostile)) == "identity-refused"


def test_clocks_may_differ_by_a_minute(desk: Desk, hostile: HostileProvider) -> None:
    now = int(time.time())
    hostile.claims = {"exp": now - 20, "iat": now + 20}
    assert returns(desk, hostile).headers["location"] == "/"
    for claims in ({"exp": now - 90}, {"iat": now + 200}, {"nbf": now + 200}):
        hostile.claims = claims
        assert refused(returns(desk, hostile)) == "identity-refused"


def unsigned(token: str) -> str:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    return f"{header}.{token.split('.')[1]}."


def signed_by_secret(token: str, secret: bytes) -> str:
    header = base64.urlsafe_b64encode(b'{"alg": "HS256"}').decode().rstrip("=")
    signed = f"{header}.{token.split('.')[1]}"
    mac = hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def changed(token: str) -> str:
    head, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    more = json.dumps({**claims, "groups": ["helpdesk"], "sub": "admin"}).encode()
    return f"{head}.{base64.urlsafe_b64encode(more).decode().rstrip('=')}.{signature}"


FORGERIES: dict[str, Any] = {
    "none": unsigned,
    "none, with a signature": lambda token: unsigned(token) + token.split(".")[2],
    "by the shared secret": lambda token: signed_by_secret(token, SECRET.encode()),
    "changed": changed,
    "without signature": lambda token: token.rpartition(".")[0] + ".",
    "no token": lambda _: "nonsense",
    "an object": lambda _: {"sub": "s1"},
    "a number": lambda _: 7,
    "empty": lambda _: "",
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_word_is_refused(desk: Desk, hostile: HostileProvider, forge: Any) -> None:
    class Forger(HostileProvider):
        def made_token(self) -> Any:
            return forge(super().made_token())

    hostile.__class__ = Forger
    try:
        assert refused(returns(desk, hostile)) == "identity-refused"
    finally:
        hostile.__class__ = HostileProvider


def test_the_providers_public_key_is_no_shared_secret(desk: Desk, hostile: HostileProvider) -> None:
    returns(desk, hostile)
    public = hostile.key.as_pem(private=False)
    hostile.id_token = signed_by_secret(hostile.made_token(), public)
    assert refused(returns(desk, hostile)) == "identity-refused"


def test_a_key_of_somebody_else_is_refused_whatever_it_is_called(
    desk: Desk, hostile: HostileProvider
) -> None:
    honest = hostile.key
    for kid in (str(honest.kid), "unheard of"):
        hostile.key = new_key(kid)
        assert refused(returns(desk, hostile)) == "identity-refused"
    hostile.key = honest
    assert returns(desk, hostile).headers["location"] == "/"


def test_a_new_key_is_looked_for_when_a_word_names_it(desk: Desk, hostile: HostileProvider) -> None:
    assert returns(desk, hostile).headers["location"] == "/"
    hostile.asked.clear()
    former, hostile.key = hostile.key, new_key("second")
    hostile.published = KeySet([former, hostile.key])
    assert returns(desk, hostile).headers["location"] == "/"
    assert hostile.asked.count("/keys") == 1
    hostile.published = KeySet([hostile.key])
    assert returns(desk, hostile).headers["location"] == "/"
    assert hostile.asked.count("/keys") == 1


def test_an_answer_of_another_provider_is_refused(desk: Desk, hostile: HostileProvider) -> None:
    assert refused(returns(desk, hostile, iss="https://another.example")) == "identity-refused"
    assert hostile.form == {}  # the code went nowhere


@pytest.mark.parametrize("state", ["", "x", "\u00e9", "\x00"])
def test_a_state_that_nobody_was_sent_with_is_refused(
    desk: Desk, hostile: HostileProvider, state: str
) -> None:
    assert refused(returns(desk, hostile, state=state)) == "sign-in-expired"


def test_a_state_that_only_begins_rightly_is_refused(desk: Desk, hostile: HostileProvider) -> None:
    browser = Browser(desk)
    sent = browser.request("GET", "/sign-in/company")
    (state,) = parse_qs(urlsplit(sent.headers["location"]).query)["state"]
    guessed = state[:-1] + ("x" if state[-1] != "x" else "y")
    answer = browser.request(
        "GET", "/sign-in/company/callback", params={"state": guessed, "code": "c0de"}
    )
    assert refused(answer) == "sign-in-expired"
    assert hostile.form == {}


def test_a_refusal_of_the_provider_is_told_in_its_words(
    desk: Desk, hostile: HostileProvider
) -> None:
    browser = Browser(desk)
    sent = browser.request("GET", "/sign-in/company")
    (state,) = parse_qs(urlsplit(sent.headers["location"]).query)["state"]
    answer = browser.request(
        "GET",
        "/sign-in/company/callback",
        params={"state": state, "error": "access_denied", "error_description": "Not on Sundays"},
    )
    assert answer.json()["detail"] == "The provider said: Not on Sundays."


@pytest.mark.parametrize(
    ("path", "said", "code"),
    [
        ("/token", (400, '{"error": "invalid_grant"}'), "identity-refused"),
        ("/token", (401, '{"error": "invalid_client"}'), "provider-refused"),
        ("/token", (500, "<html>Oh no"), "provider-away"),
        ("/token", (429, "slow down"), "provider-away"),
        ("/token", (200, "<html>Welcome"), "provider-away"),
        ("/token", (200, "[]"), "provider-away"),
        ("/token", (200, "{}"), "identity-refused"),
        ("/token", (302, "{}"), "identity-refused"),
    ],
)
def test_a_provider_that_gives_no_token_is_told_apart(
    desk: Desk, hostile: HostileProvider, path: str, said: tuple[int, str], code: str
) -> None:
    hostile.broken = {path: said}
    assert refused(returns(desk, hostile)) == code


def test_what_the_id_token_leaves_out_is_asked_for(desk: Desk, hostile: HostileProvider) -> None:
    hostile.without = ("groups",)
    hostile.userinfo = {"groups": ["helpdesk"], "name": "Another"}
    assert returns(desk, hostile).headers["location"] == "/"
    hostile.userinfo = {"groups": ["helpdesk"], "sub": "somebody else"}
    assert refused(returns(desk, hostile)) == "identity-refused"
    for status, text in ((403, "{}"), (200, "no JSON"), (200, "[]")):
        hostile.broken = {"/userinfo": (status, text)}
        assert refused(returns(desk, hostile)) == "provider-away"


@pytest.mark.parametrize("name", ["Kim\x00", "\ud800", "", "x" * 9_000, 7, None])
def test_an_odd_name_is_no_reason_to_fail(
    desk: Desk, hostile: HostileProvider, name: object
) -> None:
    hostile.claims = {"name": name}
    hostile.userinfo = {"name": name}
    assert returns(desk, hostile).headers["location"] == "/"
