"""The requester's door: ask, follow, answer, say that it helped, rate."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.site import Site


def test_a_request_goes_round(site: Site, visit: Visit) -> None:
    page = visit("mina", "/")
    expect(page.get_by_role("heading", name="My requests")).to_be_visible()
    page.get_by_role("link", name="Ask for help").click()
    page.get_by_label("In a few words").fill("The projector in room 5 is dark")
    page.get_by_label("What happened?").fill("It hums, but shows nothing.")
    page.reload()
    expect(page.get_by_label("What happened?")).to_have_value("It hums, but shows nothing.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("status").filter(has_text="somebody will look")).to_be_visible()
    number = page.url.rsplit("/", 1)[-1]

    kim = site.as_("kim")
    kim.post(
        f"/tickets/{number}/reply", {"body": "A lamp is on its way.", "next_status": "pending"}
    )
    expect(page.get_by_text("A lamp is on its way.")).to_be_visible()
    page.get_by_label("Write an answer").fill("Thank you, I wait in room 5.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("listitem").filter(has_text="I wait in room 5")).to_be_visible()
    assert kim.get(f"/tickets/{number}").json()["status"] == "open"

    kim.post(f"/tickets/{number}/resolve", {"code": "solved", "note": "New lamp."})
    page.get_by_role("button", name="No, not yet").click()
    page.get_by_label("What is still missing?").fill("It is green now.")
    page.get_by_role("button", name="Reopen").click()
    expect(page.get_by_text("Somebody is working on it.")).to_be_visible()

    kim.post(f"/tickets/{number}/resolve", {"code": "solved", "note": "Another lamp."})
    page.get_by_role("button", name="Yes, close it").click()
    expect(page.get_by_text("This is closed.")).to_be_visible()
    page.get_by_label("4 of 5, good").check(force=True)
    page.get_by_label("Anything you want to tell us").fill("Quick!")
    page.get_by_role("button", name="Send rating").click()
    expect(page.get_by_text("Thank you for your rating")).to_be_visible()
    ticket = kim.get(f"/tickets/{number}").json()
    assert (ticket["status"], ticket["satisfaction"]) == ("closed", 4)


def test_it_speaks_korean_on_a_phone(site: Site, visit: Visit) -> None:
    site.as_("jun").post(
        "/tickets", {"subject": "와이파이가 느립니다", "description": "3층입니다."}
    )
    page = visit("jun", "/portal", locale="ko", width=360, height=740)
    expect(page.get_by_role("heading", name="내 문의")).to_be_visible()
    page.get_by_role("link", name="와이파이가 느립니다").click()
    expect(page.get_by_text("문의가 접수되었습니다")).to_be_visible()
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= 360


def test_an_agent_s_note_is_not_there(site: Site, visit: Visit) -> None:
    opened = site.as_("mina").post("/tickets", {"subject": "Secret?", "description": "?"}).json()
    ident, number = opened["ticket"]["id"], opened["ticket"]["number"]
    for command, body in (("add_note", "They are important."), ("reply", "We look.")):
        answer = site.as_("kim").post(f"/tickets/{ident}/{command}", {"body": body})
        assert answer.status_code == 200, answer.text
    page = visit("mina", f"/portal/{number}")
    expect(page.get_by_text("We look.")).to_be_visible()
    assert page.get_by_text("They are important.").count() == 0
    assert page.get_by_text("Kim").count() == 0
