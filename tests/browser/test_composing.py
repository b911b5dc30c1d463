"""Korean and other input methods: keys in the middle of a composition belong to the composition."""

from playwright.sync_api import Page, expect

from tests.browser.asking import becomes, replies, said, ticket_now
from tests.browser.conftest import Visit
from tests.browser.preparing import done
from tests.browser.site import Site
from tests.browser.test_ticket_work import address, conversation, opened


def compose(page: Page, text: str, *keys: str) -> None:
    """Begin to compose letters where the focus is, and press keys before they are finished."""
    page.evaluate(
        """() => {
            const heard = window.composing = [];
            addEventListener("keydown", (event) => {
                if (["Enter", "Escape"].includes(event.key)) heard.push(event.isComposing);
            }, true);
        }"""
    )
    devtools = page.context.new_cdp_session(page)
    for key in keys:
        place = {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        devtools.send("Input.imeSetComposition", place)
        page.keyboard.press(key)
    assert page.evaluate("composing") == [True] * len(keys)


def test_a_reply_is_not_sent_in_the_middle_of_a_letter(site: Site, visit: Visit) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket), locale="ko")
    expect(conversation(page).or_(page.get_by_role("log"))).to_be_visible()
    page.keyboard.press("r")
    text = page.get_by_role("combobox", name="Mina Lee")
    expect(text).to_be_focused()
    compose(page, "안녕", "Control+Enter", "Meta+Enter", "Escape")
    expect(text).to_be_focused()
    text.fill("안녕하세요.")
    text.press("Control+Enter")
    expect(text).to_have_value("")
    becomes(lambda: replies(site, ticket), ["안녕하세요."])


def test_lists_that_are_searched_choose_nothing_in_the_middle_of_a_letter(
    site: Site, visit: Visit
) -> None:
    ticket = opened(site)
    page = visit("kim", address(ticket))
    expect(conversation(page)).to_be_visible()
    page.keyboard.press("t")
    expect(page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    compose(page, "프린터", "Enter")
    expect(page.get_by_role("dialog")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)

    page.keyboard.press("Control+k")
    expect(page.get_by_role("combobox", name="Type a command")).to_be_focused()
    compose(page, "한국", "Enter")
    expect(page.get_by_role("combobox", name="Type a command")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("html")).to_have_attribute("lang", "en")

    page.keyboard.press("Shift+R")
    subject = page.get_by_label("Subject", exact=True)
    expect(subject).to_be_focused()
    compose(page, "프린터", "Enter")
    expect(subject).to_be_focused()
    now = ticket_now(site, ticket)
    assert (now["tags"], now["subject"]) == ([], "Printer is broken")


def test_no_shortcut_is_heard_from_an_input_method(site: Site, visit: Visit) -> None:
    page = visit("kim", address(opened(site)))
    expect(conversation(page)).to_be_visible()
    page.evaluate(
        """() => {
            for (const key of ["e", "Process"])
                document.body.dispatchEvent(new KeyboardEvent("keydown", {
                    key, code: "KeyE", keyCode: key === "e" ? 69 : 229, bubbles: true,
                    isComposing: key === "e" }));
        }"""
    )
    page.keyboard.press("p")
    expect(page.get_by_role("dialog")).to_have_count(1)
    expect(page.get_by_role("dialog")).to_contain_text("Set to pending")


def test_a_requester_s_answer_is_not_sent_in_the_middle_of_a_letter(
    site: Site, visit: Visit
) -> None:
    ticket = opened(site)
    done(site, "kim", f"/tickets/{ticket['id']}/reply", {"body": "Which floor?"})
    page = visit("mina", f"/portal/{ticket['number']}", locale="ko")
    text = page.get_by_role("textbox").last
    text.focus()
    compose(page, "삼층", "Control+Enter")
    text.fill("삼층입니다.")
    text.press("Control+Enter")
    expect(page.get_by_role("listitem").filter(has_text="삼층입니다.")).to_be_visible()
    becomes(lambda: said(site, ticket, "ticket.message_received"), ["삼층입니다."])
