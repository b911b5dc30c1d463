"""Nobody does the work of another, and nobody overwrites what they have not seen."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.test_ticket_work import address, conversation, opened


def test_two_who_answer_at_once_are_told_before_the_second_answer_goes_out(
    site: Site, visit: Visit
) -> None:
    ticket = opened(site)
    mine, other = visit("kim", address(ticket)), visit("lee", address(ticket))
    mine_text = mine.get_by_role("combobox", name="Reply to Mina Lee")
    mine_text.fill("I will look at it.")
    expect(other.get_by_role("list", name="On this ticket now")).to_contain_text("Kim Minji")

    other.get_by_role("combobox", name="Reply to Mina Lee").fill("Have you tried paper?")
    other.get_by_role("button", name="Send Ctrl").or_(
        other.get_by_role("button", name="Send", exact=True)
    ).click()
    expect(mine.get_by_text("1 message came in since you began to write.")).to_be_visible()

    mine_text.press("Control+Enter")
    dialog = mine.get_by_role("dialog", name="This happened in the meantime")
    expect(dialog).to_contain_text("Have you tried paper?")
    expect(dialog).to_contain_text("I will look at it.")
    said = site.as_("kim").get(f"/tickets/{ticket['id']}/conversation").json()["items"]
    assert [e["body"] for e in said if e["kind"] == "reply"] == ["Have you tried paper?"]

    dialog.get_by_role("button", name="Edit my reply").click()
    expect(mine_text).to_have_value("I will look at it.")
    mine_text.fill("Lee has asked already; thank you.")
    mine_text.press("Control+Enter")
    expect(conversation(mine)).to_contain_text("Lee has asked already; thank you.")


def test_a_refused_change_shows_what_happened_and_goes_on(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    page.get_by_role("button", name="Resolve", exact=True).click()
    dialog = page.get_by_role("dialog", name="Resolve")
    expect(dialog).to_be_visible()
    # What is on the screen when one decides is what was seen: news in between are not.
    page.route("**/api/v1/live*", lambda route: route.abort())
    page.route(f"**/api/v1/tickets/{ticket['number']}", lambda route: route.abort())
    body = {"body": "It is on fire!", "channel": "web"}
    site.as_("mina").post(f"/tickets/{ticket['id']}/receive_message", body)
    with page.expect_request("**/resolve"):
        dialog.get_by_role("button", name="Resolve").click()
    between = page.get_by_role("dialog", name="This happened in the meantime")
    expect(between).to_contain_text("It is on fire!")
    page.unroute_all()
    between.get_by_role("button", name="Do it anyway").click()
    expect(page.get_by_role("button", name="Status:")).to_have_text("Resolved")
