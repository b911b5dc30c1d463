"""What makes an agent's work short: canned responses, macros, and each change of a ticket."""

from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.asking import becomes, ticket_becomes, ticket_now
from tests.browser.conftest import Visit
from tests.browser.keys import press
from tests.browser.preparing import done
from tests.browser.site import Site
from tests.browser.test_ticket_work import address, conversation, opened


def details(page: Page) -> Locator:
    return page.get_by_role("complementary", name="Details")


def pick(page: Page, words: str, option: str) -> None:
    """Find one of many by a few letters, and choose it."""
    page.get_by_role("dialog").get_by_role("combobox").last.fill(words)
    page.get_by_role("option", name=option).click()


def test_a_canned_response_is_filled_in_where_one_writes(site: Site, visit: Visit) -> None:
    body = "Hello {{requester.first_name}}, about #{{ticket.number}}: {{agent.name}} is on it."
    done(
        site, "kim", "/canned-responses",
        {"canned_response": "on-it", "display_name": "On it", "folder": "First words",
         "body": body, "shared": True},
    )  # fmt: skip
    ticket = opened(site)
    page = visit("lee", address(ticket))
    text = page.get_by_role("combobox", name="Reply to Mina Lee")
    filled = f"Hello Mina, about #{ticket['number']}: Lee Jun is on it."
    page.get_by_role("button", name="Canned responses").click()
    expect(page.get_by_role("dialog")).to_contain_text("First words")
    pick(page, "on it", "On it")
    expect(text).to_have_value(filled)
    expect(text).to_be_focused()

    text.press("End")
    text.press_sequentially(" Again: /on")
    page.get_by_role("option", name="On it").click()
    expect(text).to_have_value(f"{filled} Again: {filled}")


def test_a_macro_shows_what_it_will_do_and_goes_back_as_one(site: Site, visit: Visit) -> None:
    steps = [
        {"command": "assign", "agent": "me"},
        {"command": "tag", "tag": "toner"},
        {"command": "reply", "body": "Toner is on its way, {{requester.first_name}}."},
        {"command": "hold", "reason": "Toner is ordered"},
    ]
    macro = {"macro": "toner", "display_name": "Order toner", "shared": True, "steps": steps}
    done(site, "kim", "/macros", macro)
    ticket = opened(site)
    page = visit("lee", address(ticket))
    expect(conversation(page)).to_be_visible()
    press(page, "m")
    pick(page, "order", "Order toner")
    ahead = page.get_by_role("dialog", name="“Order toner” will do this")
    expect(ahead.get_by_role("listitem")).to_have_count(4)
    expect(ahead).to_contain_text("Toner is on its way, Mina.")
    assert ticket_now(site, ticket)["tags"] == []
    ahead.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("button", name="Status:")).to_have_text("On hold")
    expect(page.get_by_role("button", name="Assignee: Lee Jun")).to_be_visible()
    expect(details(page)).to_contain_text("toner")
    expect(conversation(page)).to_contain_text("Toner is on its way, Mina.")

    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Assignee: Unassigned")).to_be_visible()
    # Open it stays: the requester has read the reply.
    ticket_becomes(site, ticket, status="open", agent=None, tags=[])


