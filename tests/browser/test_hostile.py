"""Hostile mails and drawings in a real browser: nothing runs, nothing loads from elsewhere."""

import contextlib
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser.conftest import PATIENCE
from tests.browser.preparing import done
from tests.browser.site import Site
from tests.browser.test_ticket_work import address, conversation, opened
from tests.browser.wire import Wire
from tests.hostile.mails import MAILS
from tests.hostile.svgs import SVGS

_AT_ONCE = 50
"""Mails on one page: it shows as many without being asked for more."""

_LARGE = 10_000
"""Characters of a mail that gets a page of its own: it is made to be slow."""


def _pages() -> Iterator[list[str]]:
    small = [name for name, mail in MAILS.items() if len(mail) < _LARGE]
    for at in range(0, len(small), _AT_ONCE):
        yield small[at : at + _AT_ONCE]
    for name in MAILS.keys() - set(small):
        yield [name]


_TOUCH = """() => {
    // As somebody would who reads: over everything, into everything, and not away from the page.
    addEventListener("click", (event) => event.preventDefault(), true);
    for (const one of document.querySelectorAll("article *"))
        for (const kind of ["pointerover", "mouseover", "focusin", "focus", "click", "wheel"])
            one.dispatchEvent(new MouseEvent(kind, { bubbles: true, cancelable: true }));
}"""


class Watch:
    """What a page did that none of ours does."""

    def __init__(self, page: Page, home: str) -> None:
        self.seen: list[str] = []
        self._page = page
        self._home = urlsplit(home).netloc
        page.add_init_script("window.hits = 0; window.hit = () => { window.hits += 1; };")
        page.on("dialog", self._asks)
        page.on("request", lambda request: self._asked(request.url))
        page.on("popup", lambda popup: self.seen.append(f"a window: {popup.url}"))
        page.on("pageerror", lambda error: self.seen.append(f"an error: {error}"))
        page.on("console", lambda message: self._told(message.text))

    def _asks(self, dialog: Dialog) -> None:
        self.seen.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        if urlsplit(url).netloc not in {self._home, ""}:
            self.seen.append(f"a request to {url}")

    def _told(self, text: str) -> None:
        if "Content Security Policy" in text:
            self.seen.append(text)

    def all(self) -> list[str]:
        hits = self._page.evaluate("window.hits")
        return self.seen + ["a script"] * hits


@pytest.fixture
def context(browser: Browser, site: Site, wire: Wire) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=site.url, locale="en-GB")
    wire.watch(context)
    context.set_default_timeout(PATIENCE)
    site.sign_in(context, "kim")
    yield context
    context.close()


@pytest.mark.parametrize("names", sorted(_pages()), ids=lambda names: names[0])
def test_mails_do_nothing(site: Site, context: BrowserContext, names: list[str]) -> None:
    ticket = opened(site)
    at = f"/tickets/{ticket['id']}"
    kim = site.as_("kim")
    for name in names:
        # No NUL comes through JSON: an adapter has to drop it, and then the tags are whole.
        body = "Hello. " + MAILS[name].replace("\0", "")
        mail = {"body": body, "format": "html", "channel": "email"}
        answer = kim.post(f"{at}/receive_message", mail)
        assert answer.status_code == 200, (name, answer.text)
    done(site, "kim", f"{at}/add_note", {"body": "The last one."})
    page = context.new_page()
    watch = Watch(page, site.url)
    page.goto(address(ticket))
    expect(conversation(page)).to_contain_text("The last one.")
    assert page.get_by_role("article").count() == len(names) + 2
    page.evaluate(_TOUCH)
    page.wait_for_load_state("networkidle")
    assert watch.all() == []
    assert page.url == f"{site.url}{address(ticket)}"
    links = page.locator("article a[href]").evaluate_all("all => all.map((one) => one.protocol)")
    assert set(links) <= {"https:", "http:", "mailto:", "tel:"}


def test_drawings_are_files_and_nothing_else(site: Site, context: BrowserContext) -> None:
    ticket = opened(site)
    kim = site.as_("kim")
    files = [
        kim.request("POST", f"/blobs?name={quote(name)}.svg", content=drawing).json()
        for name, drawing in SVGS.items()
    ]
    message = {"body": "Our new logo", "attachments": files}
    done(site, "kim", f"/tickets/{ticket['id']}/add_note", message)
    page = context.new_page()
    watch = Watch(page, site.url)
    page.goto(address(ticket))
    shown = conversation(page).get_by_role("list", name="Attachments")
    expect(shown.get_by_role("listitem")).to_have_count(len(SVGS))
    expect(shown.locator("img")).to_have_count(0)
    links = shown.get_by_role("link").evaluate_all("all => all.map((one) => one.href)")
    alone = context.new_page()
    on_its_own = Watch(alone, site.url)
    for link in links:
        with contextlib.suppress(PlaywrightError):  # which says that it is saved
            alone.goto(link)
        assert alone.evaluate("document.contentType") in {"text/plain", "text/html"}
        assert alone.evaluate("document.querySelector('svg, script, iframe')") is None
    assert watch.all() + on_its_own.all() == []


@pytest.mark.parametrize(
    "planted",
    [
        "<img src=x onerror=hit()>",
        "<a href='javascript:hit()'>x</a>",
        "<img src='https://evil.example/p.gif'>",
        "<iframe src='https://evil.example'></iframe>",
    ],
)
def test_the_watch_sees_what_was_planted(site: Site, context: BrowserContext, planted: str) -> None:
    page = context.new_page()
    watch = Watch(page, site.url)
    page.goto("/tickets")
    page.get_by_role("grid").or_(page.get_by_role("heading")).first.wait_for()
    page.evaluate(
        """planted => {
            document.querySelector("main").insertAdjacentHTML("beforeend", planted);
            document.querySelector("main a[href^='javascript']")?.click();
        }""",
        planted,
    )
    for _ in range(200):
        if not watch.all():
            page.wait_for_timeout(50)
    assert watch.all() != []
