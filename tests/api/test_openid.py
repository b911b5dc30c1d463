"""Signing in through a real OpenID Connect provider: who comes in as whom, and who does not."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from httpx2 import Response

from adapters.openid import discovery
from api.auth.arrivals import BY_SIGN_IN
from domain.access import Role
from domain.ids import AgentId, agent_stream
from domain.recorded import Recorded
from tests.api.browser import Browser
from tests.api.desk import WORKSPACE, Desk, Person, running_desk
from tests.api.real_provider import RealProvider, real_provider
from tests.database import Databases

CALLBACK = "http://testserver/api/v1/sign-in/{}/callback"
PAGE = {"Accept": "text/html,application/xhtml+xml"}
HELPDESK = {"desk admins": "admin", "helpdesk": "agent", "customers": "requester"}

PROVIDERS: dict[str, dict[str, Any]] = {
    "company": {"name": "Company account", "client_secret": "s3cret", "roles": HELPDESK},
    "anybody": {"roles": {"helpdesk": "agent"}, "other_role": "requester"},
    "closed": {"client_secret": "s3cret", "roles": HELPDESK, "register_new": False},
    "by_name": {
        "client_secret": "s3cret",
        "roles": HELPDESK,
        "person_claim": "preferred_username",
        "parameters": {"prompt": "login"},
    },
}
"""Four ways to set up the same provider."""


def clients() -> list[dict[str, Any]]:
    return [
        {
            "client_id": ident,
            "redirect_uris": [CALLBACK.format(ident)],
            "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
            **({"client_secret": secret} if secret else {}),
        }
        for ident, settings in PROVIDERS.items()
        for secret in [settings.get("client_secret")]
    ]


@pytest.fixture(scope="module")
def provider() -> Iterator[RealProvider]:
    with real_provider(clients()) as running:
        yield running


@pytest.fixture(scope="module")
def desk(provider: RealProvider, databases: Databases) -> Iterator[Desk]:
    oidc = {
        ident: {
            "issuer": provider.issuer,
            "client_id": ident,
            "scopes": "openid email profile groups",
            **settings,
        }
        for ident, settings in PROVIDERS.items()
    }
    with databases.fresh(migrated=True) as url, running_desk(url, oidc=oidc) as running:
        yield running


def somebody(provider: RealProvider, login: str, *groups: str, **claims: Any) -> str:
    known = {
        "name": login.capitalize(),
        "preferred_username": login,
        "email": f"{login}@example.com",
        "email_verified": True,
        "groups": groups,
        **claims,
    }
    provider.knows(login, **known)
    return login


def begins(browser: Browser, ident: str, return_to: str = "/") -> str:
    """The address that the browser is sent to."""
    path = f"/sign-in/{ident}"
    sent = browser.request("GET", path, params={"return_to": return_to}, headers=PAGE)
    assert sent.status_code == 302, sent.text
    return str(sent.headers["location"])


def comes_back(browser: Browser, provider: RealProvider, ident: str, login: str) -> Response:
    """Sign in there, and come back with what it said."""
    back = provider.visit(begins(browser, ident), login, back_at=CALLBACK.format(ident))
    return browser.request("GET", back, headers=PAGE)


def signs_in(desk: Desk, provider: RealProvider, login: str, ident: str = "company") -> Browser:
    browser = Browser(desk)
    answer = comes_back(browser, provider, ident, login)
    assert (answer.status_code, answer.headers["location"]) == (302, "/"), answer.text
    browser.csrf = browser.request("GET", "/me").json()["csrf"]
    return browser


def events_of(desk: Desk, agent: str) -> list[Recorded[Any]]:
    return list(desk.services.store.load(WORKSPACE, agent_stream(AgentId(agent))))


def problem(answer: Response) -> str:
    """The problem that a person's browser is shown."""
    where = urlsplit(answer.headers["location"])
    assert (answer.status_code, where.path) == (302, "/sign-in")
    assert "set-cookie" not in answer.headers or "session=" not in answer.headers["set-cookie"]
    (code,) = parse_qs(where.query)["problem"]
    return code


def test_the_ways_to_sign_in_are_listed(desk: Desk) -> None:
    ways = desk.client.get("/api/v1/sign-in").json()
    assert (ways["workspace"], ways["password"]) == ("default", True)
    assert ways["providers"][0] == {
        "id": "company",
        "name": "Company account",
        "start": "/api/v1/sign-in/company",
    }
    assert [way["name"] for way in ways["providers"][1:]] == ["Anybody", "Closed", "By name"]


def test_somebody_new_becomes_an_agent_who_works(desk: Desk, provider: RealProvider) -> None:
    browser = signs_in(desk, provider, somebody(provider, "dana", "staff", "helpdesk"))
    me = browser.request("GET", "/me").json()
    assert (me["person"], me["role"], me["name"]) == ("dana", "agent", "Dana")
    assert me["email"] == "dana@example.com"
    ticket = {"requester": "mina", "subject": "Paper jam"}
    assert browser.request("POST", "/tickets", json=ticket).status_code == 201
    (session,) = browser.request("GET", "/sessions").json()["items"]
    assert session["label"] == "unknown device (Company account)"
    (registered,) = events_of(desk, "dana")
    assert registered.event.by == BY_SIGN_IN


