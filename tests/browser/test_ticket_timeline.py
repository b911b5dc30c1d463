"""The ticket as it was: by the slider, compared, and never changed."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.preparing import done
from tests.browser.site import Site
from tests.browser.test_ticket_work import address, conversation, opened


def test_the_slider_shows_the_ticket_as_of_any_version(site: Site, visit: Visit) -> None:
    ticket, kim = opened(site), site.as_("kim")
    at = f"/tickets/{ticket['id']}"
    kim.post(f"{at}/tag", {"tag": "toner"})
    kim.post(f"{at}/reply", {"body": "On our way.", "next_status": "pending"})
    kim.post(f"{at}/rename", {"subject": "Toner is empty"})

    page = visit("kim", address(ticket))
    expect(conversation(page)).to_contain_text("On our way.")
    page.keyboard.press("y")
    slider = page.get_by_role("slider", name="Version")
    expect(slider).to_be_focused()
    expect(page.get_by_role("status").filter(has_text="You look at the past")).to_be_visible()
    difference = page.get_by_role("complementary", name="What is different")
    expect(difference).to_contain_text("Toner is empty")
    expect(page.get_by_role("combobox", name="Reply to Mina Lee")).to_have_count(0)
    expect(page.get_by_role("button", name="Resolve")).to_have_count(0)

    page.keyboard.press("e")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("Home")
    expect(page.get_by_role("region").filter(has_text="version 1 of")).to_be_visible()
    expect(conversation(page)).not_to_contain_text("On our way.")
    expect(page.get_by_text("Printer is broken").first).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(difference.get_by_role("row", name="Tags")).to_contain_text("toner")

    page.keyboard.press("End")
    page.get_by_label("Compared with").select_option("1")
    expect(difference.get_by_role("row", name="Status")).to_contain_text("Pending")
    expect(difference.get_by_role("row", name="Subject")).to_contain_text("Printer is broken")

    page.get_by_role("button", name="Back to the present").click()
    expect(page.get_by_role("combobox", name="Reply to Mina Lee")).to_be_visible()


def test_what_differs_is_told_by_names(site: Site, visit: Visit) -> None:
    admin = site.as_("admin")
    acme = {"organisation": "acme", "display_name": "Acme Ltd."}
    assert admin.post("/organisations", acme).status_code == 201
    hana = {"requester": "hana", "display_name": "Hana Kim", "organisation": "acme"}
    assert admin.post("/requesters", hana).status_code == 201
    ticket, other = opened(site), opened(site, subject="Toner is empty")
    at = f"/tickets/{ticket['id']}"
    done(site, "kim", f"{at}/change_requester", {"requester": "hana"})
    done(site, "kim", f"{at}/link", {"other": other["id"], "relation": "blocks"})

    page = visit("kim", address(ticket))
    expect(conversation(page)).to_contain_text("Kim changed the requester to Hana Kim")
    card = page.get_by_role("complementary", name="Details")
    expect(card).to_contain_text("Acme Ltd.")
    page.keyboard.press("y")
    page.get_by_label("Compared with").select_option("1")
    difference = page.get_by_role("complementary", name="What is different")
    expect(difference.get_by_role("row", name="Requester")).to_contain_text("Mina LeeHana Kim")
    expect(difference.get_by_role("row", name="Organisation")).to_contain_text("Acme Ltd.")
    subject = f"#{other['number']} Toner is empty"
    expect(difference.get_by_role("row", name="Links")).to_contain_text(subject)
