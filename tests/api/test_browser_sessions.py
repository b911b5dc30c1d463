"""Sessions in a cookie: what a page of the desk may, what other sites may not, signing out."""

import time
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.auth.csrf import Csrf
from api.auth.device import device_of
from api.main import create_app
from domain.access import Role
from tests.api.browser import Browser
from tests.api.desk import WORKSPACE, Desk, Person, another_process

FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
PROXIES = {"trusted_proxies": "10.0.0.7, 10.1.0.0/16"}


def account(desk: Desk, person: str, role: Role = Role.AGENT) -> tuple[str, str]:
    """E-mail address and password of somebody."""
    email = f"{person}@example.com"
    password = desk.services.sessions.put_account(
        workspace=WORKSPACE, email=email, person=person, role=role, name=person.capitalize()
    )
    return email, password


def signed_in(desk: Desk, person: str, **headers: str) -> Browser:
    browser = Browser(desk, **headers)
    answer = browser.sign_in(*account(desk, person))
    assert answer.status_code == 201, answer.text
    return browser


def test_a_browser_signs_in_works_and_signs_out(shared_desk: Desk) -> None:
    browser = Browser(shared_desk)
    answer = browser.sign_in(*account(shared_desk, "kim"))
    assert answer.json()["token"] is None
    assert answer.headers["Cache-Control"] == "no-store"
    given = browser.given["chronodesk_session"]
    assert (given["path"], given["samesite"], given["httponly"]) == ("/", "lax", True)
    assert int(given["max-age"]) == 12 * 3_600
    assert "secure" not in given
    me = browser.request("GET", "/me").json()
    assert (me["person"], me["email"], me["csrf"]) == ("kim", "kim@example.com", browser.csrf)
    opened = browser.request("POST", "/tickets", json={"requester": "mina", "subject": "Paper jam"})
    assert opened.status_code == 201, opened.text
    kept = dict(browser.cookies)
    out = browser.request("DELETE", "/session")
    assert out.status_code == 200
    assert browser.cookies == {}
    browser.cookies = kept
    over = browser.request("GET", "/me")
    assert (over.status_code, over.json()["detail"]) == (401, "Your session is over.")


def test_what_changes_something_wants_the_token_of_this_very_session(shared_desk: Desk) -> None:
    browser, other = signed_in(shared_desk, "kim"), signed_in(shared_desk, "lee")
    ticket = {"requester": "mina", "subject": "Paper jam"}
    for forged in (None, "", "x" * 43, "\u00e9".encode(), other.csrf):
        headers: dict[str, Any] = {} if forged is None else {"X-CSRF-Token": forged}
        browser.csrf = None
        refused = browser.request("POST", "/tickets", json=ticket, headers=headers)
        assert refused.status_code == 403
        assert refused.json()["type"] == "/problems/csrf"
    assert browser.request("DELETE", "/session").status_code == 403
    assert browser.request("GET", "/me").status_code == 200


def test_a_bearer_token_counts_before_the_cookie_and_needs_no_csrf_token(shared_desk: Desk) -> None:
    browser = signed_in(shared_desk, "kim")
    browser.csrf = None
    bearer = {"Authorization": f"Bearer {shared_desk.token(Role.LEAD)}"}
    me = browser.request("GET", "/me", headers=bearer).json()
    assert (me["person"], me["csrf"], me["email"]) == ("lead", None, None)
    ticket = {"requester": "mina", "subject": "Paper jam"}
    assert browser.request("POST", "/tickets", json=ticket, headers=bearer).status_code == 201
    forged = {"Authorization": "Bearer cd_0123456789abcdef_" + "x" * 43}
    assert browser.request("GET", "/me", headers=forged).status_code == 401
    proxys_own = {"Authorization": "Basic a2ltOnB3"}
    assert browser.request("GET", "/me", headers=proxys_own).json()["person"] == "kim"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost:5173"}, 201),
        ({"Origin": "http://testserver"}, 201),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://testserver"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://testserver.evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_nobody_is_signed_in_by_another_site(
    shared_desk: Desk, headers: dict[str, str], status: int
) -> None:
    browser = Browser(shared_desk)
    answer = browser.sign_in(*account(shared_desk, "kim"), **headers)
    assert answer.status_code == status
    assert bool(browser.cookies) is (status == 201)
    if status == 403:
        assert answer.json()["type"] == "/problems/other-site"


def test_a_session_that_was_planted_does_not_become_somebody_elses(shared_desk: Desk) -> None:
    attacker, victim = signed_in(shared_desk, "lee"), Browser(shared_desk)
    victim.cookies = dict(attacker.cookies)
    assert victim.sign_in(*account(shared_desk, "kim")).status_code == 201
    assert victim.cookies != attacker.cookies
    assert victim.request("GET", "/me").json()["person"] == "kim"
    assert attacker.request("GET", "/me").status_code == 401


def test_own_sessions_are_listed_with_what_they_are_in(shared_desk: Desk) -> None:
    here = signed_in(shared_desk, "pat", **{"User-Agent": FIREFOX})
    signed_in(shared_desk, "pat")
    signed_in(shared_desk, "lee")
    shared_desk.fresh_token(Role.AGENT, "pat")
    shared_desk.fresh_token(Role.REQUESTER, "pat")  # a requester who happens to have the same id
    items = here.request("GET", "/sessions").json()["items"]
    assert [(item["kind"], item["label"], item["current"]) for item in items] == [
        ("session", "Firefox on Windows", True),
        ("session", "unknown device", False),
        ("machine", "test", False),
    ]
    assert items[0]["last_used_at"] is not None
    assert items[0]["expires_at"] is not None


