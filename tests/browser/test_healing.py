"""What goes wrong shows itself and heals: no reload, and nothing that was typed is lost."""

from playwright.sync_api import Locator, Page, expect

from tests.api.desk import Person
from tests.browser.asking import becomes, replies
from tests.browser.conftest import Visit
from tests.browser.preparing import done
from tests.browser.site import PASSWORD, Site
from tests.browser.test_ticket_work import address, conversation, opened

_LOST = "No connection. What you type is kept"


def text_of(page: Page) -> Locator:
    return page.get_by_role("combobox", name="Reply to Mina Lee")


def mark(page: Page) -> None:
    """A reload would take this away."""
    page.evaluate("window.stayed = true")


def stayed(page: Page) -> bool:
    return bool(page.evaluate("window.stayed === true"))


def test_a_server_that_is_away_comes_back_by_itself(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    mark(page)
    text_of(page).fill("Before.")
    site.stop()
    try:
        text_of(page).press_sequentially(" While it is away.")
        expect(page.get_by_text(_LOST)).to_be_visible()
        text_of(page).press("Control+Enter")
        expect(page.get_by_text("The server cannot be reached")).to_be_visible()
        expect(text_of(page)).to_have_value("Before. While it is away.")
        body = {"body": "Are you there?", "channel": "web"}
        done(site, "mina", f"/tickets/{ticket['id']}/receive_message", body)
    finally:
        site.start()
    expect(page.get_by_text("Connected again")).to_be_visible()
    expect(page.get_by_text(_LOST)).to_have_count(0)
    expect(conversation(page)).to_contain_text("Are you there?")
    expect(text_of(page)).to_have_value("Before. While it is away.")
    page.get_by_role("button", name="I have read it").click()
    text_of(page).press("Control+Enter")
    expect(text_of(page)).to_have_value("")
    becomes(lambda: replies(site, ticket), ["Before. While it is away."])
    assert stayed(page)


def test_a_device_without_a_network_says_so(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    mark(page)
    expect(conversation(page)).to_be_visible()
    page.context.set_offline(True)
    text_of(page).fill("In a tunnel")
    expect(page.get_by_text("Draft kept on this device")).to_be_visible()
    expect(page.get_by_text(_LOST)).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text(_LOST)).to_have_count(0)
    expect(page.get_by_text("Draft saved")).to_be_visible()
    kept = site.as_("kim").get(f"/tickets/{ticket['id']}/draft").json()
    assert kept["body"] == "In a tunnel"
    assert stayed(page)


def test_a_session_that_is_over_asks_again_and_goes_on(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("lee", address(ticket))
    mark(page)
    text_of(page).fill("Half a sen")
    expect(page.get_by_text("Draft saved")).to_be_visible()
    credentials = {"email": "lee@example.com", "password": PASSWORD}
    elsewhere = site.desk.client.post("/api/v1/session", json=credentials)
    assert elsewhere.status_code == 201, elsewhere.text
    ended = Person(site.desk, elsewhere.json()["token"]).request("DELETE", "/sessions?others=true")
    assert ended.json()["ended"] == 1

    text_of(page).press_sequentially("tence")
    again = page.get_by_role("dialog", name="Your session is over")
    expect(again).to_be_visible()
    page.keyboard.press("Escape")
    again.get_by_label("E-mail").fill("lee@example.com")
    again.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(again).to_have_count(0)
    expect(text_of(page)).to_have_value("Half a sentence")
    body = {"body": "I am back, too.", "channel": "web"}
    done(site, "mina", f"/tickets/{ticket['id']}/receive_message", body)
    expect(conversation(page)).to_contain_text("I am back, too.")
    page.get_by_role("button", name="I have read it").click()
    text_of(page).press("Control+Enter")
    expect(conversation(page)).to_contain_text("Half a sentence")
    assert stayed(page)


def test_a_draft_follows_its_writer_to_another_device(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    desk, phone = visit("kim", address(ticket)), visit("kim", address(ticket), width=360)
    text_of(desk).fill("Written at the desk")
    expect(desk.get_by_text("Draft saved")).to_be_visible()
    expect(text_of(phone)).to_have_value("Written at the desk")
    text_of(phone).press("End")
    text_of(phone).press_sequentially(", finished on the way")
    expect(text_of(desk)).to_have_value("Written at the desk, finished on the way")
    text_of(phone).press("Control+Enter")
    expect(conversation(desk)).to_contain_text("finished on the way")
    expect(text_of(desk)).to_have_value("")
    becomes(lambda: replies(site, ticket), ["Written at the desk, finished on the way"])
