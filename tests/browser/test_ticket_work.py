"""An agent's work on one ticket: answering, waiting, being answered; what is written survives."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.asking import ticket_becomes
from tests.browser.conftest import Visit
from tests.browser.site import Site


def opened(site: Site, **more: Any) -> dict[str, Any]:
    """A ticket of mina's, as the API answered."""
    fields = {"description": "It prints blank pages.", **more}
    ticket: dict[str, Any] = site.as_("kim").opens(**fields)["ticket"]
    return ticket


def address(ticket: dict[str, Any]) -> str:
    """Where the ticket's page is."""
    return f"/tickets/{ticket['number']}"


def conversation(page: Page) -> Any:
    """The part of the page in which everything stands that was said."""
    return page.get_by_role("log", name="Conversation")


def test_a_reply_with_pending_and_the_answer_that_reopens_it_in_a_second_browser(
    site: Site, visit: Visit
) -> None:
    ticket = opened(site)
    mine, other = visit("kim", address(ticket)), visit("lee", address(ticket))
    expect(conversation(other)).to_contain_text("It prints blank pages.")

    mine.get_by_role("combobox", name="Reply to Mina Lee").fill("Which floor is it on?")
    mine.get_by_role("button", name="Status after the reply").click()
    mine.get_by_role("menuitemradio", name="Pending").click()
    mine.get_by_role("combobox", name="Reply to Mina Lee").press("Control+Enter")

    expect(mine.get_by_role("button", name="Status:")).to_have_text("Pending")
    expect(mine.get_by_role("combobox", name="Reply to Mina Lee")).to_have_value("")
    expect(other.get_by_role("button", name="Status:")).to_have_text("Pending")
    expect(conversation(other)).to_contain_text("Which floor is it on?")

    body = {"body": "The third one.", "channel": "web"}
    site.as_("mina").post(f"/tickets/{ticket['id']}/receive_message", body)

    for page in (mine, other):
        expect(page.get_by_role("button", name="Status:")).to_have_text("Open")
        expect(conversation(page)).to_contain_text("The third one.")
    ticket_becomes(site, ticket, status="open")


def test_a_note_is_told_apart_and_is_not_the_requesters(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    expect(conversation(page)).to_be_visible()
    page.keyboard.press("n")
    page.get_by_role("combobox", name="Note", exact=True).press_sequentially("Ask @le")
    page.get_by_role("option", name="Lee").click()
    page.get_by_role("button", name="Add note").click()
    note = page.get_by_role("article", name="Internal note: Kim")
    expect(note).to_contain_text("Ask @Lee")
    expect(note).to_contain_text("Mentions Lee")
    seen = site.as_("mina").get(f"/tickets/{ticket['id']}/conversation").json()
    assert [entry["kind"] for entry in seen["items"]] == ["opening"]


def test_what_is_written_survives_a_reload(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    page.get_by_role("combobox", name="Reply to Mina Lee").fill("Not finished y")
    page.reload()
    expect(page.get_by_role("combobox", name="Reply to Mina Lee")).to_have_value("Not finished y")
    page.get_by_role("button", name="Discard draft").click()
    page.reload()
    expect(page.get_by_role("combobox", name="Reply to Mina Lee")).to_have_value("")


def test_a_change_is_taken_back_by_its_message(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    expect(conversation(page)).to_be_visible()
    page.keyboard.press("Shift+A")
    owner = page.get_by_role("button", name="Assignee: Kim")
    expect(owner).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Assignee: Unassigned")).to_be_visible()
    ticket_becomes(site, ticket, agent=None)


def test_only_what_the_api_allows_is_offered(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    site.as_("kim").post(f"/tickets/{ticket['id']}/cancel", {"reason": "Spam."})
    page = visit("kim", address(ticket))
    page.get_by_role("button", name="More actions").click()
    expect(page.get_by_role("menuitem", name="Link a ticket")).to_be_visible()
    expect(page.get_by_role("menuitem", name="Resolve")).to_have_count(0)
    expect(page.get_by_role("button", name="Reply", exact=True)).to_be_disabled()
