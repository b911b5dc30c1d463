"""Pages on a phone and at a desk, in themes and languages: nothing sticks out, axe is silent."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import findings
from tests.browser.conftest import Visit
from tests.browser.pictures import png
from tests.browser.preparing import done
from tests.browser.site import Site
from tests.browser.test_ticket_work import opened

_LONG = "https://intranet.example.com/" + "a-very-long-path-without-a-blank/" * 4
_TABLE = "<table><tr>" + "<td>wide-cell-without-a-blank</td>" * 12 + "</tr></table>"

LOOKS: list[tuple[dict[str, Any], tuple[str, ...]]] = [
    ({"width": 360, "theme": "light", "locale": "ko"}, ("account", "canned", "fields")),
    ({"width": 360, "theme": "dark", "locale": "en"}, ("macros", "tokens")),
    ({"width": 1280, "theme": "light", "locale": "en"}, ("canned", "fields")),
    ({"width": 1280, "theme": "dark", "locale": "ko"}, ("account", "macros", "tokens")),
]
"""Each pair of width, theme and language, and the parts of the settings that are looked at so."""


@pytest.fixture(scope="module")
def ticket(site: Site) -> dict[str, Any]:
    """One with everything in it that could stick out of a page."""
    ticket = opened(site, subject=_LONG, description=f"Look at {_LONG}")
    at = f"/tickets/{ticket['id']}"
    brought = site.as_("kim").request("POST", "/blobs?name=scan.png", content=png())
    assert brought.status_code == 201, brought.text
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("mina", "receive_message", {"body": _TABLE, "format": "html", "channel": "web"}),
        ("kim", "reply", {"body": _LONG, "attachments": [brought.json()]}),
        ("kim", "add_note", {"body": "@Lee look", "mentions": ["lee"]}),
        ("kim", "tag", {"tag": "a-tag-that-goes-on-and-on-and-on-and-on"}),
        ("kim", "assign", {"agent": "kim"}),
        ("kim", "link", {"other": opened(site, subject=_LONG)["id"], "relation": "related"}),
        ("kim", "resolve", {"code": "explained", "note": _LONG}),
    ]
    for who, command, fields in steps:
        done(site, who, f"{at}/{command}", fields)
    return ticket


_WIDER = """() => [document.documentElement, document.querySelector("main")]
    .filter((one) => one.scrollWidth > one.clientWidth)
    .map((one) => `${one.tagName}: ${one.scrollWidth} pixels in ${one.clientWidth}`)"""


def faults(page: Page, path: str) -> list[str]:
    """What is wrong with the page at an address, each with the address before it."""
    if not page.url.endswith(path):
        page.goto(path)
    sign_of_life = "main h2" if "settings" in path else "main :is(h1, h2, form)"
    page.locator(sign_of_life).filter(visible=True).first.wait_for()
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    return [f"{path}: {one}" for one in findings(page) + page.evaluate(_WIDER)]


def named(one: dict[str, Any] | tuple[str, ...]) -> str:
    return " ".join(map(str, one.values() if isinstance(one, dict) else one))


@pytest.mark.parametrize(("look", "tabs"), LOOKS, ids=named)
def test_nothing_sticks_out_and_axe_finds_nothing(
    visit: Visit, ticket: dict[str, Any], look: dict[str, Any], tabs: tuple[str, ...]
) -> None:
    number = ticket["number"]
    found = faults(visit(None, "/sign-in", **look), "/sign-in")
    at_work = visit("admin", f"/tickets/{number}", **look)
    for path in (
        f"/tickets/{number}",
        f"/tickets/{number}?version=3&from=1",
        *(f"/settings?tab={tab}" for tab in tabs),
    ):
        found += faults(at_work, path)
    at_the_door = visit("mina", "/portal", **look)
    for path in ("/portal", "/portal/new", f"/portal/{number}"):
        found += faults(at_the_door, path)
    assert found == []
