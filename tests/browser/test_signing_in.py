"""The door: signing in by the form, going on after a session ended, signing out."""

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.keys import by_palette
from tests.browser.site import PASSWORD, Site


def test_a_person_signs_in_and_is_where_they_wanted_to_go(site: Site, visit: Visit) -> None:
    page = visit(None, "/tickets")
    expect(page).to_have_url(f"{site.url}/sign-in?to=%2Ftickets")
    page.get_by_label("E-mail").fill("kim@example.com")
    page.get_by_label("Password", exact=True).fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/tickets")
    assert "chronodesk_session" not in page.evaluate("document.cookie")


def test_the_palette_finds_what_can_be_done_without_a_mouse(visit: Visit) -> None:
    page = visit("kim", "/tickets")
    page.get_by_role("navigation", name="Main").wait_for()
    by_palette(page, "korean", "한국어로 보기")
    expect(page.locator("html")).to_have_attribute("lang", "ko")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="단축키")).to_be_visible()


def test_who_signs_out_is_out(site: Site, visit: Visit) -> None:
    page = visit("kim", "/tickets", locale="ko")
    page.get_by_role("button", name="Kim Minji 님의 계정").click()
    page.get_by_role("menuitem", name="로그아웃").click()
    expect(page).to_have_url(f"{site.url}/sign-in")
    page.goto("/tickets")
    expect(page.get_by_role("button", name="로그인", exact=True)).to_be_visible()


def test_a_sign_in_service_s_refusal_is_said_in_words(visit: Visit) -> None:
    page = visit(None, "/sign-in?problem=not-registered")
    expect(page.get_by_role("alert")).to_contain_text("Nobody has registered you")
    page.goto("/sign-in?problem=what-nobody-knows")
    expect(page.get_by_role("alert")).to_contain_text("Signing in did not work")