def test_who_is_mentioned_in_a_note_is_told(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    expect(conversation(page)).to_be_visible()
    press(page, "n")
    note = page.get_by_role("combobox", name="Note", exact=True)
    note.press_sequentially("Could @le")
    page.get_by_role("option", name="Lee Jun").click()
    note.press_sequentially("look at it?")
    expect(note).to_have_value("Could @Lee Jun look at it?")
    note.press("Control+Enter")
    expect(page.get_by_role("article", name="Internal note: Kim")).to_contain_text(
        "Mentions Lee Jun"
    )

    def told() -> list[tuple[str, str]]:
        items = site.as_("lee").get("/notifications").json()["items"]
        return [(one["kind"], one["ticket"]) for one in items]

    becomes(told, [("mention", ticket["id"])])


def test_tags_come_and_go(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    expect(conversation(page)).to_be_visible()
    press(page, "t")
    pick(page, "프린터", "Use “프린터”")
    expect(details(page).get_by_role("button", name="Remove 프린터")).to_be_visible()
    press(page, "t")
    page.get_by_role("option", name="프린터").click()
    expect(details(page).get_by_role("button", name="Remove 프린터")).to_have_count(0)
    ticket_becomes(site, ticket, tags=[])


def test_a_custom_field_is_set_and_asked_for_before_the_end(site: Site, visit: Visit) -> None:
    done(
        site, "admin", "/fields",
        {"field": "site", "kind": "choice", "label": {"en": "Site", "ko": "지점"},
         "choices": [{"value": "seoul", "label": {"en": "Seoul"}}, {"value": "busan"}],
         "required_to_resolve": True},
    )  # fmt: skip
    ticket = opened(site)
    page = visit("kim", address(ticket))
    expect(conversation(page)).to_be_visible()
    press(page, "e")
    page.get_by_role("dialog").get_by_role("button", name="Resolve").click()
    refused = page.get_by_role("status").filter(has_text="Site")
    expect(refused).to_be_visible()
    expect(page.get_by_role("button", name="Status:")).to_have_text("New")

    shown = details(page).get_by_role("term").filter(has_text="Site").locator("+ dd")
    shown.get_by_role("button").click()
    page.get_by_role("dialog").get_by_label("Site").select_option(label="Seoul")
    page.get_by_role("dialog").get_by_role("button", name="Apply").click()
    expect(shown).to_have_text("Seoul")
    press(page, "e")
    page.get_by_role("dialog").get_by_role("button", name="Resolve").click()
    expect(page.get_by_role("button", name="Status:")).to_have_text("Resolved")
    ticket_becomes(site, ticket, fields={"site": "seoul"})
    done(site, "admin", "/fields/site/make_field_optional")


def test_a_message_about_something_else_is_split_off(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    said = {"body": "And the window does not close.", "channel": "web"}
    done(site, "mina", f"/tickets/{ticket['id']}/receive_message", said)
    page = visit("kim", address(ticket))
    other = page.get_by_role("article").filter(has_text="the window does not close")
    other.get_by_label("Select this message").check()
    page.get_by_role("button", name="Split off").click()
    dialog = page.get_by_role("dialog", name="Split off 1 message")
    dialog.get_by_label("Subject of the new ticket").fill("A window does not close")
    dialog.get_by_role("button", name="Apply").click()
    expect(other).to_contain_text("Handled in another ticket")
    page.get_by_role("button", name="Open it").click()
    expect(page.get_by_role("heading", name="A window does not close")).to_be_visible()
    expect(conversation(page)).to_contain_text("the window does not close")
    expect(conversation(page)).not_to_contain_text("It prints blank pages.")


def test_a_link_says_what_two_tickets_are_to_each_other(site: Site, visit: Visit) -> None:
    cause, ticket = opened(site, subject="The print server is down"), opened(site)
    page = visit("kim", address(ticket))
    expect(conversation(page)).to_be_visible()
    press(page, "l")
    page.get_by_role("dialog").get_by_label("This ticket", exact=True).select_option("incident")
    pick(page, str(cause["number"]), f"#{cause['number']}")
    line = details(page).get_by_role("listitem").filter(has_text="is an incident of")
    expect(line).to_contain_text("The print server is down")
    ticket_becomes(site, ticket, links=[{"other": cause["id"], "relation": "incident"}])
    ticket_becomes(site, cause, links=[{"other": ticket["id"], "relation": "problem"}])
    line.get_by_role("button", name="Remove the link").click()
    expect(line).to_have_count(0)
    ticket_becomes(site, cause, links=[])


def at_nine(found: dict[str, Any]) -> tuple[int, int]:
    """Days from now and hour, in UTC, at which the ticket wakes up."""
    wakes = datetime.fromisoformat(found["wake_at"]).astimezone(UTC)
    return ((wakes - datetime.now(UTC)).days, wakes.hour)


def test_a_ticket_waits_until_an_hour_that_one_names(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    expect(conversation(page)).to_be_visible()
    press(page, "h")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Put on hold").click()
    expect(dialog.get_by_role("alert")).to_have_text("This is needed.")
    dialog.get_by_label("What is it waiting for?").fill("A part from Busan")
    dialog.get_by_role("button", name="Tomorrow 09:00").click()
    dialog.get_by_role("button", name="Put on hold").click()
    expect(page.get_by_role("button", name="Status:")).to_have_text("On hold")
    expect(details(page)).to_contain_text("A part from Busan")
    expect(details(page).get_by_role("term").filter(has_text="Wakes up")).to_be_visible()
    ticket_becomes(site, ticket, status="on_hold", waiting_for="A part from Busan")
    assert at_nine(ticket_now(site, ticket))[1] == 0  # 9 in Seoul

    press(page, "s")
    page.get_by_role("option", name="Back to work").click()
    expect(page.get_by_role("button", name="Status:")).to_have_text("Open")
    press(page, "z")
    dialog.get_by_role("button", name="Next Monday 09:00").click()
    dialog.get_by_role("button", name="Snooze until later").click()
    expect(page.get_by_role("button", name="Status:")).to_have_text("On hold")
    ticket_becomes(site, ticket, status="on_hold")
    days, hour = at_nine(ticket_now(site, ticket))
    assert 0 <= days <= 7
    assert hour == 0


def test_priority_follows_impact_and_urgency_or_a_reason(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    expect(conversation(page)).to_be_visible()
    press(page, "i")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Urgent").first).to_be_visible()  # the matrix has come
    dialog.get_by_label("Impact High, Urgency High").check(force=True)
    dialog.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("button", name="Priority: Urgent")).to_be_visible()
    ticket_becomes(site, ticket, impact="high", urgency="high", priority="urgent")

    press(page, "i")
    dialog.get_by_label("Override with a reason").select_option("low")
    dialog.get_by_role("button", name="Apply").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Why not as the matrix says?").fill("The room is closed")
    dialog.get_by_role("button", name="Apply").click()
    expect(page.get_by_role("button", name="Priority: Low")).to_be_visible()
    expect(conversation(page)).to_contain_text("The room is closed")


def test_a_ticket_on_hold_wakes_up_before_the_readers_eyes(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    wakes = (datetime.now(UTC) + timedelta(seconds=6)).isoformat()
    done(
        site,
        "kim",
        f"/tickets/{ticket['id']}/hold",
        {"reason": "A part is on its way", "wake_at": wakes},
    )
    expect(conversation(page)).to_contain_text("A part is on its way")
    # The desk does it by itself, at the instant, and the page hears of it.
    expect(page.locator("header").get_by_text("Open", exact=True).first).to_be_visible()
    expect(conversation(page)).to_contain_text("took it back to work")