def test_who_comes_again_is_the_same_person_in_the_role_of_today(
    desk: Desk, provider: RealProvider
) -> None:
    first = signs_in(desk, provider, somebody(provider, "rae", "helpdesk", "desk admins"))
    assert first.request("GET", "/me").json()["role"] == "admin"
    second = signs_in(desk, provider, somebody(provider, "rae", "helpdesk", "desk admins"))
    assert first.request("GET", "/me").status_code == 200
    somebody(provider, "rae", "helpdesk", name="Rae Song", email="rae@example.org")
    third = signs_in(desk, provider, "rae")
    me = third.request("GET", "/me").json()
    assert (me["person"], me["role"], me["email"]) == ("rae", "agent", "rae@example.org")
    assert len(events_of(desk, "rae")) == 1
    somebody(provider, "rae", "helpdesk")
    signs_in(desk, provider, "rae")
    gone = {browser.request("GET", "/me").status_code for browser in (first, second)}
    assert gone == {401}


def test_who_has_no_group_is_a_requester_where_that_is_allowed(
    desk: Desk, provider: RealProvider
) -> None:
    browser = signs_in(desk, provider, somebody(provider, "visitor"), "anybody")
    me = browser.request("GET", "/me").json()
    assert (me["person"], me["role"]) == ("visitor", "requester")
    assert browser.request("POST", "/tickets", json={"subject": "Help"}).status_code == 201


def test_a_requester_and_an_agent_of_the_desk_are_known_by_their_address(
    desk: Desk, provider: RealProvider
) -> None:
    desk.admin.post("/agents", {"agent": "a17", "display_name": "Jo", "email": "Jo@example.com"})
    desk.admin.post(
        "/requesters", {"requester": "r17", "display_name": "Jo", "emails": ["jo@example.com"]}
    )
    while desk.services.runner.step():
        pass
    somebody(provider, "jo", "helpdesk")
    assert signs_in(desk, provider, "jo").request("GET", "/me").json()["person"] == "a17"
    somebody(provider, "jo", "customers")
    assert signs_in(desk, provider, "jo").request("GET", "/me").json()["person"] == "r17"


def test_an_account_with_a_password_and_one_at_the_provider_are_one_person(
    desk: Desk, provider: RealProvider
) -> None:
    desk.services.sessions.put_account(
        workspace=WORKSPACE, email="min@example.com", person="kim", role=Role.AGENT, name="Kim"
    )
    browser = signs_in(desk, provider, somebody(provider, "min", "helpdesk"), "closed")
    assert browser.request("GET", "/me").json()["person"] == "kim"


def test_an_id_of_the_desk_may_come_in_a_claim(desk: Desk, provider: RealProvider) -> None:
    somebody(provider, "u1", "helpdesk", preferred_username="agent", email_verified=False)
    browser = signs_in(desk, provider, "u1", "by_name")
    me = browser.request("GET", "/me").json()
    assert (me["person"], me["email"]) == ("agent", None)
    browser = Browser(desk)
    somebody(provider, "u2", "helpdesk", preferred_username="no id, this")
    assert problem(comes_back(browser, provider, "by_name", "u2")) == "not-registered"


@pytest.mark.parametrize(
    ("ident", "claims", "code"),
    [
        ("company", {"groups": ["staff"]}, "no-role"),
        ("company", {"groups": "no list"}, "no-role"),
        ("company", {"groups": None}, "no-role"),
        ("company", {"groups": ["helpdesk"], "email_verified": False}, "no-email"),
        ("company", {"groups": ["helpdesk"], "email_verified": "true"}, "no-email"),
        ("company", {"groups": ["helpdesk"], "email": "nonsense"}, "no-email"),
        ("company", {"groups": ["helpdesk"], "email": None}, "no-email"),
        ("closed", {"groups": ["helpdesk"]}, "not-registered"),
    ],
)
def test_who_may_not_come_in_is_told_why(
    desk: Desk, provider: RealProvider, ident: str, claims: dict[str, Any], code: str
) -> None:
    login = somebody(provider, "outsider", **claims)
    browser = Browser(desk)
    assert problem(comes_back(browser, provider, ident, login)) == code
    back = provider.visit(begins(browser, ident), login, back_at=CALLBACK.format(ident))
    told = browser.request("GET", back)  # as a program, which reads no pages
    assert told.status_code == 403
    assert told.json()["type"] == f"/problems/{code}"
    assert desk.client.get(f"/problems/{code}").status_code == 200
    assert browser.cookies == {}


