"""A desk that a real browser opens: real server, real PostgreSQL, real Chromium."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.api.desk import quick_passwords
from tests.browser.site import Site, running_site
from tests.browser.wire import Wire
from tests.database import Databases

_CHROMIUM = "CHRONODESK_TEST_CHROMIUM"
_BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
"""The first is the same without all that only people see: it needs half as much processor time."""

_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

PATIENCE = 40_000
"""Milliseconds until something that should be seen soon counts as never."""


def _chromium() -> str:
    """Where the browser is. Without one, tests are skipped; in CI that is a failure."""
    named = os.environ.get(_CHROMIUM)
    found = named or next(filter(None, map(shutil.which, _BROWSERS)), None)
    if found and Path(found).exists():
        return found
    why = f"There is no Chromium here: install one (Debian: chromium), or name it by {_CHROMIUM}."
    if os.environ.get("CI"):
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    with quick_passwords():
        yield


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for the tests of a module.

    Playwright keeps an event loop running in this thread: the tests of other modules have theirs.
    """
    path = _chromium()
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=_OPTIONS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def site(databases: Databases) -> Iterator[Site]:
    """A desk with its web app, shared by the tests of a module."""
    with databases.fresh(migrated=True, views=True) as url, running_site(url) as running:
        yield running


@pytest.fixture
def wire() -> Iterator[Wire]:
    """What the browsers of a test ask. It is printed, which is shown of a test that fails."""
    noted = Wire()
    yield noted
    print(noted.report())  # noqa: T201 - see above


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, site: Site, wire: Wire) -> Iterator[Visit]:
    """Open the desk as somebody: `visit("kim")`, `visit("mina", path="/portal", locale="ko")`.

    Each call is a browser of its own, with cookies of its own. What a page says about errors (an
    exception that nobody caught, a breach of the content policy) fails the test at its end.
    """
    contexts: list[BrowserContext] = []
    said: list[str] = []

    def open_as(
        who: str | None,
        path: str = "/",
        *,
        locale: str = "en",
        theme: str = "light",
        width: int = 1280,
        height: int = 800,
    ) -> Page:
        context = browser.new_context(
            base_url=site.url,
            locale={"en": "en-GB", "ko": "ko-KR"}[locale],
            timezone_id="Asia/Seoul",
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": width, "height": height},
        )
        contexts.append(context)
        wire.watch(context)
        context.set_default_timeout(PATIENCE)
        if who is not None:
            site.sign_in(context, who)
        page = context.new_page()
        page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                said.append(f"{page.url}: {message.text}")
                if message.type == "error" and "Content Security Policy" in message.text
                else None
            ),
        )
        page.goto(path)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert said == []
