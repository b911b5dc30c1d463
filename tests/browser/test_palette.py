"""The palette finds tickets and requesters, by keys alone."""

import re

from playwright.sync_api import Page, expect

from tests.browser.axe import findings
from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.test_queue import opened


def asked(page: Page, text: str) -> None:
    """Open the palette and type."""
    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Type a command")).to_be_focused()
    page.keyboard.type(text)


def test_a_ticket_is_found_by_its_number_and_by_its_words(site: Site, visit: Visit) -> None:
    first, second = opened(site, "Zebra crossing", "Giraffe crossing")
    page = visit("kim", "/tickets")
    expect(page.get_by_role("row").nth(1)).to_be_visible()
    found = page.get_by_role("group", name="Tickets").get_by_role("option")
    asked(page, f"#{first}")
    expect(found.filter(has_text="Zebra crossing")).to_have_attribute("data-active-item", "true")
    assert findings(page) == []
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/tickets/{first}$"))
    expect(page.get_by_role("heading", name="Zebra crossing")).to_be_visible()

    asked(page, "giraffe")
    expect(found).to_have_count(1)
    expect(found).to_have_attribute("data-active-item", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(rf"/tickets/{second}$"))


def test_a_requester_opens_what_they_asked(site: Site, visit: Visit) -> None:
    made = site.desk.admin.post(
        "/requesters",
        {"requester": "okapi", "display_name": "Olga Okapi"},
    )
    assert made.status_code in {200, 201}, made.text
    page = visit("kim", "/tickets")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    asked(page, "okapi")
    found = page.get_by_role("group", name="Requesters").get_by_role("option")
    expect(found).to_contain_text("Olga Okapi")
    expect(found).to_have_attribute("data-active-item", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/tickets\?requester=okapi"))
    expect(page.get_by_role("button", name="Olga Okapi")).to_be_visible()


def test_nothing_found_is_said(site: Site, visit: Visit) -> None:
    page = visit("kim", "/tickets")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    asked(page, "qqxxzz")
    expect(page.get_by_role("status").filter(has_text="Nothing matches qqxxzz")).to_be_visible()