def test_one_ends_single_sessions_and_only_own_ones(shared_desk: Desk) -> None:
    here, there = signed_in(shared_desk, "sam"), signed_in(shared_desk, "sam")
    stranger = signed_in(shared_desk, "lee")
    ident = there.request("GET", "/me").json()["token"]
    assert stranger.request("DELETE", f"/sessions/{ident}").status_code == 404
    assert there.request("GET", "/me").status_code == 200
    assert here.request("DELETE", f"/sessions/{ident}").json() == {"ended": 1}
    assert there.request("GET", "/me").status_code == 401
    assert here.request("DELETE", f"/sessions/{ident}").status_code == 404
    own = here.request("GET", "/me").json()["token"]
    assert here.request("DELETE", f"/sessions/{own}").status_code == 200
    assert here.cookies == {}


def test_signing_out_everywhere(shared_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_desk.services.gate, "_seconds", 60)  # what ends here ends at once
    here, there, elsewhere = (signed_in(shared_desk, "eun") for _ in range(3))
    report = Person(shared_desk, shared_desk.fresh_token(Role.AGENT, "eun"))
    assert here.request("DELETE", "/sessions?others=true").json() == {"ended": 2}
    assert here.request("GET", "/me").status_code == 200
    assert {who.request("GET", "/me").status_code for who in (there, elsewhere)} == {401}
    again = signed_in(shared_desk, "eun")
    assert again.request("DELETE", "/sessions").json() == {"ended": 2}
    assert again.cookies == {}
    assert here.request("GET", "/me").status_code == 401
    assert report.get("/me").status_code == 200


def test_signing_out_everywhere_holds_in_other_processes_within_seconds(
    shared_desk: Desk,
) -> None:
    browser, other = signed_in(shared_desk, "max"), signed_in(shared_desk, "max")
    with another_process(shared_desk) as elsewhere:
        there = Browser(elsewhere)
        there.cookies = dict(browser.cookies)
        assert there.request("GET", "/me").status_code == 200
        assert other.request("DELETE", "/sessions").json() == {"ended": 2}
        assert browser.request("GET", "/me").status_code == 401
        time.sleep(elsewhere.services.settings.token_cache_seconds + 0.1)
        assert there.request("GET", "/me").status_code == 401


@pytest.mark.parametrize(
    ("settings", "address", "headers", "secure"),
    [
        ({}, "127.0.0.1", {"X-Forwarded-Proto": "https"}, False),
        (PROXIES, "127.0.0.1", {"X-Forwarded-Proto": "https"}, False),
        (PROXIES, "10.1.2.3", {"X-Forwarded-Proto": "https"}, True),
        (PROXIES, "10.0.0.7", {"X-Forwarded-Proto": "http"}, False),
        ({"public_url": "https://desk.example.com"}, "127.0.0.1", {}, True),
        ({"public_url": "http://desk.example.com"}, "127.0.0.1", {}, False),
    ],
)  # fmt: skip
def test_over_https_the_cookie_is_secure_and_only_then(
    shared_desk: Desk,
    settings: dict[str, str],
    address: str,
    headers: dict[str, str],
    secure: bool,
) -> None:
    email, password = account(shared_desk, "kim")
    credentials = {"email": email, "password": password, "cookie": True}
    client = TestClient(with_settings(shared_desk, settings), client=(address, 50_000))
    answer = client.post("/api/v1/session", json=credentials, headers=headers)
    (cookie,) = answer.headers.get_list("set-cookie")
    assert ("; Secure" in cookie) is secure
    assert cookie.startswith("__Host-chronodesk_session=") is secure
    client.cookies.clear()
    sent = {**headers, "Cookie": cookie.partition(";")[0]}
    assert client.get("/api/v1/me", headers=sent).status_code == 200
    planted = {**headers, "Cookie": sent["Cookie"].removeprefix("__Host-")}
    assert (client.get("/api/v1/me", headers=planted).status_code == 200) is not secure


def with_settings(desk: Desk, settings: dict[str, str]) -> FastAPI:
    """The same desk, set otherwise."""
    chosen = desk.services.settings.model_copy(update=settings)
    return create_app(replace(desk.services, settings=chosen))


def test_the_address_in_the_browser_may_differ_from_the_one_behind_the_proxy(
    shared_desk: Desk,
) -> None:
    email, password = account(shared_desk, "kim")
    credentials = {"email": email, "password": password, "cookie": True}
    client = TestClient(with_settings(shared_desk, {"public_url": "https://desk.example.com"}))
    for origin, status in (("https://desk.example.org", 403), ("https://desk.example.com", 201)):
        headers = {"Origin": origin}
        answer = client.post("/api/v1/session", json=credentials, headers=headers)
        assert answer.status_code == status


def test_a_csrf_token_belongs_to_one_session_and_one_desk() -> None:
    csrf = Csrf(b"k" * 32)
    assert csrf.token("a") == csrf.token("a") != csrf.token("b")
    assert csrf.token("a") != Csrf(b"l" * 32).token("a")


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        (FIREFOX, "Firefox on Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36", "Chrome on Linux"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605.1.15", "Safari on Mac"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1", "Safari on iPhone"),
        ("(Linux; Android 14) SamsungBrowser/26.0 Chrome/122", "Samsung Internet on Android"),
        ("(Windows NT 10.0; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge on Windows"),
        ("curl/8.5.0", "curl"),
        ("\x00<script>", "unknown device"),
        (None, "unknown device"),
    ],
)  # fmt: skip
def test_a_session_is_called_what_its_owner_would_call_it(
    user_agent: str | None, device: str
) -> None:
    assert device_of(user_agent) == device
