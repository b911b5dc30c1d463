"""What the desk has in the end, whatever the page shows before it has an answer."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from tests.browser.site import Site

PATIENCE = 40.0
"""Seconds until what should be true soon counts as never."""


def becomes(ask: Callable[[], object], wanted: object) -> None:
    """Ask until the answer is as wanted: pages show some changes before the desk has them."""
    end = time.monotonic() + PATIENCE
    while (got := ask()) != wanted and time.monotonic() < end:
        time.sleep(0.05)
    assert got == wanted


def ticket_now(site: Site, ticket: Mapping[str, Any], who: str = "kim") -> dict[str, Any]:
    """A ticket as the API shows it now."""
    found: dict[str, Any] = site.as_(who).get(f"/tickets/{ticket['id']}").json()
    return found


def ticket_becomes(site: Site, ticket: Mapping[str, Any], **wanted: object) -> None:
    """Some attributes of a ticket get values, now or soon."""

    def those() -> dict[str, object]:
        found = ticket_now(site, ticket)
        return {name: found[name] for name in wanted}

    becomes(those, wanted)


def said(site: Site, ticket: Mapping[str, Any], kind: str) -> list[str]:
    """The texts of a ticket's events of a kind, from the log itself."""
    events = site.as_("kim").get(f"/tickets/{ticket['id']}/events").json()["items"]
    return [one["details"]["body"] for one in events if one["kind"] == kind]


def replies(site: Site, ticket: Mapping[str, Any]) -> list[str]:
    """What went out to the requester."""
    return said(site, ticket, "ticket.reply_sent")
