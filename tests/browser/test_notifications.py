"""What one is told of: a bell that counts, a list that opens tickets, and keys for both."""

from playwright.sync_api import expect

from tests.browser.axe import findings
from tests.browser.conftest import Visit
from tests.browser.site import Site


def test_a_mention_rings_opens_its_ticket_and_is_read(site: Site, visit: Visit) -> None:
    opened = site.as_("mina").post("/tickets", {"subject": "Ring", "description": "?"})
    assert opened.status_code == 201, opened.text
    ticket = opened.json()["ticket"]["id"]
    page = visit("kim", "/tickets")
    expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("b")
    expect(page.get_by_role("heading", name="Nothing yet")).to_be_visible()
    page.keyboard.press("Escape")
    said = site.as_("lee").post(
        f"/tickets/{ticket}/add_note", {"body": "Have a look.", "mentions": ["kim"]}
    )
    assert said.status_code == 200, said.text
    page.get_by_role("button", name="Notifications, 1 unread").click()
    dialog = page.get_by_role("dialog", name="Notifications")
    expect(dialog.get_by_text("Lee Jun mentioned you")).to_be_visible()
    assert findings(page) == []
    dialog.get_by_role("button", name="Have a look.").click()
    expect(page.get_by_role("heading", name="Ring")).to_be_visible()
    expect(page.get_by_role("button", name="Notifications", exact=True)).to_be_visible()
    again = visit("kim", "/tickets")  # it is read at the desk, not on this page alone
    expect(again.get_by_role("button", name="Notifications", exact=True)).to_be_visible()


def test_requesters_have_no_bell(visit: Visit) -> None:
    page = visit("mina", "/portal")
    expect(page.get_by_role("button", name="Search or do something")).to_be_visible()
    assert page.get_by_role("button", name="Notifications").count() == 0
