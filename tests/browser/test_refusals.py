"""Refusals in words of their own, with what was typed still there; what passes is tried again."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Route, expect

from tests.browser.asking import becomes, replies
from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.test_healing import text_of
from tests.browser.test_ticket_work import address, opened


def problem(status: int, code: str, **headers: str) -> dict[str, Any]:
    """An answer as the API refuses."""
    body = {
        "type": f"/problems/{code}",
        "title": code,
        "status": status,
        "detail": "body: at most 100 characters.",
        "what_to_do": "",
        "request_id": "r-1",
    }
    return {
        "status": status,
        "body": json.dumps(body),
        "headers": {"Content-Type": "application/problem+json", **headers},
    }


REFUSALS = {
    "422": (problem(422, "invalid"), "body: at most 100 characters."),
    "429": (
        problem(429, "too-many-requests", **{"Retry-After": "7"}),
        "Too many requests at once. Try again in 7 seconds.",
    ),
    "503": (problem(503, "unavailable"), "The desk is not available for the moment."),
}


def refusing(answer: dict[str, Any]) -> Callable[[Route], None]:
    return lambda route: route.fulfill(**answer)


def test_each_refusal_has_words_of_its_own_and_keeps_the_text(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    sent: list[str] = []
    for status, (answer, words) in REFUSALS.items():
        page.route("**/reply", refusing(answer))
        text_of(page).fill(f"Sent after {status}")
        text_of(page).press("Control+Enter")
        expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()
        expect(text_of(page)).to_have_value(f"Sent after {status}")
        page.unroute_all()
        text_of(page).press("Control+Enter")
        expect(text_of(page)).to_have_value("")
        sent.append(f"Sent after {status}")
        becomes(lambda: replies(site, ticket), sent)


def test_a_server_that_is_away_for_a_moment_is_asked_again_with_the_same_intention(
    site: Site, visit: Visit
) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    keys = []

    def reply(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fulfill(**problem(503, "unavailable"))
        elif len(keys) == 2:
            route.fetch()  # it arrives, and its answer is lost
            route.abort()
        else:
            route.continue_()

    page.route("**/reply", reply)
    text_of(page).fill("Only once")
    text_of(page).press("Control+Enter")
    expect(text_of(page)).to_have_value("")
    assert len(keys) == 3
    assert len(set(keys)) == 1
    becomes(lambda: replies(site, ticket), ["Only once"])


def test_a_list_that_cannot_be_read_is_read_again_by_itself(site: Site, visit: Visit) -> None:
    opened(site, subject="Hidden for a moment")
    page = visit("kim", "/settings")
    refusals = [problem(503, "unavailable")] * 2

    def read(route: Route) -> None:
        if refusals:
            route.fulfill(**refusals.pop())
        else:
            route.continue_()

    page.route("**/api/v1/tickets?*", read)
    page.get_by_role("link", name="Tickets", exact=True).click()
    expect(page.get_by_role("row").filter(has_text="Hidden for a moment")).to_be_visible()
    assert not refusals