def test_who_left_the_desk_does_not_come_back_through_the_provider(
    desk: Desk, provider: RealProvider
) -> None:
    browser = signs_in(desk, provider, somebody(provider, "lou", "helpdesk"))
    assert desk.services.access.disable_account(WORKSPACE, "Lou@example.com")
    parted = Browser(desk)
    assert problem(comes_back(parted, provider, "company", "lou")) == "account-ended"
    desk.services.gate.forget(browser.request("GET", "/me").json().get("token", ""))
    desk.services.sessions.put_account(
        workspace=WORKSPACE, email="lou@example.com", person="lou", role=Role.AGENT, name="Lou"
    )
    again = signs_in(desk, provider, "lou")
    assert again.request("GET", "/me").json()["person"] == "lou"
    left = desk.admin.post("/agents/lou/deactivate_agent", {"reason": "retired"})
    assert left.status_code == 200, left.text
    assert problem(comes_back(parted, provider, "company", "lou")) == "account-ended"


def test_an_ended_login_is_not_opened_by_the_provider(desk: Desk, provider: RealProvider) -> None:
    desk.services.sessions.put_account(
        workspace=WORKSPACE, email="ex@example.com", person="kim", role=Role.AGENT, name="Kim"
    )
    desk.services.access.disable_account(WORKSPACE, "ex@example.com")
    somebody(provider, "ex", "helpdesk")
    answer = comes_back(Browser(desk), provider, "company", "ex")
    assert problem(answer) == "account-ended"


def test_who_cancels_may_try_again_and_still_comes_to_where_they_wanted(
    desk: Desk, provider: RealProvider
) -> None:
    browser = Browser(desk)
    url = begins(browser, "company", "/tickets/42?tab=history")
    back = provider.visit(url, "dana", back_at=CALLBACK.format("company"), agrees=False)
    answer = browser.request("GET", back, headers=PAGE)
    assert problem(answer) == "provider-refused"
    where = parse_qs(urlsplit(answer.headers["location"]).query)
    assert where["to"] == ["/tickets/42?tab=history"]
    assert browser.cookies == {}


def test_a_code_is_good_for_once_and_in_one_browser(desk: Desk, provider: RealProvider) -> None:
    login = somebody(provider, "eve", "helpdesk")
    browser = Browser(desk)
    back = provider.visit(begins(browser, "company"), login, back_at=CALLBACK.format("company"))
    note = dict(browser.cookies)
    assert problem(Browser(desk).request("GET", back, headers=PAGE)) == "sign-in-expired"
    assert browser.request("GET", back, headers=PAGE).headers["location"] == "/"
    assert problem(browser.request("GET", back, headers=PAGE)) == "sign-in-expired"
    browser.cookies |= note
    assert problem(browser.request("GET", back, headers=PAGE)) == "identity-refused"


def test_two_tabs_do_not_disturb_each_other(desk: Desk, provider: RealProvider) -> None:
    login = somebody(provider, "tabs", "helpdesk")
    browser = Browser(desk)
    begun = [begins(browser, "company", f"/tickets/{n}") for n in (1, 2)]
    for n, url in enumerate(begun, start=1):
        back = provider.visit(url, login, back_at=CALLBACK.format("company"))
        answer = browser.request("GET", back, headers=PAGE)
        assert answer.headers["location"] == f"/tickets/{n}"
    assert set(browser.cookies) == {"chronodesk_session"}


def test_the_session_that_a_browser_had_ends(desk: Desk, provider: RealProvider) -> None:
    browser = signs_in(desk, provider, somebody(provider, "dana", "helpdesk"))
    earlier = Browser(desk)
    earlier.cookies = dict(browser.cookies)
    comes_back(browser, provider, "company", somebody(provider, "rae", "helpdesk"))
    assert browser.request("GET", "/me").json()["person"] == "rae"
    assert earlier.request("GET", "/me").status_code == 401


@pytest.mark.parametrize(
    "return_to",
    ["//evil.example", "/\\evil.example", "https://evil.example", "", "tickets", "/a\r\nb", "/\tb"],
)
def test_one_comes_back_to_pages_of_this_desk_alone(desk: Desk, return_to: str) -> None:
    answer = Browser(desk).request("GET", "/sign-in/company", params={"return_to": return_to})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "return_to"


def test_a_provider_that_nobody_set_up_is_not_there(desk: Desk) -> None:
    for path in ("/sign-in/other", "/sign-in/other/callback?code=x&state=y"):
        assert desk.client.get(f"/api/v1{path}").status_code == 404


def test_new_keys_of_the_provider_are_found(
    desk: Desk, provider: RealProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    signs_in(desk, provider, somebody(provider, "dana", "helpdesk"))
    provider.stop()
    away = Browser(desk).request("GET", "/sign-in/company", headers=PAGE)
    assert away.status_code == 302  # where it was is known
    provider.start()
    monkeypatch.setattr(discovery, "NOT_SOONER", 0)
    signs_in(desk, provider, somebody(provider, "dana", "helpdesk"))


def test_a_provider_that_is_away_is_told_apart(desk: Desk, provider: RealProvider) -> None:
    browser = Browser(desk)
    login = somebody(provider, "dana", "helpdesk")
    back = provider.visit(begins(browser, "company"), login, back_at=CALLBACK.format("company"))
    provider.stop()
    try:
        answer = browser.request("GET", back)
    finally:
        provider.start()
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/provider-away"
    assert Person(desk, desk.token(Role.AGENT)).get("/me").status_code == 200
