"""A ticket with thousands of entries: it opens at its end, and what is read is little."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, Response, expect

from tests.browser.conftest import Visit
from tests.browser.preparing import talk
from tests.browser.site import Site
from tests.browser.test_ticket_work import address, conversation, opened

pytestmark = pytest.mark.timeout(300)

LINES = 1_900
"""With a new subject after every ten lines these are some 2,100 entries."""


@pytest.fixture(scope="module")
def long(site: Site) -> dict[str, Any]:
    ticket = opened(site)
    talk(site, ticket, LINES)
    return ticket


class Fetched:
    """What the page has read of conversations: how it asked, and how many entries it got."""

    def __init__(self, page: Page) -> None:
        self._answers: list[Response] = []
        page.on("response", self._note)

    def _note(self, response: Response) -> None:
        if urlsplit(response.url).path.endswith("/conversation"):
            self._answers.append(response)

    def take(self) -> list[tuple[dict[str, list[str]], int]]:
        """What was asked for since the last look, and how many entries came."""
        answers, self._answers = self._answers, []
        return [
            (parse_qs(urlsplit(answer.url).query), len(answer.json()["items"]))
            for answer in answers
        ]


def line(page: Page, number: int) -> Locator:
    return page.get_by_role("article").filter(has_text=f"line {number}\n")


def top_of(one: Locator) -> float:
    box = one.bounding_box()
    assert box is not None
    return box["y"]


def lines(page: Page) -> int:
    """How many messages are in the page, in sight or not."""
    return page.get_by_role("article").count()


def in_sight(page: Page) -> int:
    """The first line that begins within the part of the conversation that is seen."""
    number: int = page.evaluate(
        """() => {
            const box = document.querySelector("[role=log]").getBoundingClientRect();
            const seen = [...document.querySelectorAll("article")].find(
                (one) => one.getBoundingClientRect().top > box.top);
            return Number(/line (\\d+)/.exec(seen.textContent)[1]);
        }"""
    )
    return number


@pytest.fixture
def opens(visit: Visit, long: dict[str, Any]) -> tuple[Page, Fetched]:
    """The ticket, opened at its end, and what it reads."""
    page = visit("kim", "/tickets")
    fetched = Fetched(page)
    page.goto(address(long))
    expect(line(page, LINES)).to_be_in_viewport()
    assert fetched.take() == [({"direction": ["desc"], "limit": ["100"]}, 100)]
    assert lines(page) <= 100
    return page, fetched


_WATCH = """() => {
    const box = document.querySelector("[role=log]");
    let seen = null, at = 0;
    window.moved = 0;
    const look = () => {
        if (seen?.isConnected)
            window.moved = Math.max(window.moved, Math.abs(seen.getBoundingClientRect().top - at));
        const { top } = box.getBoundingClientRect();
        seen = [...box.querySelectorAll("article")].find(
            (one) => one.getBoundingClientRect().top > top);
        at = seen.getBoundingClientRect().top;
        requestAnimationFrame(look);
    };
    look();
}"""
"""Notes, frame by frame, by how many pixels what is in sight moves at most."""


def test_who_scrolls_back_gets_earlier_entries_and_no_jump(opens: tuple[Page, Fetched]) -> None:
    page, fetched = opens
    page.evaluate(_WATCH)
    page.get_by_role("log").hover()
    for _ in range(2):
        before = lines(page)
        while lines(page) == before:
            page.mouse.wheel(0, -100)
            page.evaluate("() => new Promise((drawn) => requestAnimationFrame(drawn))")
    cursors = [asked["cursor"][0] for asked, _ in fetched.take()]
    assert len(cursors) == len(set(cursors)) == 2
    assert 50 < page.evaluate("moved") < 3_000, "a page of entries is some 12,000 pixels high"
    found = page.evaluate("(text) => window.find(text)", f"line {LINES - 150}")
    assert found, "what is loaded is found in the page, in sight or not"


def test_the_button_goes_back_with_focus_and_place_kept(opens: tuple[Page, Fetched]) -> None:
    page, fetched = opens
    before = lines(page)
    earlier = page.get_by_role("button", name="Show earlier entries")
    earlier.focus()  # it is scrolled to, which goes back as well
    for n in (1, 2, 3):
        expect(page.get_by_role("article")).not_to_have_count(before)
        expect(earlier).to_be_focused()
        assert len(fetched.take()) == 1, n
        before, seen = lines(page), in_sight(page)
        top = top_of(line(page, seen))
        page.keyboard.press("Enter")
        expect(page.get_by_role("article")).not_to_have_count(before)
        assert abs(top_of(line(page, seen)) - top) < 2
        expect(line(page, seen)).to_be_in_viewport()


def test_a_reply_of_another_appears_live_and_little_is_read(
    site: Site, opens: tuple[Page, Fetched], long: dict[str, Any]
) -> None:
    page, fetched = opens
    for text in ("The toner is on its way.", "It is here."):
        answer = site.as_("lee").post(f"/tickets/{long['id']}/reply", {"body": text})
        assert answer.status_code == 200, answer.text
        expect(conversation(page).get_by_text(text)).to_be_in_viewport()
    read = fetched.take()
    assert all("after_version" in asked for asked, _ in read)
    assert 2 <= sum(entries for _, entries in read) <= 8
    assert lines(page) <= 102


def test_a_requester_sees_the_end_first_and_goes_back_as_well(
    visit: Visit, long: dict[str, Any]
) -> None:
    page = visit("mina", f"/portal/{long['number']}")
    said = page.get_by_role("list", name="Conversation").get_by_role("listitem")
    expect(said.filter(has_text=f"line {LINES}\n")).to_have_count(1)
    before = said.count()
    assert before <= 100
    page.get_by_role("button", name="Show earlier messages").click()
    expect(said).to_have_count(2 * before)
