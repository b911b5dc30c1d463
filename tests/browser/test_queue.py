"""The queue: views, many tickets at once, keys alone, what others do."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.asking import ticket_becomes
from tests.browser.axe import findings
from tests.browser.conftest import Visit
from tests.browser.keys import by_palette
from tests.browser.preparing import done
from tests.browser.site import Site


def opened(site: Site, *subjects: str) -> list[int]:
    """Tickets of mina's, visible in the queue; their numbers."""
    made = [site.desk.agent.opens(subject=subject) for subject in subjects]
    site.desk.agent.get("/tickets", headers={"X-Chronodesk-Position": made[-1]["position"]})
    return [one["ticket"]["number"] for one in made]


def test_several_tickets_are_assigned_with_a_look_ahead_and_taken_back(
    site: Site, visit: Visit
) -> None:
    first, second = opened(site, "Bulk one", "Bulk two")
    page = visit("kim", "/tickets?text=Bulk")
    for number in (first, second):
        page.get_by_label(f"Select ticket {number}").check()
    page.get_by_role("button", name="Assign to me").click()
    ahead = page.get_by_role("list", name="What will happen")
    expect(ahead.get_by_text("Will change")).to_have_count(2)
    page.get_by_role("button", name="Change 2 tickets").click()
    expect(page.get_by_text("2 tickets changed")).to_be_visible()
    ticket_becomes(site, {"id": first}, agent="kim")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_be_visible()
    ticket_becomes(site, {"id": second}, agent=None)


def test_what_another_agent_does_shows_by_itself_and_nothing_jumps(
    site: Site, visit: Visit
) -> None:
    here, _ = opened(site, "Live one", "Live two")
    page = visit("kim", "/tickets?text=Live")
    line = page.get_by_role("row").filter(has_text=f"#{here}")
    expect(line).to_contain_text("New")
    site.as_("lee").post(f"/tickets/{here}/assign", {"agent": "lee"})
    expect(line).to_contain_text("Open")
    opened(site, "Live three")
    expect(page.get_by_text("1 ticket has come or moved")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(3)  # the head, and the two that were there
    page.get_by_text("1 ticket has come or moved").click()
    expect(page.get_by_role("row")).to_have_count(4)


def test_keys_alone_lead_from_the_queue_to_a_resolved_ticket(site: Site, visit: Visit) -> None:
    (number,) = opened(site, "Keys only")
    page = visit("kim", "/tickets?text=Keys")
    page.get_by_role("row").filter(has_text=f"#{number}").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page).to_have_url(re.compile(rf"/tickets/{number}"))
    page.get_by_role("heading", name="Keys only").wait_for()
    page.keyboard.press("Shift+a")
    expect(page.get_by_text("Kim").first).to_be_visible()
    by_palette(page, "korean", "한국어로 보기")
    expect(page.locator("html")).to_have_attribute("lang", "ko")


def test_a_view_is_saved_from_what_is_looked_at(site: Site, visit: Visit) -> None:
    opened(site, "Toner is out")
    page = visit("kim", "/tickets?text=Toner")
    page.get_by_role("button", name="This view").click()
    page.get_by_role("menuitem", name="Save as a new view").click()
    page.get_by_label("Name").fill("Everything about toner")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name="Everything about toner")).to_be_visible()
    link = page.get_by_role("navigation", name="Views").get_by_role(
        "link", name="Everything about toner"
    )
    expect(link).to_contain_text("1")


def test_a_past_list_can_be_looked_at_and_not_changed(site: Site, visit: Visit) -> None:
    opened(site, "Too young to be there")
    page = visit("kim", "/tickets?text=young&as_of=2020-01-01T00:00:00Z")
    expect(page.get_by_text("You see the list as it was")).to_be_visible()
    expect(page.get_by_text("No ticket matches")).to_be_visible()
    page.get_by_role("button", name="Back to now").click()
    expect(page.get_by_role("row").filter(has_text="Too young")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_queue_is_accessible(site: Site, visit: Visit, theme: str) -> None:
    opened(site, "Accessible to all")
    page = visit("kim", "/tickets", theme=theme)
    page.get_by_role("row").nth(1).wait_for()
    assert findings(page) == []


def test_a_planted_fault_is_found(visit: Visit) -> None:
    page = visit("kim", "/tickets")
    page.get_by_role("grid").wait_for()
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x>')")
    assert any(finding.startswith("image-alt") for finding in findings(page))


def test_on_a_phone_it_is_a_list_of_cards_in_korean(site: Site, visit: Visit) -> None:
    opened(site, "휴대폰에서 보기")
    page = visit("kim", "/tickets?text=휴대폰", locale="ko", width=360, height=740)
    expect(page.get_by_role("row").filter(has_text="휴대폰에서 보기")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("button", name="보기", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("link", name="내 티켓")).to_be_visible()


def test_a_click_counts_even_if_the_row_changes_while_the_button_is_down(
    site: Site, visit: Visit
) -> None:
    (number,) = opened(site, "Pressed for a while")
    page = visit("kim", "/tickets?sort=opened_at&direction=desc")
    row = page.get_by_role("row").filter(has_text="Pressed for a while")
    row.hover()
    page.mouse.down()
    done(site, "lead", f"/tickets/{number}/assign", {"agent": "lee"})
    expect(row).to_contain_text("Lee Jun")
    page.mouse.up()
    expect(page.get_by_role("heading", name="Pressed for a while")).to_be_visible()
