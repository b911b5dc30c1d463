"""What is set up in the settings is at hand on the next ticket; tokens and sessions end there."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.asking import ticket_becomes
from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.test_ticket_work import address, conversation, opened


def new(page: Page, tab: str) -> Locator:
    """The form for a new one of something."""
    page.get_by_role("navigation", name="Settings").get_by_role("link", name=tab).click()
    page.get_by_role("button", name="New").click()
    return page.get_by_role("dialog", name="New")


def listed(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=name)


def test_what_is_set_up_is_at_hand_on_a_ticket(site: Site, visit: Visit) -> None:
    page = visit("admin", "/settings")
    form = new(page, "Canned responses")
    form.get_by_label("Name", exact=True).fill("Greeting")
    form.get_by_label("Folder").fill("First words")
    form.get_by_label("Text").fill("Hello ")
    form.get_by_role("button", name="requester.first_name").click()
    form.get_by_label("Text").press_sequentially("!")
    form.get_by_role("button", name="Save").click()
    expect(listed(page, "Greeting")).to_contain_text("Hello {{requester.first_name}}!")

    form = new(page, "Macros")
    form.get_by_label("Name", exact=True).fill("Printer people")
    form.get_by_label("Agent").select_option("kim")
    form.get_by_role("button", name="Add a step").click()
    form.get_by_label("Tag", exact=True).fill("printer")
    form.get_by_role("button", name="Save").click()
    expect(listed(page, "Printer people")).to_contain_text("Assign · Add a tag")

    form = new(page, "Custom fields")
    form.get_by_label("Name", exact=True).fill("floor")
    form.get_by_label("Kind").select_option("choice")
    form.get_by_label("English").fill("Floor")
    form.get_by_label("한국어").fill("층")
    form.get_by_label("Choices").fill("1, 2, 3")
    form.get_by_role("button", name="Save").click()
    expect(listed(page, "Floor")).to_contain_text("floor · Choice")

    ticket = opened(site)
    work = visit("lee", address(ticket))
    work.get_by_role("combobox", name="Reply to Mina Lee").press_sequentially("/greet")
    work.get_by_role("option", name="Greeting").click()
    expect(work.get_by_role("combobox", name="Reply to Mina Lee")).to_have_value("Hello Mina!")
    work.keyboard.press("Escape")
    work.keyboard.press("m")
    work.get_by_role("option", name="Printer people").click()
    work.get_by_role("dialog").get_by_role("button", name="Apply").click()
    details = work.get_by_role("complementary", name="Details")
    expect(details.get_by_role("button", name="Remove printer")).to_be_visible()
    details.get_by_role("term").filter(has_text="Floor").locator("+ dd").get_by_role(
        "button"
    ).click()
    work.get_by_role("dialog").get_by_label("Floor").select_option("3")
    work.get_by_role("dialog").get_by_role("button", name="Apply").click()
    expect(details.get_by_role("term").filter(has_text="Floor").locator("+ dd")).to_have_text("3")
    ticket_becomes(site, ticket, agent="kim", tags=["printer"], fields={"floor": "3"})


def test_what_is_refused_is_said_in_the_form_and_what_is_removed_comes_back(visit: Visit) -> None:
    page = visit("admin", "/settings")
    form = new(page, "Canned responses")
    form.get_by_label("Name", exact=True).fill("Mistaken")
    form.get_by_label("Text").fill("Hello {{requester.shoe_size}}")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_role("alert")).to_contain_text("shoe_size")
    form.get_by_label("Text").fill("Hello")
    form.get_by_role("button", name="Save").click()
    expect(listed(page, "Mistaken")).to_be_visible()
    page.get_by_role("button", name="Remove Mistaken").click()
    expect(page.get_by_role("button", name="Change Mistaken")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Change Mistaken")).to_be_visible()


def test_a_token_is_shown_once_and_works_until_it_is_revoked(site: Site, visit: Visit) -> None:
    page = visit("admin", "/settings?tab=tokens")
    page.get_by_label("What it is for").fill("Monitoring probe")
    page.get_by_role("button", name="Make a token").click()
    token = page.get_by_role("status").locator("code").inner_text()
    headers = {"Authorization": f"Bearer {token}"}
    me = site.desk.client.get("/api/v1/me", headers=headers)
    assert (me.status_code, me.json()["role"]) == (200, "agent")
    page.reload()
    line = listed(page, "Monitoring probe")
    expect(line).to_contain_text("monitoring-probe · Agent")
    expect(page.get_by_text(token)).to_have_count(0)
    line.get_by_role("button", name="Revoke").click()
    expect(line).to_have_count(0)
    assert site.desk.client.get("/api/v1/me", headers=headers).status_code == 401


def test_signing_out_everywhere_else_leaves_this_one(site: Site, visit: Visit) -> None:
    there, here = visit("lead", address(opened(site))), visit("lead", "/settings")
    expect(conversation(there)).to_be_visible()
    expect(here.get_by_role("listitem").filter(has_text="(this one)")).to_have_count(1)
    here.get_by_role("button", name="Sign out everywhere else").click()
    expect(here.get_by_text("Signed out there")).to_be_visible()
    expect(here.get_by_role("listitem").filter(has_text="since")).to_have_count(1)
    # It finds out as it says from time to time who is looking at the ticket.
    expect(there.get_by_role("dialog", name="Your session is over")).to_be_visible()
    here.reload()
    expect(here.get_by_role("listitem").filter(has_text="(this one)")).to_have_count(1)
