"""Merging with a look ahead, and taking it back."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.site import Site
from tests.browser.test_ticket_work import address, conversation, opened


def test_a_ticket_is_merged_after_a_look_ahead_and_parted_again(site: Site, visit: Visit) -> None:
    target = opened(site, subject="Printer on floor 3", description="The first word.")
    source = opened(site, subject="Printer again", description="The second word.")
    page = visit("kim", address(source))
    expect(conversation(page)).to_be_visible()
    page.keyboard.press("Shift+M")
    page.get_by_role("combobox", name="Number or words of the subject").fill(str(target["number"]))
    page.get_by_role("option", name=f"#{target['number']}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Its 1 message appears in")
    assert site.as_("kim").get(f"/tickets/{source['id']}").json()["status"] == "new"

    dialog.get_by_role("button", name="Merge").click()
    expect(page.get_by_role("button", name="Status:")).to_have_text("Merged")
    page.get_by_role("link", name=f"#{target['number']} Printer on floor 3").first.click()
    expect(conversation(page)).to_contain_text("The second word.")
    expect(conversation(page)).to_contain_text("from a merged ticket")

    page.goto(address(source))
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("menuitem", name="Take the merge back").click()
    expect(page.get_by_role("button", name="Status:")).to_have_text("New")
    page.goto(address(target))
    expect(conversation(page)).to_contain_text("The first word.")
    expect(conversation(page)).not_to_contain_text("The second word.")
