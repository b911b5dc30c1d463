"""No mouse at all: from the sign-in form to a resolved ticket, and the focus is never lost."""

import re

from playwright.sync_api import Page, expect

from tests.browser.asking import ticket_becomes
from tests.browser.conftest import Visit
from tests.browser.keys import by_palette
from tests.browser.site import PASSWORD, Site
from tests.browser.test_queue import opened
from tests.browser.test_ticket_work import conversation

_FOCUSED = """() => {
    const at = document.activeElement;
    return at === document.body ? "" : at.getAttribute("aria-label") ?? at.innerText ?? at.tagName;
}"""
_MOST_TABS = 40


def keeps_focus(page: Page) -> None:
    """What is pressed next is heard by something on the page."""
    expect(page.locator(":focus")).to_have_count(1)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until something of this name has the focus."""
    passed = []
    for _ in range(_MOST_TABS):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(_FOCUSED))
        if passed[-1].startswith(name):
            return
    raise AssertionError(f"Tab does not lead to {name}, only to {passed}")


def signed_in_by_keys(page: Page) -> None:
    expect(page.get_by_label("E-mail")).to_be_focused()
    page.keyboard.type("kim@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")


def test_from_signing_in_to_a_resolved_ticket(site: Site, visit: Visit) -> None:
    opened(site, "Mouseless one", "Mouseless two")
    page = visit(None, "/tickets?text=Mouseless&sort=number&direction=asc")
    signed_in_by_keys(page)
    page.get_by_role("row").filter(has_text="Mouseless two").wait_for()
    keeps_focus(page)

    by_palette(page, "next ticket in", "Next ticket in the list")
    first = page.get_by_role("row").nth(1)
    expect(first).to_be_focused()
    subject = "Mouseless one" if "Mouseless one" in first.inner_text() else "Mouseless two"
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=subject)).to_be_visible()
    keeps_focus(page)

    page.keyboard.press("r")
    expect(page.get_by_role("combobox", name="Reply to Mina Lee")).to_be_focused()
    page.keyboard.type("Is the lamp green?")
    tab_to(page, "Status after the reply")
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitemradio", name="Leave as it is")).to_be_focused()
    page.keyboard.type("Pend")
    expect(page.get_by_role("menuitemradio", name="Pending")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Status after the reply")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("button", name="Send as Pending")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Status:")).to_have_text("Pending")
    expect(conversation(page)).to_contain_text("Is the lamp green?")
    keeps_focus(page)

    page.keyboard.press("e")
    expect(page.get_by_label("How was it resolved?")).to_be_focused()
    page.keyboard.type("explained")
    tab_to(page, "Resolve")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Status:")).to_have_text("Resolved")
    keeps_focus(page)
    number = int(page.url.rsplit("/", 1)[-1])
    ticket_becomes(site, {"id": number}, status="resolved", resolution_code="explained")

    page.keyboard.press("u")
    expect(page).to_have_url(re.compile(r"/tickets\?.*text=Mouseless"))
    keeps_focus(page)


def test_the_next_and_the_previous_ticket_are_a_key_away(site: Site, visit: Visit) -> None:
    opened(site, "Neighbour one", "Neighbour two")
    page = visit("kim", "/tickets?text=Neighbour")
    page.get_by_role("row").filter(has_text="Neighbour two").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("o")
    heading = page.get_by_role("heading", name="Neighbour")
    expect(heading).to_be_visible()
    here, first = page.url, heading.inner_text()
    other = {"Neighbour one": "Neighbour two", "Neighbour two": "Neighbour one"}[first]
    page.keyboard.press("j")
    expect(page).not_to_have_url(here)
    expect(heading).to_have_text(other)
    keeps_focus(page)
    page.keyboard.press("k")
    expect(page).to_have_url(here)


def test_every_dialog_gives_the_focus_back(site: Site, visit: Visit) -> None:
    (number,) = opened(site, "Focus")
    page = visit("kim", f"/tickets/{number}")
    expect(conversation(page)).to_be_visible()
    dialog = page.get_by_role("dialog")
    for keys in ("?", "Control+k", *"aspheiztcqml", "Shift+M"):
        page.keyboard.press(keys)
        expect(dialog).to_have_count(1)
        within = "[role=dialog]" if keys == "?" else "[role=dialog] :is(input, select, textarea)"
        page.wait_for_function("within => !!document.activeElement.closest(within)", arg=within)
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        keeps_focus(page)
    page.keyboard.press("n")
    expect(page.get_by_role("combobox", name="Note", exact=True)).to_be_focused()
    page.keyboard.press("Escape")
    keeps_focus(page)
    page.keyboard.press("?")
    expect(dialog.get_by_role("listitem").filter(has_text="Write a note")).to_contain_text("N")


def test_what_is_asked_for_by_the_palette_has_the_focus(site: Site, visit: Visit) -> None:
    (number,) = opened(site, "Palette")
    page = visit("kim", f"/tickets/{number}")
    expect(conversation(page)).to_be_visible()
    by_palette(page, "snooze", "Snooze until later")
    expect(page.get_by_role("dialog").get_by_label("Reason")).to_be_focused()
    page.keyboard.press("Escape")
    keeps_focus(page)


def test_a_change_is_taken_back_by_keys(site: Site, visit: Visit) -> None:
    (number,) = opened(site, "Taken back by keys")
    page = visit("kim", f"/tickets/{number}")
    expect(conversation(page)).to_be_visible()
    page.keyboard.press("Shift+a")
    expect(page.get_by_role("button", name="Assignee: Kim")).to_be_visible()
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Assignee: Unassigned")).to_be_visible()
    keeps_focus(page)
